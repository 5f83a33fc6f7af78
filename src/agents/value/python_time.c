#include "agents/value/python_time.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const days[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                    "Thursday", "Friday", "Saturday" };
static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December" };

void python_moment(const struct timezone_data *zone, int64_t ms, struct moment *ret) {
        int64_t seconds = ms / 1000 - (ms % 1000 < 0);

        *ret = (struct moment){ .utc = seconds, .microsecond = (int)(ms - seconds * 1000) * 1000 };
        timezone_at(zone, seconds, &ret->zone);
        civil_from_seconds(seconds + ret->zone.offset, &ret->civil);
}

/* +0100, +01:00, with seconds if there are any. */
static void append_offset(struct strbuf *out, int32_t offset, const char *colon) {
        int seconds = abs(offset);

        strbuf_printf(out, "%c%02d%s%02d", offset < 0 ? '-' : '+', seconds / 3600, colon, seconds / 60 % 60);
        if (seconds % 60)
                strbuf_printf(out, "%s%02d", colon, seconds % 60);
}

/* Week of the year whose weeks begin on Monday and whose first has its first Thursday (ISO 8601), and that year. */
static int iso_week(const struct civil *c, int64_t *ret_year) {
        int64_t monday = civil_day_number(c->year, c->month, c->day) - (c->weekday + 6) % 7;
        struct civil thursday;

        civil_from_seconds((monday + 3) * 86400, &thursday);
        *ret_year = thursday.year;
        return thursday.yearday / 7 + 1;
}

/* Directives that are numbers: the number, its width, and what fills it up. */
static bool find_number(char directive, const struct moment *m, int64_t *ret, int *ret_width,
                        char *ret_fill) {
        const struct civil *c = &m->civil;
        int64_t year = c->year;
        int week = iso_week(c, &year), hour12 = c->hour % 12 == 0 ? 12 : c->hour % 12;
        const struct {
                char directive;
                int64_t value;
                int width;
                char fill;
        } numbers[] = {
                { 'd', c->day, 2, '0' },
                { 'e', c->day, 2, ' ' },
                { 'm', c->month, 2, '0' },
                { 'y', c->year % 100, 2, '0' },
                { 'Y', c->year, 1, '0' },
                { 'C', c->year / 100, 2, '0' },
                { 'H', c->hour, 2, '0' },
                { 'k', c->hour, 2, ' ' },
                { 'I', hour12, 2, '0' },
                { 'l', hour12, 2, ' ' },
                { 'M', c->minute, 2, '0' },
                { 'S', c->second, 2, '0' },
                { 'f', m->microsecond, 6, '0' },
                { 'j', c->yearday + 1, 3, '0' },
                { 'w', c->weekday, 1, '0' },
                { 'u', c->weekday == 0 ? 7 : c->weekday, 1, '0' },
                { 'U', (c->yearday + 7 - c->weekday) / 7, 2, '0' },
                { 'W', (c->yearday + 7 - (c->weekday + 6) % 7) / 7, 2, '0' },
                { 'V', week, 2, '0' },
                { 'G', year, 4, '0' },
                { 'g', year % 100, 2, '0' },
                { 's', m->utc, 1, '0' },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
                if (numbers[i].directive == directive) {
                        *ret = numbers[i].value;
                        *ret_width = numbers[i].width;
                        *ret_fill = numbers[i].fill;
                        return true;
                }
        return false;
}

/* Directives that stand for several others. */
static const char *find_format(char directive) {
        static const struct {
                char directive;
                const char *format;
        } formats[] = {
                { 'c', "%a %b %e %H:%M:%S %Y" },
                { 'x', "%m/%d/%y" },
                { 'D', "%m/%d/%y" },
                { 'X', "%H:%M:%S" },
                { 'T', "%H:%M:%S" },
                { 'R', "%H:%M" },
                { 'r', "%I:%M:%S %p" },
                { 'F', "%Y-%m-%d" },
                { 'n', "\n" },
                { 't', "\t" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
                if (formats[i].directive == directive)
                        return formats[i].format;
        return NULL;
}

/* Directives that are words. False for those that aren't any. */
static bool append_word(struct strbuf *out, char directive, const struct moment *m) {
        const struct civil *c = &m->civil;

        switch (directive) {
        case 'a':
                strbuf_printf(out, "%.3s", days[c->weekday]);
                return true;
        case 'A':
                strbuf_append(out, str_of(days[c->weekday]));
                return true;
        case 'b':
        case 'h':
                strbuf_printf(out, "%.3s", months[c->month - 1]);
                return true;
        case 'B':
                strbuf_append(out, str_of(months[c->month - 1]));
                return true;
        case 'p':
                strbuf_append(out, c->hour < 12 ? STR("AM") : STR("PM"));
                return true;
        case 'P':
                strbuf_append(out, c->hour < 12 ? STR("am") : STR("pm"));
                return true;
        case 'z':
                append_offset(out, m->zone.offset, "");
                return true;
        case 'Z':
                strbuf_append(out, str_of(m->zone.abbreviation));
                return true;
        case '%':
                strbuf_append_char(out, '%');
                return true;
        default:
                return false;
        }
}

void python_strftime(struct strbuf *out, struct str format, const struct moment *m) {
        for (size_t i = 0; i < format.len && !out->failed; i++) {
                bool bare = i + 2 < format.len && format.ptr[i + 1] == '-';
                char directive = i + 1 + bare < format.len ? format.ptr[i + 1 + bare] : 0, fill;
                const char *others = find_format(directive);
                int64_t number;
                int width;

                if (format.ptr[i] != '%' || !directive) {
                        strbuf_append_char(out, format.ptr[i]);
                        continue;
                }
                if (find_number(directive, m, &number, &width, &fill)) {
                        if (bare)
                                width = 1;
                        strbuf_printf(out, fill == ' ' ? "%*lld" : "%0*lld", width, (long long)number);
                } else if (others) {
                        python_strftime(out, str_of(others), m);
                } else if (!append_word(out, directive, m)) {
                        strbuf_append_char(out, '%');
                        continue; /* and the rest as it is */
                }
                i += 1 + (size_t)bare;
        }
}

void python_isoformat(struct strbuf *out, const struct moment *m, bool microseconds) {
        python_strftime(out, STR("%Y-%m-%dT%H:%M:%S"), m);
        if (microseconds && m->microsecond)
                strbuf_printf(out, ".%06d", m->microsecond);
        append_offset(out, m->zone.offset, ":");
}
