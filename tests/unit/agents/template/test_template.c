#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/template.h"
#include "base/errors.h"

enum { OUTPUT_MAX = 1024 * 1024 };

static char problem[TEMPLATE_PROBLEM_MAX];

static int render(struct str text, json_t *values, bool escape, struct strbuf *out) {
        struct template_options options = { .escape_html = escape, .random = &random_system };

        *problem = 0;
        return template_render(text, values, &options, out, problem);
}

static bool check_case(json_t *values, const json_t *one) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
        const json_t *template = json_object_get(one, "template"), *output = json_object_get(one, "output");
        struct str text = str_n(json_string_value(template), json_string_length(template)), wanted;
        bool good;
        int r;

        wanted = str_n(json_string_value(output), json_string_length(output));
        r = render(text, values, json_is_true(json_object_get(one, "escape")), &out);
        good = output ? r == 0 && str_eq(wanted, str_n(out.ptr, out.len)) : r == -ERR_TEMPLATE && *problem;
        if (!good)
                print_error("%s\n   got    %d \"" STR_FMT "\" %s\n   wanted \"" STR_FMT "\" %s\n", text.ptr,
                            r, (int)out.len, out.ptr ? out.ptr : "", problem, STR_ARG(wanted),
                            json_string_value(json_object_get(one, "error")));
        strbuf_done(&out);
        return good;
}

/* What Jinja2 itself makes of hundreds of templates: template_cases.py. */
static void renders_as_jinja_does(void **state) {
        json_t *file = json_load_file(TEMPLATE_CASES, 0, NULL), *cases;
        size_t bad = 0;

        assert_non_null(file);
        cases = json_object_get(file, "cases");
        assert_true(json_array_size(cases) > 500);
        for (size_t i = 0; i < json_array_size(cases); i++)
                bad += !check_case(json_object_get(file, "values"), json_array_get(cases, i));
        json_decref(file);
        assert_int_equal(bad, 0);
}

/* Fails with a message that has the words. */
static void assert_refused(struct str text, const char *words) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);

        assert_int_equal(render(text, NULL, false, &out), -ERR_TEMPLATE);
        if (!strstr(problem, words))
                print_error("\"%s\", without \"%s\"\n", problem, words);
        assert_non_null(strstr(problem, words));
        assert_true(out.len <= OUTPUT_MAX);
        strbuf_done(&out);
}

/* A text with a piece repeated in its middle. */
static void assert_repeated_refused(const char *before, const char *piece, size_t n, const char *after,
                                    const char *words) {
        struct strbuf text = STRBUF_INIT(OUTPUT_MAX);

        strbuf_append(&text, str_of(before));
        for (size_t i = 0; i < n; i++)
                strbuf_append(&text, str_of(piece));
        strbuf_append(&text, str_of(after));
        assert_refused(strbuf_str(&text), words);
        strbuf_done(&text);
}

static void hostile_templates_end_at_a_limit(void **state) {
        assert_refused(STR("{% set l = [1] * 1000 %}{% for a in l %}{% for b in l %}{% for c in l %}{% "
                           "endfor %}{% endfor %}"
                           "{% endfor %}"),
                       "steps");
        assert_refused(STR("{{ 'x' * 1000000000 }}"), "the template");
        assert_refused(STR("{{ ('x' * 1000000) * 5 }}"), "output");
        assert_refused(STR("{{ [1] * 99999999999 }}"), "too long");
        assert_refused(STR("{{ 'x'|center(999999999) }}"), "the template");
        assert_refused(STR("{{ '%99999d' % 1 }}"), "width");
        assert_refused(STR("{{ 2 ** 99999 }}"), "64 bits");
        assert_refused(STR("{{ ('a' * 100000)|replace('a', 'b' * 100000) }}"), "the template");
        assert_refused(STR("{{ ([1] * 3000)|unique|list }}{{ ([1,2] * 900000)|sort }}"), "the template");
        assert_refused(STR("{{ 'ab'|slice(1000000000)|list }}"), "slice");
        assert_repeated_refused("{% set x = [1] %}", "{% set x = [x, x] %}", 40, "{{ x }}", "the");
        assert_repeated_refused("{% set x = [1] %}", "{% set x = [x] %}", 2000, "{{ x }}", "deep");
        assert_repeated_refused("{% set x = [1] %}", "{% set x = [x] %}", 2000, "{{ x == [x] }}", "deep");
}

static void deep_templates_are_refused(void **state) {
        assert_repeated_refused("{{ ", "(", 5000, "", "deep");
        assert_repeated_refused("{{ ", "[", 5000, "", "deep");
        assert_repeated_refused("{{ ", "-", 5000, "1 }}", "deep");
        assert_repeated_refused("{{ ", "not ", 5000, "1 }}", "deep");
        assert_repeated_refused("{{ 1", " + 1", 5000, " }}", "deep");
        assert_repeated_refused("{{ x", "|upper", 5000, " }}", "deep");
        assert_repeated_refused("{{ x", ".a", 5000, " }}", "deep");
        assert_repeated_refused("{{ x", "[0]", 5000, " }}", "deep");
        assert_repeated_refused("{{ 1", " if 1 else 1", 5000, " }}", "deep");
        assert_repeated_refused("", "{% if 1 %}", 5000, "", "deep");
        assert_repeated_refused("", "{% for a in 'ab' %}", 5000, "", "deep");
}

static void what_is_wrong_is_told_with_its_line(void **state) {
        assert_refused(STR("a\nb\n{{ nope.x }}"), "'nope' is undefined (line 3)");
        assert_refused(STR("{{ 1\n+ }}"), "(line 2)");
        assert_refused(STR("\xff"), "UTF-8");
        assert_repeated_refused("", "0123456789abcdef", TEMPLATE_SOURCE_MAX / 16, "x", "longer than 256 KiB");
}

static void a_template_stops_when_it_is_told_to(void **state) {
        atomic_bool stop = true;
        struct template_options options = { .random = &random_system, .stop = &stop };
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);

        assert_int_equal(template_render(STR("{% for a in [1] * 100000 %}{{ a }}{% endfor %}"), NULL,
                                         &options, &out, problem),
                         -ERR_STOPPED);
        strbuf_done(&out);
}

static void a_template_stops_when_its_time_is_up(void **state) {
        struct template_options options = { .random = &random_system, .deadline_us = 1 };
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);

        assert_int_equal(template_render(STR("{% for a in [1] * 100000 %}{{ a }}{% endfor %}"), NULL,
                                         &options, &out, problem),
                         -ERR_TEMPLATE);
        assert_non_null(strstr(problem, "too long"));
        strbuf_done(&out);
}

/* Each of these goes over all of a text and keeps little of it. */
static void looking_at_a_long_text_takes_steps(void **state) {
        static const char *const looks[] = {
                "s.strip()",       "s.lstrip()",    "s.rstrip()", "s.strip(' ')", "s.splitlines()|length",
                "s.startswith(s)", "s.endswith(s)", "s|trim",     "s|int",        "s|float",
                "s|truncate(9)",   "'a'|trim(s)",
        };
        json_t *values = json_object();
        char *spaces = malloc(OUTPUT_MAX);

        memset(spaces, ' ', OUTPUT_MAX);
        assert_int_equal(json_object_set_new(values, "s", json_stringn(spaces, OUTPUT_MAX)), 0);
        free(spaces);
        for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
                struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
                char text[200];

                snprintf(text, sizeof(text), "{%% for a in [1] * 100 %%}{%% set x = %s %%}{%% endfor %%}",
                         looks[i]);
                if (render(str_of(text), values, false, &out) != -ERR_TEMPLATE || !strstr(problem, "steps"))
                        fail_msg("%s: %s", looks[i], problem);
                strbuf_done(&out);
        }
        json_decref(values);
}

/* An `elif` is no deeper than the one before it, and a loop takes no more memory the longer it goes on. */
static void long_templates_are_no_deep_ones(void **state) {
        struct strbuf text = STRBUF_INIT(OUTPUT_MAX), out = STRBUF_INIT(OUTPUT_MAX);

        strbuf_append(&text, STR("{% if false %}"));
        for (size_t i = 0; i < 5000; i++)
                strbuf_append(&text, STR("{% elif false %}"));
        strbuf_append(&text,
                      STR("{% else %}end{% endif %}{% for i in [1] * 100000 %}{% set a = i %}{% endfor %}"));
        assert_int_equal(render(strbuf_str(&text), NULL, false, &out), 0);
        assert_str(strbuf_str(&out), "end");
        strbuf_done(&text);
        strbuf_done(&out);
}

static void random_picks_an_item(void **state) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);

        assert_int_equal(render(STR("{{ ['a', 'a']|random }}{{ []|random }}"), NULL, false, &out), 0);
        assert_str(strbuf_str(&out), "a");
        strbuf_done(&out);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(renders_as_jinja_does),
                cmocka_unit_test(hostile_templates_end_at_a_limit),
                cmocka_unit_test(deep_templates_are_refused),
                cmocka_unit_test(what_is_wrong_is_told_with_its_line),
                cmocka_unit_test(a_template_stops_when_it_is_told_to),
                cmocka_unit_test(a_template_stops_when_its_time_is_up),
                cmocka_unit_test(looking_at_a_long_text_takes_steps),
                cmocka_unit_test(long_templates_are_no_deep_ones),
                cmocka_unit_test(random_picks_an_item),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
