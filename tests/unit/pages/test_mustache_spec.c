/* Runs the official specification tests in spec/; the folder comes by the environment variable SPEC_DIR. */
#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "pages/mustache.h"
#include "unit.h"

struct partials {
        struct mustache *list[8];
        size_t n;
};

static const struct mustache *find(const void *set, struct str name) {
        const struct partials *p = set;

        for (size_t i = 0; i < p->n; i++)
                if (str_eq(mustache_name(p->list[i]), name))
                        return p->list[i];
        return NULL;
}

static struct str text_of(const json_t *value) {
        return str_n(json_string_value(value), json_string_length(value));
}

static struct mustache *parse(struct str name, const json_t *source) {
        char problem[MUSTACHE_PROBLEM_MAX];
        struct mustache *t = NULL;

        if (mustache_parse(name, text_of(source), &t, problem) < 0)
                fail_msg("%s", problem);
        return t;
}

static bool passes(const char *file, json_t *test) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
        char problem[MUSTACHE_PROBLEM_MAX] = "";
        struct partials partials = { .n = 0 };
        struct mustache_env env = { .find = find, .set = &partials };
        struct mustache *t = parse(STR("template"), json_object_get(test, "template"));
        const json_t *data = json_object_get(test, "data");
        struct str expected = text_of(json_object_get(test, "expected"));
        const char *name;
        json_t *source;
        bool good;
        int r;

        json_object_foreach(json_object_get(test, "partials"), name, source) {
                assert_true(partials.n < ARRAY_LENGTH(partials.list));
                partials.list[partials.n++] = parse(str_of(name), source);
        }
        r = mustache_render(t, &env, &data, 1, &out, problem);
        good = r == 0 && str_eq(strbuf_str(&out), expected);
        if (!good)
                print_error("%s, '%s' (%s):\ngave '%.*s' %s\nwant '%.*s'\n", file,
                            json_string_value(json_object_get(test, "name")),
                            json_string_value(json_object_get(test, "desc")), STR_ARG(strbuf_str(&out)),
                            problem, STR_ARG(expected));
        mustache_free(t);
        for (size_t i = 0; i < partials.n; i++)
                mustache_free(partials.list[i]);
        return good;
}

/* n   how many tests the file has: none is lost in silence */
static void run_file(const char *file, size_t n) {
        char path[1024];
        json_error_t error;
        size_t failures = 0, i;
        json_t *spec, *test;

        (void)snprintf(path, sizeof(path), "%s/%s.json", getenv("SPEC_DIR"), file);
        spec = json_load_file(path, 0, &error);
        if (!spec)
                fail_msg("%s: %s", path, error.text);
        assert_int_equal(json_array_size(json_object_get(spec, "tests")), n);
        json_array_foreach(json_object_get(spec, "tests"), i, test) failures += !passes(file, test);
        json_decref(spec);
        assert_int_equal(failures, 0);
}

static void comments_show_nothing(void **state) {
        run_file("comments", 12);
}

static void delimiters_can_be_set(void **state) {
        run_file("delimiters", 14);
}

static void values_take_the_place_of_tags(void **state) {
        run_file("interpolation", 42);
}

static void inverted_sections_show_what_is_missing(void **state) {
        run_file("inverted", 22);
}

static void partials_bring_other_templates_in(void **state) {
        run_file("partials", 12);
}

static void sections_show_what_is_there(void **state) {
        run_file("sections", 34);
}

static void parents_take_arguments(void **state) {
        run_file("~inheritance", 27);
}

static void names_of_partials_can_come_from_data(void **state) {
        run_file("~dynamic-names", 21);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(comments_show_nothing),
                cmocka_unit_test(delimiters_can_be_set),
                cmocka_unit_test(values_take_the_place_of_tags),
                cmocka_unit_test(inverted_sections_show_what_is_missing),
                cmocka_unit_test(partials_bring_other_templates_in),
                cmocka_unit_test(sections_show_what_is_there),
                cmocka_unit_test(parents_take_arguments),
                cmocka_unit_test(names_of_partials_can_come_from_data),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
