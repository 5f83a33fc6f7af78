/* Which statements' rows are kept, and what each row depends on. Inside of row_cache.c. */
#pragma once

#include "db/driver_int.h"

enum { TAGS_MAX = 4 };

enum tag { TAG_USER, TAG_APP, TAG_AUTHORIZATION, TAG_TOKEN, TAG_SESSION, TAG_STORE, TAG_KINDS };

struct row_tags;

/* NULL when the statement's rows are not kept. */
const struct row_tags *row_tags_of(unsigned statement);

/* Well mixed: its upper and its lower bits may be used apart. */
uint64_t row_key_hash(unsigned statement, const struct db_value *key);

/* The hashes of all that a row depends on; their number. */
unsigned row_tag_hashes(unsigned statement, const struct db_value *key, const void *row,
                        uint64_t hashes[TAGS_MAX]);

uint64_t row_tag_number(enum tag kind, int64_t id);

/* The hash of what a message names; false when the kind or the id is none. */
_must_use_ bool row_tag_parse(struct str kind, struct str id, uint64_t *ret);
