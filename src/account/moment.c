#include "account/moment.h"

#include "account/identity.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/context.h"
#include "base/timezone.h"
#include "pages/page.h"

enum { SECOND_MS = 1000, MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static const struct str months[] = {
        TEXT_INIT("January"),   TEXT_INIT("February"), TEXT_INIT("March"),    TEXT_INIT("April"),
        TEXT_INIT("May"),       TEXT_INIT("June"),     TEXT_INIT("July"),     TEXT_INIT("August"),
        TEXT_INIT("September"), TEXT_INIT("October"),  TEXT_INIT("November"), TEXT_INIT("December"),
};

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

/* "3 March 2026, 14:05" */
static struct str date_text(struct arena *arena, enum language language, const struct civil *c,
                            struct str time) {
        struct str values[] = { arena_printf(arena, "%d", c->day), text_in(language, months[c->month - 1]),
                                arena_printf(arena, "%lld", (long long)c->year), time };

        return text_fill(arena, text_in(language, TEXT("{0} {1} {2}, {3}")), values, ARRAY_LENGTH(values));
}

struct str moment_text(struct arena *arena, enum language language, int64_t ms, int64_t now,
                       struct str zone) {
        int64_t at = ms / SECOND_MS, ago = now / SECOND_MS - at;
        const char *suffix, *now_suffix;
        int64_t local = at + offset_of(zone, at, &suffix);
        int64_t today = day_of(now / SECOND_MS + offset_of(zone, now / SECOND_MS, &now_suffix));
        struct civil c;
        struct str time;

        if (ago >= 0 && ago < MINUTE)
                return text_in(language, TEXT("just now"));
        if (ago >= 0 && ago < 2 * MINUTE)
                return text_in(language, TEXT("1 minute ago"));
        if (ago >= 0 && ago < HOUR) {
                time = arena_printf(arena, "%d", (int)(ago / MINUTE));
                return text_fill(arena, text_in(language, TEXT("{0} minutes ago")), &time, 1);
        }
        civil_from_seconds(local, &c);
        time = arena_printf(arena, "%02d:%02d%s", c.hour, c.minute, suffix);
        if (day_of(local) == today)
                return text_fill(arena, text_in(language, TEXT("today, {0}")), &time, 1);
        if (day_of(local) == today - 1)
                return text_fill(arena, text_in(language, TEXT("yesterday, {0}")), &time, 1);
        return date_text(arena, language, &c, time);
}

json_t *moment_json(struct request *req, int64_t ms) {
        char iso[CLOCK_ISO_LENGTH + 1] = "";
        struct str text;

        if (ms == 0)
                return json_null();
        text = moment_text(&req->arena, page_language(req->context->theme, req), ms,
                           clock_now(req->context->clock), req->identity->timezone);
        clock_format_iso(ms, iso);
        return text.ptr ? json_pack("{s:s, s:s%}", "iso", iso, "text", text.ptr, text.len) : NULL;
}
