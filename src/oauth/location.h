/* An app's redirect URI with parameters behind it (RFC 6749 §4.1.2). */
#pragma once

#include "base/arena.h"
#include "base/strbuf.h"

enum { LOCATION_MAX = 16 * 1024 }; /* bytes */

/* Begins one: joined with `&` where the URI has a query already. The builder's maximum is LOCATION_MAX. */
void location_begin(struct strbuf *b, struct str redirect_uri);

/* Adds a parameter; nothing for STR_NULL. */
void location_param(struct strbuf *b, const char *name, struct str value);

/* What came of it, on the arena; wipes the builder, for it may hold a code.
 * errors   ERR_NO_MEMORY, also when it became too long */
_must_use_ int location_end(struct arena *arena, struct strbuf *b, struct str *ret);
