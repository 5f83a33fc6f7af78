#include "agents/value/set.h"

#include <stdlib.h>

#include "base/errors.h"
#include "base/table_hash.h"

enum { SET_CAPACITY_LEAST = 16 };

/* The value's slot, or the free one where it belongs. */
static size_t find(const struct value_set *set, uint64_t hash, const json_t *value) {
        size_t at = hash & (set->capacity - 1);

        while (set->slots[at].value &&
               (set->slots[at].hash != hash || !value_same(set->slots[at].value, value)))
                at = (at + 1) & (set->capacity - 1);
        return at;
}

bool value_set_has(const struct value_set *set, const json_t *value) {
        return set->n > 0 && set->slots[find(set, table_hash_json(value), value)].value != NULL;
}

static int grow(struct value_set *set) {
        struct value_set larger = { .capacity = MAX_OF(set->capacity * 2, (size_t)SET_CAPACITY_LEAST),
                                    .n = set->n };

        larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
        if (!larger.slots)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < set->capacity; i++) {
                const struct value_set_slot *slot = &set->slots[i];
                size_t at = slot->hash & (larger.capacity - 1);

                if (!slot->value)
                        continue;
                while (larger.slots[at].value) /* all of them differ */
                        at = (at + 1) & (larger.capacity - 1);
                larger.slots[at] = *slot;
        }
        free(set->slots);
        *set = larger;
        return 0;
}

int value_set_add(struct value_set *set, const json_t *value) {
        uint64_t hash = table_hash_json(value);
        size_t at;
        int r;

        if (set->n * 2 >= set->capacity) {
                r = grow(set);
                if (r < 0)
                        return r;
        }
        at = find(set, hash, value);
        if (set->slots[at].value)
                return 0;
        set->slots[at] = (struct value_set_slot){ hash, value };
        set->n++;
        return 1;
}

void value_set_done(struct value_set *set) {
        free(set->slots);
        *set = (struct value_set){ 0 };
}
