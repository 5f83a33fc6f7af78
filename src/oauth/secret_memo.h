/* Remembers client secrets that verified once, so that scrypt is paid once per secret and process, and never
 * on an event loop. What is kept is a MAC under a key of this process over client, stored hash and secret: it
 * matches only while the database still holds the very hash that was verified, so a changed secret needs no
 * invalidation.
 *
 * A cache of fixed size: an entry may be displaced by another, and is then verified anew. Thread-safe. */
#pragma once

#include "base/hash.h"
#include "oauth/app.h"

struct secret_memo;

struct secret_memo *secret_memo_new(void); /* NULL when memory runs out */
struct secret_memo *secret_memo_free(struct secret_memo *memo);

bool secret_memo_has(const struct secret_memo *memo, const struct mac_key *key, const struct app *app,
                     struct str secret);
void secret_memo_add(struct secret_memo *memo, const struct mac_key *key, const struct app *app,
                     struct str secret);
