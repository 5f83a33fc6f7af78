/* Time zones of the IANA database, as the system has them in /usr/share/zoneinfo (TZif, RFC 8536). A zone is read once and kept
 * while the process runs; it never changes and serves all threads. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/str.h"

struct timezone_data;

enum { TIMEZONE_NAME_MAX = 64, TIMEZONE_ABBREVIATION_MAX = 15 };

struct timezone_local {
        int32_t offset; /* seconds east of UTC */
        bool summer;    /* daylight saving time */
        char abbreviation[TIMEZONE_ABBREVIATION_MAX + 1];
};

/* Finds a zone.
 *
 * name     "Europe/Berlin"; the caller has held it against a list of names that may be used
 * ret      kept; not to be freed
 * errors   ERR_TIMEZONE (no such zone, or what the system has of it is malformed), ERR_NO_MEMORY
 */
_must_use_ int timezone_find(struct str name, const struct timezone_data **ret);

/* Reads a zone from the bytes of a TZif file; for timezone_find() and its tests. */
_must_use_ int timezone_parse(struct str bytes, struct timezone_data **ret);
struct timezone_data *timezone_free(struct timezone_data *zone);

/* What the clocks of a zone show at an instant.
 *
 * utc      seconds since 1970
 */
void timezone_at(const struct timezone_data *zone, int64_t utc, struct timezone_local *ret);

/* When a zone's clocks are set next after an instant; they may then show the same time as before.
 *
 * utc      seconds since 1970
 * returns  whether they ever are
 */
bool timezone_change_after(const struct timezone_data *zone, int64_t utc, int64_t *ret_utc);

enum timezone_match {
        TIMEZONE_ONCE,
        TIMEZONE_TWICE, /* clocks are set back: the hour comes twice */
        TIMEZONE_NEVER, /* clocks are set forward: it is left out */
};

/* The instant at which the clocks of a zone show a time. Of two it is the first, unless `later`; one that is left out counts
 * as if the clocks had not been set forward yet, or with `later` as if they had been before, as in PEP 495.
 *
 * local    seconds from 1970-01-01T00:00:00 to that time, as if it were UTC (base/civil.h)
 * ret_utc  seconds since 1970
 */
enum timezone_match timezone_instant(const struct timezone_data *zone, int64_t local, bool later,
                                     int64_t *ret_utc);
