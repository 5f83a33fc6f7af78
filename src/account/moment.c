#include "account/moment.h"

#include <stdio.h>

#include "account/identity.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/context.h"
#include "base/timezone.h"

enum { SECOND_MS = 1000, MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December" };

/* Seconds that a zone's clocks are ahead of UTC, and what to write behind a time: nothing for a person's own zone. */
static int32_t offset_of(struct str zone, int64_t utc, const char **ret_suffix) {
        const struct timezone_data *data;
        struct timezone_local local;

        *ret_suffix = " UTC";
        if (str_eq(zone, STR("not-set")) || timezone_find(zone, &data) < 0)
                return 0;
        timezone_at(data, utc, &local);
        *ret_suffix = "";
        return local.offset;
}

static int64_t day_of(int64_t local) {
        struct civil c;

        civil_from_seconds(local, &c);
        return civil_day_number(c.year, c.month, c.day);
}

void moment_text(int64_t ms, int64_t now, struct str zone, char *out) {
        int64_t at = ms / SECOND_MS, ago = now / SECOND_MS - at;
        const char *suffix, *now_suffix;
        int64_t local = at + offset_of(zone, at, &suffix);
        int64_t today = day_of(now / SECOND_MS + offset_of(zone, now / SECOND_MS, &now_suffix));
        struct civil c;

        civil_from_seconds(local, &c);
        if (ago >= 0 && ago < MINUTE)
                (void)snprintf(out, MOMENT_TEXT_MAX, "just now");
        else if (ago >= 0 && ago < HOUR)
                (void)snprintf(out, MOMENT_TEXT_MAX, "%d minute%s ago", (int)(ago / MINUTE),
                               ago < 2 * MINUTE ? "" : "s");
        else if (day_of(local) == today)
                (void)snprintf(out, MOMENT_TEXT_MAX, "today, %02d:%02d%s", c.hour, c.minute, suffix);
        else if (day_of(local) == today - 1)
                (void)snprintf(out, MOMENT_TEXT_MAX, "yesterday, %02d:%02d%s", c.hour, c.minute, suffix);
        else
                (void)snprintf(out, MOMENT_TEXT_MAX, "%d %s %lld, %02d:%02d%s", c.day, months[c.month - 1],
                               (long long)c.year, c.hour, c.minute, suffix);
}

json_t *moment_json(const struct request *req, int64_t ms) {
        char text[MOMENT_TEXT_MAX], iso[CLOCK_ISO_LENGTH + 1] = "";

        if (ms == 0)
                return json_null();
        moment_text(ms, clock_now(req->context->clock), req->identity->timezone, text);
        clock_format_iso(ms, iso);
        return json_pack("{s:s, s:s}", "iso", iso, "text", text);
}
