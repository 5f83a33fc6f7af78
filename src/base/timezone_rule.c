#include "base/timezone_rule.h"

#include "base/civil.h"
#include "base/errors.h"

enum { HOURS_MAX = 167, DAY = 86400 };

static bool take_number(struct str *s, int max, int *ret) {
        size_t n = 0;
        int value = 0;

        while (n < s->len && n < 4 && s->ptr[n] >= '0' && s->ptr[n] <= '9')
                value = value * 10 + (s->ptr[n++] - '0');
        *s = str_from(*s, n);
        *ret = value;
        return n > 0 && value <= max;
}

static bool take(struct str *s, char c) {
        if (s->len == 0 || s->ptr[0] != c)
                return false;
        *s = str_from(*s, 1);
        return true;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(struct str *s, int32_t *ret) {
        bool negative = take(s, '-');
        int hours, minutes = 0, seconds = 0;

        if (!negative)
                (void)take(s, '+');
        if (!take_number(s, HOURS_MAX, &hours) || (take(s, ':') && !take_number(s, 59, &minutes)) ||
            (take(s, ':') && !take_number(s, 59, &seconds)))
                return false;
        *ret = (hours * 60 + minutes) * 60 + seconds;
        if (negative)
                *ret = -*ret;
        return true;
}

/* CET or <+03>. */
static bool take_name(struct str *s, char ret[TIMEZONE_ABBREVIATION_MAX + 1]) {
        bool quoted = take(s, '<');
        size_t n = 0;

        while (n < s->len &&
               (quoted ? s->ptr[n] != '>'
                       : (s->ptr[n] >= 'a' && s->ptr[n] <= 'z') || (s->ptr[n] >= 'A' && s->ptr[n] <= 'Z')))
                n++;
        if (n == 0 || n > TIMEZONE_ABBREVIATION_MAX)
                return false;
        memcpy(ret, s->ptr, n);
        ret[n] = 0;
        *s = str_from(*s, n);
        return !quoted || take(s, '>');
}

/* ,M3.2.0/2 */
static bool take_day(struct str *s, struct timezone_day *ret) {
        *ret = (struct timezone_day){ .kind = 'n', .seconds = 2 * 3600 };
        if (!take(s, ','))
                return false;
        if (take(s, 'M')) {
                ret->kind = 'M';
                if (!take_number(s, 12, &ret->month) || ret->month < 1 || !take(s, '.') ||
                    !take_number(s, 5, &ret->week) || ret->week < 1 || !take(s, '.') ||
                    !take_number(s, 6, &ret->weekday))
                        return false;
        } else {
                if (take(s, 'J'))
                        ret->kind = 'J';
                if (!take_number(s, 365, &ret->day) || (ret->kind == 'J' && ret->day < 1))
                        return false;
        }
        return !take(s, '/') || take_time(s, &ret->seconds);
}

int timezone_rule_parse(struct str s, struct timezone_rule *ret) {
        int32_t west;

        *ret = (struct timezone_rule){ 0 };
        if (!take_name(&s, ret->standard.abbreviation) || !take_time(&s, &west))
                return -ERR_TIMEZONE;
        ret->standard.offset = -west;
        if (s.len == 0)
                return 0;
        ret->has_summer = true;
        ret->summer.summer = true;
        ret->summer.offset = ret->standard.offset + 3600;
        if (!take_name(&s, ret->summer.abbreviation))
                return -ERR_TIMEZONE;
        if (s.len > 0 && s.ptr[0] != ',') {
                if (!take_time(&s, &west))
                        return -ERR_TIMEZONE;
                ret->summer.offset = -west;
        }
        return take_day(&s, &ret->start) && take_day(&s, &ret->end) && s.len == 0 ? 0 : -ERR_TIMEZONE;
}

static bool is_leap(int64_t year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* When the rule's day and time come in a year: seconds of local time. */
static int64_t moment_of(const struct timezone_day *day, int64_t year) {
        int64_t number;

        if (day->kind == 'M') {
                int64_t first = civil_day_number(year, day->month, 1),
                        next = civil_day_number(year, day->month + 1, 1);
                int64_t weekday = ((first + 4) % 7 + 7) % 7;

                number = first + (day->weekday - weekday + 7) % 7 + (day->week - 1) * 7;
                while (number >= next) /* the fifth is the last */
                        number -= 7;
        } else {
                number = civil_day_number(year, 1, 1) + day->day;
                if (day->kind == 'J')
                        number -= !(is_leap(year) && day->day >= 60);
        }
        return number * DAY + day->seconds;
}

void timezone_rule_at(const struct timezone_rule *rule, int64_t utc, struct timezone_local *ret) {
        int64_t start, end;
        struct civil c;
        bool summer;

        *ret = rule->standard;
        if (!rule->has_summer)
                return;
        civil_from_seconds(utc + rule->standard.offset, &c);
        start = moment_of(&rule->start, c.year) - rule->standard.offset;
        end = moment_of(&rule->end, c.year) - rule->summer.offset;
        summer = start < end ? utc >= start && utc < end : utc < end || utc >= start;
        if (summer)
                *ret = rule->summer;
}

bool timezone_rule_change_after(const struct timezone_rule *rule, int64_t utc, int64_t *ret_utc) {
        struct civil c;
        bool found = false;

        if (!rule->has_summer)
                return false;
        civil_from_seconds(utc + rule->standard.offset, &c);
        for (int64_t year = c.year - 1; year <= c.year + 2; year++) {
                const int64_t changes[] = { moment_of(&rule->start, year) - rule->standard.offset,
                                            moment_of(&rule->end, year) - rule->summer.offset };

                for (size_t i = 0; i < 2; i++) {
                        if (changes[i] <= utc || (found && changes[i] >= *ret_utc))
                                continue;
                        *ret_utc = changes[i];
                        found = true;
                }
        }
        return found;
}
