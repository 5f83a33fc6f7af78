#include "base/cron.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/errors.h"

enum {
        DAY = 86400,
        LOOK_BACK = 2 * DAY, /* longer than any clock was ever set back */
        YEARS_AHEAD = 50,    /* a 29th of February on a certain weekday comes within forty */
        SHOWN_MAX = 20,      /* bytes of a faulty text that are shown */
};

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may", "jun",
                                           "jul", "aug", "sep", "oct", "nov", "dec" };
static const char *const weekday_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

enum { MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, FIELDS };

static const struct field {
        const char *name, *allowed;
        int min, max;   /* max is where a star ends */
        int max_number; /* 7 is Sunday, too */
        const char *const *names;
} fields[FIELDS] = {
        { "minute", "0 to 59", 0, 59, 59, NULL },
        { "hour", "0 to 23", 0, 23, 23, NULL },
        { "day of month", "1 to 31", 1, 31, 31, NULL },
        { "month", "1 to 12 or jan to dec", 1, 12, 12, month_names },
        { "day of week", "0 to 7 or sun to sat (0 and 7 are sunday)", 0, 6, 7, weekday_names },
};

struct reading {
        const struct field *field;
        char *problem;
};

_printf_(2, 3) static int refuse(const struct reading *r, const char *format, ...) {
        int n = 0;
        va_list args;

        if (r->field)
                n = snprintf(r->problem, CRON_PROBLEM_MAX + 1, "%s: ", r->field->name);
        va_start(args, format);
        (void)vsnprintf(r->problem + n, CRON_PROBLEM_MAX + 1 - (size_t)n, format, args);
        va_end(args);
        return -ERR_CRON;
}

/* What may be shown of a text: others' bytes go nowhere. */
static const char *shown(struct str text, char out[SHOWN_MAX + 1]) {
        size_t n = 0;

        if (text.len == 0)
                return "nothing";
        for (; n < text.len && n < SHOWN_MAX; n++)
                out[n] = (char)(text.ptr[n] > ' ' && text.ptr[n] < 127 ? text.ptr[n] : '?');
        out[n] = '\0';
        return out;
}

static int read_number(struct str text) {
        if (text.len == 0 || text.len > 2)
                return -1;
        for (size_t i = 0; i < text.len; i++)
                if (text.ptr[i] < '0' || text.ptr[i] > '9')
                        return -1;
        return text.len == 1 ? text.ptr[0] - '0' : (text.ptr[0] - '0') * 10 + text.ptr[1] - '0';
}

static int read_value(const struct reading *r, struct str text, int *ret) {
        const struct field *f = r->field;
        char out[SHOWN_MAX + 1];
        int value = read_number(text);

        for (int i = f->min; f->names && value < 0 && i <= f->max; i++)
                if (str_eq_ignore_case(text, str_of(f->names[i - f->min])))
                        value = i;
        if (value < f->min || value > f->max_number)
                return refuse(r, "%s is not %s", shown(text, out), f->allowed);
        *ret = value;
        return 0;
}

/* "mon-fri": in a range Sunday may be the end of the week. */
static int read_range(const struct reading *r, struct str text, int *ret_first, int *ret_last,
                      bool *ret_range) {
        ptrdiff_t dash = str_find(text, '-');
        char out[SHOWN_MAX + 1];
        int e;

        *ret_range = true;
        if (str_eq(text, STR("*"))) {
                *ret_first = r->field->min;
                *ret_last = r->field->max;
                return 0;
        }
        if (dash < 0) {
                *ret_range = false;
                e = read_value(r, text, ret_first);
                *ret_last = *ret_first;
                return e;
        }
        e = read_value(r, str_first(text, (size_t)dash), ret_first);
        if (e == 0)
                e = read_value(r, str_from(text, (size_t)dash + 1), ret_last);
        if (e < 0)
                return e;
        if (r->field->max_number > r->field->max && *ret_last == 0)
                *ret_last = *ret_first > 0 ? r->field->max_number : 0;
        if (*ret_last < *ret_first)
                return refuse(r, "the range %s ends before it begins", shown(text, out));
        return 0;
}

static int read_item(const struct reading *r, struct str item, uint64_t *bits) {
        ptrdiff_t slash = str_find(item, '/');
        int first = 0, last = 0, step = 1, size = r->field->max - r->field->min + 1, e;
        char out[SHOWN_MAX + 1];
        bool range;

        e = read_range(r, slash < 0 ? item : str_first(item, (size_t)slash), &first, &last, &range);
        if (e < 0)
                return e;
        if (slash >= 0) {
                step = read_number(str_from(item, (size_t)slash + 1));
                if (step < 1 || step > size)
                        return refuse(r, "the step %s is not 1 to %d",
                                      shown(str_from(item, (size_t)slash + 1), out), size);
                if (!range && last < r->field->max)
                        last = r->field->max;
        }
        for (int value = first; value <= last; value += step)
                *bits |= UINT64_C(1) << (value > r->field->max ? r->field->min : value);
        return 0;
}

static int read_field(const struct reading *r, struct str text, uint64_t *ret) {
        struct str item;
        int e;

        *ret = 0;
        while (str_next(&text, ',', &item)) {
                e = read_item(r, item, ret);
                if (e < 0)
                        return e;
        }
        return 0;
}

/* Splits at blanks. Returns the number of fields, of which the first are stored. */
static size_t split(struct str line, struct str ret[FIELDS]) {
        size_t n = 0, i = 0;

        for (;;) {
                size_t begin;

                while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
                        i++;
                if (i == line.len)
                        return n;
                begin = i;
                while (i < line.len && line.ptr[i] != ' ' && line.ptr[i] != '\t')
                        i++;
                if (n < FIELDS)
                        ret[n] = str_n(line.ptr + begin, i - begin);
                n++;
        }
}

/* Whether some month has one of the days. */
static bool comes(const struct cron *cron) {
        static const int longest[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

        if (!cron->both_days) /* else the day of the week makes it come */
                return true;
        for (int month = 1; month <= 12; month++)
                if (cron->months >> month & 1 &&
                    cron->days & (uint32_t)((UINT64_C(1) << (longest[month - 1] + 1)) - 1))
                        return true;
        return false;
}

int cron_parse(struct str line, struct cron *ret, char ret_problem[CRON_PROBLEM_MAX + 1]) {
        struct reading r = { .problem = ret_problem };
        struct str texts[FIELDS] = { 0 };
        uint64_t bits[FIELDS];
        struct cron cron;
        size_t n;

        if (line.len > CRON_MAX)
                return refuse(&r, "a cron line has at most %d characters", CRON_MAX);
        n = split(line, texts);
        if (n != FIELDS)
                return refuse(&r,
                              "a cron line has 5 fields: minute, hour, day of month, month, day of week; "
                              "this one has %zu",
                              n);
        for (size_t i = 0; i < FIELDS; i++) {
                int e;

                r.field = &fields[i];
                e = read_field(&r, texts[i], &bits[i]);
                if (e < 0)
                        return e;
        }
        cron = (struct cron){
                .minutes = bits[MINUTE],
                .hours = (uint32_t)bits[HOUR],
                .days = (uint32_t)bits[DAY_OF_MONTH],
                .months = (uint16_t)bits[MONTH],
                .weekdays = (uint8_t)bits[DAY_OF_WEEK],
                .both_days = texts[DAY_OF_MONTH].ptr[0] == '*' || texts[DAY_OF_WEEK].ptr[0] == '*',
                .follows_clock = texts[MINUTE].ptr[0] == '*' || texts[HOUR].ptr[0] == '*',
        };
        r.field = &fields[DAY_OF_MONTH];
        if (!comes(&cron))
                return refuse(&r, "none of these days comes in any of the months");
        *ret = cron;
        return 0;
}

/* --- times --- */

static bool day_fits(const struct cron *cron, const struct civil *c) {
        bool day = cron->days >> c->day & 1, weekday = cron->weekdays >> c->weekday & 1;

        return cron->months >> c->month & 1 && (cron->both_days ? day && weekday : day || weekday);
}

/* The first time of a day that fits, from `minute` on; in minutes. -1 when there is none. */
static int time_of_day(const struct cron *cron, int minute) {
        for (int hour = minute / 60; hour < 24; hour++, minute = hour * 60) {
                if (!(cron->hours >> hour & 1))
                        continue;
                for (int m = minute % 60; m < 60; m++)
                        if (cron->minutes >> m & 1)
                                return hour * 60 + m;
        }
        return -1;
}

/* The first time that fits among those that a clock shows from `from` until before `until`: local seconds. */
static bool next_local(const struct cron *cron, int64_t from, int64_t until, int64_t *ret) {
        struct civil c;

        from += 59; /* up to a whole minute */
        while (from < until + 59) {
                int64_t day;
                int minute;

                civil_from_seconds(from, &c);
                day = civil_day_number(c.year, c.month, c.day);
                if (!(cron->months >> c.month & 1)) {
                        from = civil_day_number(c.year, c.month + 1, 1) * DAY;
                        continue;
                }
                minute = day_fits(cron, &c) ? time_of_day(cron, c.hour * 60 + c.minute) : -1;
                if (minute >= 0) {
                        *ret = day * DAY + minute * 60;
                        return *ret < until;
                }
                from = (day + 1) * DAY;
        }
        return false;
}

bool cron_next(const struct cron *cron, const struct timezone_data *zone, int64_t after, int64_t *ret_utc) {
        int64_t horizon = after + INT64_C(366) * DAY * YEARS_AHEAD, end, passed = INT64_MIN, local;

        /* From one setting of the clocks to the next. `passed`: all local times before that have been shown or left out; looking
         * back a little tells which. */
        for (int64_t begin = after - LOOK_BACK; begin < horizon; begin = end) {
                struct timezone_local here;

                timezone_at(zone, begin, &here);
                if (!timezone_change_after(zone, begin, &end) || end > horizon)
                        end = horizon;
                if (passed == INT64_MIN || cron->follows_clock)
                        passed = begin + here.offset;
                if (begin <= after)
                        passed = MAX_OF(passed, MIN_OF(after + 1, end) + here.offset);
                if (end > after + 1 && next_local(cron, passed, end + here.offset, &local)) {
                        *ret_utc = MAX_OF(local - here.offset, begin);
                        return true;
                }
                passed = MAX_OF(passed, end + here.offset);
        }
        return false;
}
