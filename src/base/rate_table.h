/* Counts how often each of many callers does something, by the generic cell rate algorithm: one time per caller, at which
 * all that it took will have been given back; no timers, no windows. A caller who was idle may take `burst` units at once,
 * and then one more each interval. Exact however many threads take at once.
 *
 * The table has a fixed size. Callers are told apart by 64 bits of SipHash under a secret key, so nobody can choose whom they
 * share a place with. A caller who has everything back needs no place: such places are taken first. Where all of a set are in
 * use, the caller with the least to get back is forgotten; so who has used up a limit is forgotten only for somebody
 * while RATE_TABLE_WAYS others who used theirs up as well happen to meet in one set. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

enum {
        RATE_TABLE_SETS = 1 << 14,
        RATE_TABLE_WAYS = 8,
        RATE_TABLE_KEY_SIZE = 16, /* bytes */
        RATE_TABLE_ID_MAX = 128,  /* bytes of what a caller is told apart by */
        RATE_TABLE_GRAIN = 128,   /* what other tables are told of: such a part of the burst, or one unit */
        RATE_TABLE_CHANGES_MAX = 4096, /* callers at a time; the others are told of later */
};

/* How fast units come back. */
struct rate_pace {
        int64_t interval_ns; /* until one unit is back */
        int64_t burst;       /* units at once */
};

struct rate_taken {
        int64_t debt_ns; /* until everything is back */
        int64_t wait_ns; /* of a refusal: until as much could be taken; else 0 */
};

struct rate_table;

/* key   RATE_TABLE_KEY_SIZE secret bytes; NULL when memory is short */
_must_use_ struct rate_table *rate_table_new(const uint8_t *key);
struct rate_table *rate_table_free(struct rate_table *table);

/* The name of a caller: never 0.
 *
 * kind    keeps callers of different kinds apart
 * a, b    at most RATE_TABLE_ID_MAX bytes together; what lies beyond does not count */
uint64_t rate_table_name(const struct rate_table *table, uint8_t kind, struct str a, struct str b);

/* Takes units, all or none. More than `burst` units count as `burst`.
 *
 * now_ns   nanoseconds of the application's clock
 * ret      always filled
 * returns  whether they were taken */
bool rate_table_take(struct rate_table *table, uint64_t name, const struct rate_pace *pace, int64_t units,
                     int64_t now_ns, struct rate_taken *ret);

/* Gives units back that were taken. */
void rate_table_give_back(struct rate_table *table, uint64_t name, const struct rate_pace *pace,
                          int64_t units);

/* --- several tables that count the same callers, under one key --- */

/* What was taken, or given back where negative, in time until it is back. */
struct rate_change {
        uint64_t name;
        int64_t ns;
};

/* From now on it is noted what is taken: before any other thread uses the table. errors: ERR_NO_MEMORY */
_must_use_ int rate_table_share(struct rate_table *table);

/* Hands over once what was taken, of those who took a grain or more since they were handed over last. One thread at a time.
 *
 * max       room in ret
 * returns   their number */
size_t rate_table_changes(struct rate_table *table, struct rate_change *ret, size_t max);

/* Adds what another table handed over. That was taken already, so the limit may be passed: what is too much has to come back
 * before anything is to be had again. */
void rate_table_add(struct rate_table *table, const struct rate_change *change, int64_t now_ns);
