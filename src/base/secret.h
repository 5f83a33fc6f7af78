/* A secret in memory: fixed room, never on an arena, never printed, zeroed by its cleanup.
 *
 *         _cleanup_(secret_done) struct secret token = SECRET_EMPTY;
 */
#pragma once

#include "base/attributes.h"
#include "base/memory.h"
#include "base/str.h"

enum { SECRET_MAX = 512 }; /* bytes: a password of 128 characters at four bytes each */

struct secret {
        size_t len;
        char bytes[SECRET_MAX];
};

#define SECRET_EMPTY \
        { .len = 0 }

/* Zeroes the secret; safe on NULL. */
void secret_done(struct secret *s);

/* A borrowed view, valid while the secret is. */
static inline struct str secret_str(const struct secret *s) {
        return str_n(s->bytes, s->len);
}

/* Equal in constant time for equal lengths; lengths themselves are not secret. */
bool secret_equal(struct str a, struct str b);
