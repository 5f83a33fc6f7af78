/* Drawing lots: pseudo-random numbers that a seed fixes, for samples that shall come out the same again (SplitMix64). Not for
 * secrets. */
#pragma once

#include <stdint.h>

#include "base/random.h"

struct lot {
        uint64_t state;
};

static inline void lot_seed(struct lot *l, uint64_t seed) {
        l->state = seed;
}

/* A seed that nobody knows. errors: those of random_fill() */
_must_use_ static inline int lot_seed_random(struct lot *l, const struct random *random) {
        return random_fill(random, &l->state, sizeof(l->state));
}

static inline uint64_t lot_next(struct lot *l) {
        uint64_t z = l->state += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        return z ^ z >> 31;
}

/* 0 to n - 1, all as likely; n above 0. */
static inline uint64_t lot_below(struct lot *l, uint64_t n) {
        uint64_t limit = UINT64_MAX - UINT64_MAX % n, number;

        do
                number = lot_next(l);
        while (number >= limit);
        return number % n;
}

/* 0 up to 1, without 1. */
static inline double lot_real(struct lot *l) {
        return (double)(lot_next(l) >> 11) * 0x1p-53;
}
