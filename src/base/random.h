/* Random bytes, injected: the product asks the kernel, tests fix or fail them. */
#pragma once

#include <stddef.h>

#include "base/attributes.h"

struct random {
        /* Fills out. Returns 0, or -ERR_RANDOM: the caller then fails closed. */
        int (*fill)(const struct random *r, void *out, size_t n);
};

extern const struct random random_system;

_must_use_ static inline int random_fill(const struct random *r, void *out, size_t n) {
        return r->fill(r, out, n);
}
