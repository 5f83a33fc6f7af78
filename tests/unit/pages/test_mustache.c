/* What the specification leaves open: errors, limits, what is false, what is escaped, what may be shown. */
#include "pages/mustache.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "unit.h"

static char problem[MUSTACHE_PROBLEM_MAX];

static int parse(const char *source, struct mustache **ret) {
        problem[0] = '\0';
        return mustache_parse(STR("page"), str_of(source), ret, problem);
}

static const struct mustache *only_itself(const void *set, struct str name) {
        return str_eq(name, STR("page")) ? set : NULL;
}

static int render(const char *source, const char *json, struct strbuf *out) {
        json_t *data = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        const json_t *contexts[] = { data };
        struct mustache_env env = { .find = only_itself };
        struct mustache *t;
        int r;

        assert_non_null(data);
        assert_int_equal(parse(source, &t), 0);
        env.set = t;
        r = mustache_render(t, &env, contexts, 1, out, problem);
        mustache_free(t);
        json_decref(data);
        return r;
}

#define assert_renders(source, json, literal)                                  \
        do {                                                                   \
                _cleanup_(strbuf_done) struct strbuf out_ = STRBUF_INIT(4096); \
                assert_int_equal(render((source), (json), &out_), 0);          \
                assert_str(strbuf_str(&out_), literal);                        \
        } while (0)

static void refused(const char *source, const char *wanted) {
        struct mustache *t = NULL;

        assert_int_equal(parse(source, &t), -ERR_SETTINGS);
        assert_null(t);
        assert_string_equal(problem, wanted);
}

static void problems_name_template_and_line(void **state) {
        refused("a\nb\n {{#x}}\nc", "page:3: 'x' is not closed");
        refused("a\n{{#x}}{{/y}}", "page:2: 'y' is closed where 'x' is open since line 2");
        refused("\n\n{{/y}}", "page:3: 'y' is closed but was not opened");
        refused("a {{b", "page:1: a tag is not closed");
        refused("{{{b}}", "page:1: a tag is not closed");
        refused("{{=<% %>}}", "page:1: a tag is not closed");
        refused("{{}}", "page:1: a tag has no name");
        refused("{{> * }}", "page:1: a tag has no name");
        refused("{{a b}}", "page:1: a name has white space in it");
        refused("{{=<%=}}", "page:1: delimiters are two words without '=', of up to 16 characters");
        refused("{{=12345678901234567 |=}}",
                "page:1: delimiters are two words without '=', of up to 16 characters");
        refused("\xff", "page:1: is not UTF-8");
}

static void a_dynamic_parent_is_closed_by_its_dynamic_name(void **state) {
        refused("{{<*x}}{{/x}}", "page:1: 'x' is closed where 'x' is open since line 1");
        assert_renders("{{<*x}}{{/*x}}", "{}", "");
}

static void tags_may_be_nested_up_to_the_limit(void **state) {
        struct strbuf source = STRBUF_INIT(4096);
        struct mustache *t;

        for (int i = 0; i < MUSTACHE_DEPTH_MAX; i++)
                strbuf_append(&source, STR("{{#a}}"));
        for (int i = 0; i < MUSTACHE_DEPTH_MAX; i++)
                strbuf_append(&source, STR("{{/a}}"));
        assert_int_equal(mustache_parse(STR("page"), strbuf_str(&source), &t, problem), 0);
        mustache_free(t);
        strbuf_reset(&source);
        for (int i = 0; i <= MUSTACHE_DEPTH_MAX; i++)
                strbuf_append(&source, STR("{{#a}}"));
        assert_int_equal(mustache_parse(STR("page"), strbuf_str(&source), &t, problem), -ERR_SETTINGS);
        assert_string_equal(problem, "page:1: more than 64 tags within each other");
        strbuf_done(&source);
}

static void a_source_may_be_as_large_as_the_limit(void **state) {
        char *source = malloc(MUSTACHE_SOURCE_MAX + 1);
        struct mustache *t;

        memset(source, 'a', MUSTACHE_SOURCE_MAX + 1);
        assert_int_equal(mustache_parse(STR("page"), str_n(source, MUSTACHE_SOURCE_MAX), &t, problem), 0);
        mustache_free(t);
        assert_int_equal(mustache_parse(STR("page"), str_n(source, MUSTACHE_SOURCE_MAX + 1), &t, problem),
                         -ERR_SETTINGS);
        free(source);
}

static void a_template_that_includes_itself_for_ever_fails(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(4096);

        assert_int_equal(render("a\n{{>page}}", "{}", &out), -ERR_INTERNAL);
        assert_string_equal(problem, "page:1: tags and partials go too deep within each other");
}

/* The data nests `levels` times; each takes a section and a partial, the template itself one more. */
static int render_levels(int levels) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(4096), json = STRBUF_INIT(4096);

        for (int i = 0; i < levels; i++)
                strbuf_append(&json, STR("{\"n\":"));
        strbuf_append(&json, STR("{\"n\":false}"));
        for (int i = 0; i < levels; i++)
                strbuf_append_char(&json, '}');
        strbuf_append_char(&json, '\0');
        return render("{{#n}}{{>page}}{{/n}}", json.ptr, &out);
}

static void rendering_may_nest_up_to_the_limit(void **state) {
        assert_int_equal(render_levels((MUSTACHE_DEPTH_MAX - 1) / 2), 0);
        assert_int_equal(render_levels((MUSTACHE_DEPTH_MAX - 1) / 2 + 1), -ERR_INTERNAL);
}

static void a_template_that_multiplies_itself_fails(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(4096);

        assert_int_equal(render("{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{^b}}{{/b}}{{/a}}{{/a}}{{/a}}{{/"
                                "a}}{{/a}}{{/a}}{{/a}}",
                                "{\"a\":[1,2,3,4,5,6,7,8,9,0]}", &out),
                         -ERR_INTERNAL);
        assert_string_equal(problem, "page:1: takes too many steps");
}

static void output_that_passes_its_maximum_fails(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(3);

        assert_int_equal(render("abc", "{}", &out), 0);
        strbuf_reset(&out);
        assert_int_equal(render("ab{{x}}", "{\"x\":\"&\"}", &out), -ERR_NO_MEMORY);
}

static void markup_in_data_is_escaped(void **state) {
        assert_renders("<a href=\"{{x}}\">", "{\"x\":\"<>&\\\"'{{y}}\"}",
                       "<a href=\"&lt;&gt;&amp;&quot;&#39;{{y}}\">");
        assert_renders("{{#x}}{{.}}{{/x}}", "{\"x\":[\"<\",\"\",\">\"]}", "&lt;&gt;");
        assert_renders("{{x}}", "{\"x\":\"a\\u0000b\"}", "a\0b");
}

static void false_is_what_is_empty_or_absent(void **state) {
        for (const char *const *json = (const char *const[]){ "{}", "{\"x\":null}", "{\"x\":false}",
                                                              "{\"x\":[]}", "{\"x\":\"\"}", "[]", "1", NULL };
             *json; json++)
                assert_renders("{{#x}}yes{{/x}}{{^x}}no{{/x}}", *json, "no");
        for (const char *const *json = (const char *const[]){ "{\"x\":0}", "{\"x\":true}", "{\"x\":{}}",
                                                              "{\"x\":\" \"}", "{\"x\":[null]}", NULL };
             *json; json++)
                assert_renders("{{#x}}yes{{/x}}{{^x}}no{{/x}}", *json, "yes");
}

static void a_null_hides_what_lies_outside(void **state) {
        assert_renders("{{#app}}{{name}}{{/app}}", "{\"name\":\"outer\",\"app\":{\"name\":null}}", "");
        assert_renders("{{#app}}{{name}}{{/app}}", "{\"name\":\"outer\",\"app\":{\"x\":1}}", "outer");
        assert_renders("{{app.name}}", "{\"name\":\"outer\",\"app\":{}}", "");
}

static void numbers_are_written_shortly_and_structures_not_at_all(void **state) {
        assert_renders("{{a}} {{b}} {{c}} {{d}}|{{e}}{{f}}|",
                       "{\"a\":-9223372036854775808,\"b\":0.1,\"c\":1e300,\"d\":0.30000000000000004,\"e\":{"
                       "\"x\":1},\"f\":[1]}",
                       "-9223372036854775808 0.1 1e+300 0.30000000000000004||");
}

static bool not_secret(struct str name, const json_t *value) {
        return !str_eq(name, STR("secret"));
}

static void what_may_not_be_shown_counts_as_absent(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        struct mustache_env env = { .may_show = not_secret };
        json_t *data = json_pack("{s:s, s:{s:s}, s:[s]}", "secret", "1", "a", "secret", "2", "list", "3");
        const json_t *contexts[] = { data };
        struct mustache *t;

        assert_int_equal(parse("{{secret}}{{{secret}}}{{a.secret}}{{#secret}}4{{/secret}}{{^a.secret}}none{{/"
                               "a.secret}}{{#list}}{{.}}{{/list}}",
                               &t),
                         0);
        assert_int_equal(mustache_render(t, &env, contexts, 1, &out, problem), 0);
        assert_str(strbuf_str(&out), "none3");
        mustache_free(t);
        json_decref(data);
}

static void later_contexts_come_first(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        struct mustache_env env = { .find = NULL };
        json_t *first = json_pack("{s:s, s:s}", "a", "1", "b", "1"), *second = json_pack("{s:s}", "a", "2");
        const json_t *contexts[] = { first, second, NULL, NULL, NULL, NULL, NULL, NULL, NULL };
        struct mustache *t;

        assert_int_equal(parse("{{a}}{{b}}{{>x}}", &t), 0);
        assert_int_equal(mustache_render(t, &env, contexts, 2, &out, problem), 0);
        assert_str(strbuf_str(&out), "21");
        assert_int_equal(mustache_render(t, &env, contexts, 9, &out, problem), -ERR_INTERNAL);
        mustache_free(t);
        json_decref(first);
        json_decref(second);
}

static void partials_that_nobody_has_are_found_out(void **state) {
        struct mustache_env env = { .find = only_itself };
        struct mustache *t;

        assert_int_equal(parse("{{>page}}\n{{>*dynamic}}\n{{#a}}\n{{<nowhere}}{{/nowhere}}{{/a}}", &t), 0);
        env.set = t;
        assert_false(mustache_partials_known(t, &env, problem));
        assert_string_equal(problem, "page:4: there is no template 'nowhere'");
        mustache_free(t);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(problems_name_template_and_line),
                cmocka_unit_test(a_dynamic_parent_is_closed_by_its_dynamic_name),
                cmocka_unit_test(tags_may_be_nested_up_to_the_limit),
                cmocka_unit_test(a_source_may_be_as_large_as_the_limit),
                cmocka_unit_test(a_template_that_includes_itself_for_ever_fails),
                cmocka_unit_test(rendering_may_nest_up_to_the_limit),
                cmocka_unit_test(a_template_that_multiplies_itself_fails),
                cmocka_unit_test(output_that_passes_its_maximum_fails),
                cmocka_unit_test(markup_in_data_is_escaped),
                cmocka_unit_test(false_is_what_is_empty_or_absent),
                cmocka_unit_test(a_null_hides_what_lies_outside),
                cmocka_unit_test(numbers_are_written_shortly_and_structures_not_at_all),
                cmocka_unit_test(what_may_not_be_shown_counts_as_absent),
                cmocka_unit_test(later_contexts_come_first),
                cmocka_unit_test(partials_that_nobody_has_are_found_out),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
