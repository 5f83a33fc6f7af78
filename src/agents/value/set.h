/* A set of JSON values, by value_same(). Values are borrowed and must outlive it. */
#pragma once

#include "agents/value/value.h"

struct value_set {
        struct value_set_slot {
                uint64_t hash;
                const json_t *value; /* NULL: free */
        } * slots;
        size_t n, capacity; /* capacity a power of 2, at most half full */
};

bool value_set_has(const struct value_set *set, const json_t *value);

/* 1 if it was added, 0 if it was there. errors: ERR_NO_MEMORY */
_must_use_ int value_set_add(struct value_set *set, const json_t *value);

void value_set_done(struct value_set *set);
