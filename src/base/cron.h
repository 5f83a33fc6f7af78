/* Lines of cron that tell when something runs: five fields, as crontab(5) of Vixie's cron has them.
 *
 *   minute 0-59, hour 0-23, day of month 1-31, month 1-12 or jan-dec, day of week 0-7 or sun-sat; 0 and 7 are Sunday
 *
 * A field is *, a value, a range a-b, a step over either (star/n, a-b/n; a/n goes on to the end), or a list of those. Where both
 * day fields are restricted, one of them has to fit; if one of them begins with a star, both have to. Words such as @daily are not
 * taken, as the Platform takes none. Days of the week are numbered as cron does; the Platform's scheduler numbers them from
 * Monday on: names mean the same in both.
 *
 * Daylight saving time, and whatever else sets the clocks of a zone. A line whose minute or hour begins with a star follows the
 * clock: it runs whenever the clock shows a time that fits, so not at times that are left out, and twice at those that come twice.
 * Any other line names fixed times, and each of them has its run: a time that comes twice runs the first time; times that are
 * left out run, once for all of them, at the instant when the clocks are set forward. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/str.h"
#include "base/timezone.h"

enum { CRON_MAX = 200, CRON_PROBLEM_MAX = 199 }; /* bytes of a line, and of what is said of a bad one */

/* A bit for each value that fits. */
struct cron {
        uint64_t minutes;
        uint32_t hours, days; /* of the month, from bit 1 */
        uint16_t months;      /* from bit 1 */
        uint8_t weekdays;
        bool both_days;     /* the day of the month and that of the week have to fit; else one of them */
        bool follows_clock; /* and names no fixed times */
};

/* Reads a line.
 *
 * ret_problem   on ERR_CRON: which field is at fault, and what it may be; ASCII
 * errors        ERR_CRON (also for a line that never comes: the 30th of February)
 */
_must_use_ int cron_parse(struct str line, struct cron *ret, char ret_problem[CRON_PROBLEM_MAX + 1]);

/* The first run after an instant. False when there is none within half a century.
 *
 * after, ret_utc   seconds since 1970
 */
bool cron_next(const struct cron *cron, const struct timezone_data *zone, int64_t after, int64_t *ret_utc);
