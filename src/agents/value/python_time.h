/* Dates and times as Python's datetime writes them. */
#pragma once

#include "base/civil.h"
#include "base/strbuf.h"
#include "base/timezone.h"

struct moment {
        struct civil civil; /* what the clocks of the zone show */
        int microsecond;
        struct timezone_local zone;
        int64_t utc; /* seconds since 1970 */
};

/* What the clocks of a zone show at an instant; milliseconds since 1970. */
void python_moment(const struct timezone_data *zone, int64_t ms, struct moment *ret);

/* strftime() in the language of the C locale, with all directives of Python's documentation and those of glibc that people
 * use (%e %D %F %T %R %h %k %l %P %r %s %C %n %t), and the flag `-` for no padding. Unknown ones stay as they are. */
void python_strftime(struct strbuf *out, struct str format, const struct moment *m);

/* isoformat(): "2026-01-31T23:59:59+01:00", microseconds if asked for and there are any. */
void python_isoformat(struct strbuf *out, const struct moment *m, bool microseconds);
