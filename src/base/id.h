/* Identifiers that grow with time, so that tables grow at their right edge.
 *
 * A time-ordered id is 63 bits: 41 of milliseconds since 2024-01-01 UTC, 10 of a node number leased from the
 * database, 12 of a sequence. It never goes back when the clock does, and no two nodes make the same one.
 * Entities (people, apps) have UUIDs of version 7 (RFC 9562 §5.7). */
#pragma once

#include <stdatomic.h>

#include "base/attributes.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"

enum { ID_NODE_MAX = 1023, ID_UUID_LENGTH = 36 };

/* 2024-01-01T00:00:00Z */
#define ID_EPOCH_MS INT64_C(1704067200000)

/* Shared by all threads of a process. */
struct id_source {
        const struct clock *clock;
        uint32_t node; /* 0 to ID_NODE_MAX */
        _Atomic uint64_t
                last; /* milliseconds and sequence of the newest id, as milliseconds << 12 | sequence */
};

/* floor   the greatest id that the database already holds, 0 if none: every new id is greater */
void id_source_init(struct id_source *s, const struct clock *clock, uint32_t node, int64_t floor);

/* The next id, greater than every earlier one of this source. Thread-safe. */
int64_t id_next(struct id_source *s);

/* Milliseconds since 1970 that the id carries. */
int64_t id_time_ms(int64_t id);

/* The smallest id of that instant: `id < id_at(t)` selects all that is older. INT64_MAX after the last one that ids can
 * tell, in 2093. */
int64_t id_at(int64_t ms);

/* A new UUIDv7 in lower case; writes ID_UUID_LENGTH characters and no NUL. Errors: those of `random`. */
_must_use_ int id_uuid(const struct clock *clock, const struct random *random, char *out);

/* Any UUID of RFC 9562's text form, either case. */
bool id_is_uuid(struct str s);
