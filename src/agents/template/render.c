#include "agents/template/template_int.h"

#include <stdio.h>

#include "base/clock.h"

enum { BYTES_PER_STEP = 32, STOP_EVERY = 1024 };

void template_say(struct renderer *rd, const char *format, ...) {
        char text[TEMPLATE_PROBLEM_MAX];
        struct str whole;
        va_list args;

        va_start(args, format);
        vsnprintf(text, sizeof(text) - 20, format, args);
        va_end(args);
        /* Cut off within a character, it would be no text any more. */
        whole = str_of(text);
        while (whole.len > 0 && !str_is_utf8(whole))
                whole.len--;
        snprintf(rd->problem, TEMPLATE_PROBLEM_MAX, STR_FMT " (line %u)", STR_ARG(whole),
                 MAX_OF(rd->line, 1u));
}

static int look_whether_to_stop(struct renderer *rd) {
        const struct template_options *options = rd->options;

        if (options->stop && atomic_load(options->stop))
                return -ERR_STOPPED;
        if (options->deadline_us && clock_monotonic_us() > options->deadline_us)
                return template_fail(rd, "the template took too long and was stopped");
        return 0;
}

int template_spend(struct renderer *rd, size_t steps) {
        uint64_t before = rd->steps;

        rd->steps += MIN_OF(steps, (size_t)TEMPLATE_STEPS_MAX + 1);
        if (rd->steps > TEMPLATE_STEPS_MAX)
                return template_fail(rd, "the template takes more than %d steps", TEMPLATE_STEPS_MAX);
        return before / STOP_EVERY == rd->steps / STOP_EVERY ? 0 : look_whether_to_stop(rd);
}

int template_spend_text(struct renderer *rd, size_t bytes) {
        return template_spend(rd, 1 + bytes / BYTES_PER_STEP);
}

int template_enter(struct renderer *rd) {
        if (rd->depth >= TEMPLATE_DEPTH_MAX)
                return template_fail(rd, "nested more than %d levels deep", TEMPLATE_DEPTH_MAX);
        rd->depth++;
        return 0;
}

void template_leave(struct renderer *rd) {
        rd->depth--;
}

static int check_source(struct renderer *rd, struct str text) {
        if (text.len > TEMPLATE_SOURCE_MAX)
                return template_fail(rd, "the template is longer than %d KiB", TEMPLATE_SOURCE_MAX / 1024);
        if (text.len > 0 && !str_is_utf8(text))
                return template_fail(rd, "the template is not UTF-8");
        return 0;
}

int template_render(struct str text, json_t *values, const struct template_options *options,
                    struct strbuf *out, char ret_problem[TEMPLATE_PROBLEM_MAX]) {
        struct renderer rd = { .options = options, .out = out, .problem = ret_problem };
        struct tvalue_map names = { .n = json_object_size(values), .json = values };
        struct scope scope = { 0 };
        struct node *list = NULL;
        int r;

        arena_init(&rd.arena, TEMPLATE_MEMORY_MAX);
        rd.values = (struct tvalue){ .kind = TVALUE_MAP, .map = &names };
        rd.scope = &scope;
        r = check_source(&rd, text);
        if (r >= 0)
                r = template_parse(&rd, text, &list);
        rd.depth = 0;
        if (r >= 0)
                r = template_run(&rd, list);
        if (r >= 0 && out->failed)
                r = template_fail(&rd, "the output is longer than %zu bytes", out->max);
        arena_done(&rd.arena);
        return r;
}
