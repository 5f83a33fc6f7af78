/* The time, and waiting for it (dialect: Blocks, time). */
#include "account/word_list.h"
#include "agents/blocks/families.h"
#include "agents/value/python_time.h"

enum { REPEAT_MAX = 1000, FORMAT_MAX = 1000, DAY_SECONDS = 86400, COUNTDOWN_MAX = 7 * DAY_SECONDS };

/* The zone that the format asks for: the person's own, where it is known and wanted, or the one that is named. */
static int find_zone(struct block_run *run, const json_t *format, const struct timezone_data **ret) {
        struct str name = value_str(json_object_get(format, "timezone"));
        bool own = json_is_true(json_object_get(format, "use_user_timezone"));

        if (!name.ptr)
                name = STR("UTC");
        if (own && run->timezone.len > 0)
                name = str_eq(run->timezone, STR("not-set")) ? STR("UTC") : run->timezone;
        if (!word_list_has(&timezones, name) || timezone_find(name, ret) < 0)
                return block_fail(run, "There is no time zone '" STR_FMT "'", STR_ARG(str_first(name, 100)));
        return 0;
}

/* What the clocks show, so many days ago. */
static int find_moment(struct block_run *run, const json_t *format, int64_t days_ago, struct moment *ret) {
        const struct timezone_data *zone;
        int r = find_zone(run, format, &zone);

        if (r < 0)
                return r;
        python_moment(zone, clock_now(run->context->clock), ret);
        if (days_ago == 0)
                return 0;
        /* The calendar is turned back, not the clock. */
        civil_from_seconds(civil_to_seconds(&ret->civil) - days_ago * DAY_SECONDS, &ret->civil);
        if (ret->civil.year < 1 || ret->civil.year > 9999)
                return block_fail(run, "date value out of range");
        return 0;
}

static bool is_iso(const json_t *format) {
        return str_eq(value_str(json_object_get(format, "discriminator")), STR("iso8601"));
}

/* As the format says, or by the block's own. */
static int write_moment(struct block_run *run, const json_t *format, const char *fallback,
                        const struct moment *m, struct strbuf *out) {
        struct str text = value_str(json_object_get(format, "format"));

        if (!text.ptr)
                text = str_of(fallback);
        if (text.len > FORMAT_MAX)
                return block_fail(run, "A format longer than %d bytes", FORMAT_MAX);
        python_strftime(out, text, m);
        return out->failed ? -ERR_NO_MEMORY : 0;
}

static int yield_moment(struct block_run *run, const char *name, const struct strbuf *text, size_t from) {
        struct str whole = strbuf_str(text);

        return block_yield(run, name, value_of_str(str_from(whole.ptr ? whole : STR(""), from)));
}

static int run_time(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(FORMAT_MAX * 64);
        const json_t *format = input_value(run, "format_type");
        struct moment m;
        int r = find_moment(run, format, 0, &m);

        if (r < 0)
                return r;
        if (is_iso(format)) {
                python_isoformat(&out, &m, json_is_true(json_object_get(format, "include_microseconds")));
                return yield_moment(run, "time", &out, (size_t)str_find(strbuf_str(&out), 'T'));
        }
        r = write_moment(run, format, "%H:%M:%S", &m, &out);
        return r < 0 ? r : yield_moment(run, "time", &out, 0);
}

/* A whole number, or a text that is one; anything else is 0, as the Platform has it. */
static int64_t whole_number(const json_t *value) {
        struct str text = value_str(value);
        double number;

        if (json_is_integer(value))
                return json_integer_value(value);
        if (!text.ptr || !value_text_number(text, &number) || str_find(text, '.') >= 0 ||
            str_find(text, 'e') >= 0 || str_find(text, 'E') >= 0 || !(number > -1e15 && number < 1e15))
                return 0;
        return (int64_t)number;
}

static int run_date(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(FORMAT_MAX * 64);
        const json_t *format = input_value(run, "format_type");
        int64_t offset = whole_number(input_value(run, "offset"));
        struct moment m;
        int r;

        if (offset > 10000 * 366 || offset < -10000 * 366)
                return block_fail(run, "date value out of range");
        r = find_moment(run, format, offset, &m);
        if (r < 0)
                return r;
        if (is_iso(format))
                python_strftime(&out, STR("%Y-%m-%d"), &m);
        else
                r = write_moment(run, format, "%Y-%m-%d", &m, &out);
        return r < 0 ? r : yield_moment(run, "date", &out, 0);
}

static int run_date_and_time(struct block_run *run) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(FORMAT_MAX * 64);
        const json_t *format = input_value(run, "format_type");
        struct moment m;
        int r = find_moment(run, format, 0, &m);

        if (r < 0)
                return r;
        if (is_iso(format))
                python_isoformat(&out, &m, json_is_true(json_object_get(format, "include_microseconds")));
        else
                r = write_moment(run, format, "%Y-%m-%d %H:%M:%S", &m, &out);
        return r < 0 ? r : yield_moment(run, "date_time", &out, 0);
}

/* A part of the time to wait, in seconds; what is negative counts as well, against the others. */
static int add_part(struct block_run *run, const char *name, int64_t unit, int64_t *total) {
        const json_t *value = input_value(run, name);
        struct str text = value_str(value);
        int64_t number = whole_number(value);

        if (text.ptr && number == 0 && !str_eq(str_trim(text), STR("0")))
                return block_fail(run, "%s is not a whole number: '" STR_FMT "'", name,
                                  STR_ARG(str_first(text, 60)));
        if (number > COUNTDOWN_MAX || number < -COUNTDOWN_MAX)
                return block_fail(run, "%s is too large: a countdown may take 7 days in all", name);
        *total += number * unit;
        return 0;
}

static int run_countdown(struct block_run *run) {
        static const struct {
                const char *name;
                int64_t seconds;
        } parts[] = { { "seconds", 1 }, { "minutes", 60 }, { "hours", 3600 }, { "days", DAY_SECONDS } };
        int64_t total = 0, repeat = input_integer(run, "repeat");
        int r = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(parts) && r >= 0; i++)
                r = add_part(run, parts[i].name, parts[i].seconds, &total);
        if (r < 0)
                return r;
        total = MAX_OF(total, (int64_t)0);
        if (repeat < 1 || repeat > REPEAT_MAX)
                return block_fail(run, "repeat must be 1 to %d", REPEAT_MAX);
        if (total * repeat > COUNTDOWN_MAX)
                return block_fail(run, "A countdown may take 7 days in all");
        for (int64_t i = 0; i < repeat && r >= 0; i++) {
                r = block_wait(run, total * 1000);
                if (r >= 0)
                        r = block_yield(run, "output_message",
                                        json_incref(input_value(run, "input_message")));
        }
        return r;
}

#define ZONE_PROPERTIES                                                                              \
        "\"timezone\":{\"type\":\"string\",\"default\":\"UTC\",\"description\":\"IANA time zone\"}," \
        "\"use_user_timezone\":{\"type\":\"boolean\",\"default\":false,"                             \
        "\"description\":\"Take the person's own time zone, if it is known\"}"

/* The two ways to write a time, told apart by `discriminator`. */
#define FORMAT_TYPE(initial)                                                                                \
        "{\"oneOf\":[{\"type\":\"object\",\"title\":\"strftime\",\"properties\":{"                          \
        "\"discriminator\":{\"const\":\"strftime\"},\"format\":{\"type\":\"string\",\"default\":\"" initial \
        "\"}," ZONE_PROPERTIES "},\"required\":[\"discriminator\"]},"                                       \
        "{\"type\":\"object\",\"title\":\"ISO "                                                             \
        "8601\",\"properties\":{\"discriminator\":{\"const\":\"iso8601\"}," ZONE_PROPERTIES                 \
        ",\"include_microseconds\":{\"type\":\"boolean\",\"default\":false}},"                              \
        "\"required\":[\"discriminator\"]}]}"
#define FORMAT_INITIAL(format)                                 \
        "{\"discriminator\":\"strftime\",\"format\":\"" format \
        "\",\"timezone\":\"UTC\",\"use_user_timezone\":false}"
#define FORMAT_FIELD(initial) \
        { "format_type", FORMAT_TYPE(initial), FORMAT_INITIAL(initial), "How it is written", 0 }
#define TRIGGER_FIELD \
        { "trigger", TYPE_STRING, NULL, "Any text: when it arrives, the time is told", FIELD_REQUIRED }

#define TYPE_WHOLE "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}]}"

static const struct block_field time_inputs[] = { TRIGGER_FIELD, FORMAT_FIELD("%H:%M:%S") };
static const struct block_field time_outputs[] = { { "time", TYPE_STRING, NULL, "The time", 0 } };
static const struct block_field date_inputs[] = {
        TRIGGER_FIELD,
        { "offset", TYPE_WHOLE, "0", "How many days ago", FIELD_BASIC },
        FORMAT_FIELD("%Y-%m-%d"),
};
static const struct block_field date_outputs[] = { { "date", TYPE_STRING, NULL, "The date", 0 } };
static const struct block_field date_time_inputs[] = { TRIGGER_FIELD, FORMAT_FIELD("%Y-%m-%d %H:%M:%S") };
static const struct block_field date_time_outputs[] = { { "date_time", TYPE_STRING, NULL, "Date and time",
                                                          0 } };
static const struct block_field countdown_inputs[] = {
        { "input_message", TYPE_ANY, "\"timer finished\"", "What goes out when the time is up", FIELD_BASIC },
        { "seconds", TYPE_WHOLE, "0", "Seconds to wait", FIELD_BASIC },
        { "minutes", TYPE_WHOLE, "0", "Minutes to wait", FIELD_BASIC },
        { "hours", TYPE_WHOLE, "0", "Hours to wait", FIELD_BASIC },
        { "days", TYPE_WHOLE, "0", "Days to wait", FIELD_BASIC },
        { "repeat", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000}", "1", "How often to wait",
          FIELD_BASIC },
};
static const struct block_field countdown_outputs[] = {
        { "output_message", TYPE_ANY, NULL, "The message, each time that the time is up", 0 },
};

static const struct block blocks[] = {
        { .id = "a892b8d9-3e4e-4e9c-9c1e-75f8efcf1bfa",
          .name = "GetCurrentTimeBlock",
          .description = "Tells the time",
          .categories = CATEGORY_TEXT,
          INPUTS(time_inputs),
          OUTPUTS(time_outputs),
          .run = run_time },
        { .id = "b29c1b50-5d0e-4d9f-8f9d-1b0e6fcbf0b1",
          .name = "GetCurrentDateBlock",
          .description = "Tells the date, of today or of some days ago",
          .categories = CATEGORY_TEXT,
          INPUTS(date_inputs),
          OUTPUTS(date_outputs),
          .run = run_date },
        { .id = "716a67b3-6760-42e7-86dc-18645c6e00fc",
          .name = "GetCurrentDateAndTimeBlock",
          .description = "Tells the date and the time",
          .categories = CATEGORY_TEXT,
          INPUTS(date_time_inputs),
          OUTPUTS(date_time_outputs),
          .run = run_date_and_time },
        { .id = "d67a9c52-5e4e-11e2-bcfd-0800200c9a71",
          .name = "CountdownTimerBlock",
          .description = "Waits, and then sends a message",
          .categories = CATEGORY_TEXT,
          .waits = true,
          INPUTS(countdown_inputs),
          OUTPUTS(countdown_outputs),
          .run = run_countdown },
};

const struct block_family family_time = BLOCK_FAMILY(blocks);
