/* A schema on its way to its compiled form. For json_schema_compile.c and json_schema_keywords.c alone. */
#pragma once

#include "base/json_schema_int.h"

/* A schema whose turn is yet to come. Nothing recurses: schemas may point at one another in circles, or be very deep. */
struct schema_waiting {
        json_t *schema;
        struct schema_node *node;
        const struct schema_waiting
                *up; /* where it stands, for messages: within this one, under these names */
        const char *keyword, *name;
        struct schema_waiting *next;
};

struct schema_compile {
        struct json_schema *schema;
        json_t *document;
        struct schema_waiting **seen; /* hash table by the schema's address: each is compiled once */
        size_t n_seen, seen_size;
        struct schema_waiting *first, **last;
        const struct schema_waiting *now;
        const char *keyword; /* in hand */
        char *problem;       /* 200 bytes */
};

/* Says that the keyword in hand is wrong: returns -ERR_SCHEMA. */
int schema_wrong(const struct schema_compile *c, const char *what);

/* The node that a schema becomes; it is filled when its turn comes.
 *
 * name   of the schema within the keyword in hand; NULL when the keyword has it as its value
 */
_must_use_ int schema_node_of(struct schema_compile *c, json_t *schema, const char *name,
                              const struct schema_node **ret);
_must_use_ int schema_pattern_of(struct schema_compile *c, const char *text, struct schema_pattern **ret);

/* Takes all keywords of the schema that is c->now. */
_must_use_ int schema_take_keywords(struct schema_compile *c);
