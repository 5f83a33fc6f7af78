/* The rule at the end of a TZif file, in the form of POSIX's TZ, by which time goes on after its last transition
 * (RFC 8536 §3.3; POSIX.1-2017 Base Definitions §8.3). */
#pragma once

#include "base/timezone.h"

struct timezone_day {
        char kind; /* 'M' month, week, weekday · 'J' day of the year 1 to 365, no leap day · 'n' day 0 to 365 */
        int month, week, weekday, day;
        int32_t seconds; /* local time of that day, may be negative or beyond a day */
};

struct timezone_rule {
        struct timezone_local standard, summer;
        bool has_summer;
        struct timezone_day start, end; /* of summer time */
};

/* errors   ERR_TIMEZONE */
_must_use_ int timezone_rule_parse(struct str text, struct timezone_rule *ret);

void timezone_rule_at(const struct timezone_rule *rule, int64_t utc, struct timezone_local *ret);

/* When summer time begins or ends next after an instant. False when it never does. */
bool timezone_rule_change_after(const struct timezone_rule *rule, int64_t utc, int64_t *ret_utc);
