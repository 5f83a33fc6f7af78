/* Scopes: what an access token or an API key may do. A set of them is a bit mask; its text form, on the wire
 * and in the database, is the names in the table's order, separated by single spaces. */
#pragma once

#include "base/strbuf.h"

enum scope_bit {
#define X(name, title, detail) SCOPE_BIT_##name,
#include "account/scope.def"
#undef X
        SCOPE_BITS
};

typedef uint32_t scope_set;

enum scope {
#define X(name, title, detail) SCOPE_##name = 1 << SCOPE_BIT_##name,
#include "account/scope.def"
#undef X
        SCOPE_ALL = (1 << SCOPE_BITS) - 1
};

enum { SCOPE_TEXT_MAX = 256 }; /* bytes of the longest text form */

struct scope_row {
        struct str name;
        struct str title;  /* for the person who is asked */
        struct str detail; /* one line more */
};

extern const struct scope_row scope_rows[SCOPE_BITS];

/* Reads names separated by single spaces (RFC 6749 §3.3). Names that are given twice count once.
 *
 * ret           the set; empty for an empty text
 * ret_unknown   on failure, the first word that is no scope
 * returns       false if there is one
 */
_must_use_ bool scope_parse(struct str text, scope_set *ret, struct str *ret_unknown);

/* Text form. `separator` stands between names: " " on the wire and in the database, ", " in messages. */
void scope_write(scope_set set, struct str separator, struct strbuf *out);

/* Text form for the wire and the database, on the arena; STR_NULL when memory runs out. */
struct arena;
struct str scope_text(struct arena *arena, scope_set set);
