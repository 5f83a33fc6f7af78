/* What holds of each built-in template, whatever the data: SAMPLES names samples.json. */
#include <stdlib.h>

#include "pages/embed.h"
#include "pages/page.h"
#include "pages/page_url.h"
#include "samples.h"
#include "unit.h"

static struct page_theme *theme;
static json_t *samples;

/* A copy with each text replaced, but for addresses, which get their own. */
static json_t *replaced(const json_t *value, struct str name, const char *text, const char *url) {
        json_t *evil = json_string(STR("javascript:x").ptr), *copy, *item;
        bool is_url = !page_url_may_show(name, evil);
        const char *key;
        size_t i;

        json_decref(evil);
        if (json_is_string(value) && json_string_length(value))
                return json_string(is_url ? url : text);
        if (json_is_array(value)) {
                copy = json_array();
                json_array_foreach((json_t *)value, i, item)
                        json_array_append_new(copy, replaced(item, STR(""), text, url));
                return copy;
        }
        if (!json_is_object(value))
                return json_deep_copy(value);
        copy = json_object();
        json_object_foreach((json_t *)value, key, item)
                json_object_set_new(copy, key, replaced(item, str_of(key), text, url));
        return copy;
}

static void render(const struct sample *sample, const char *text, const char *url, struct strbuf *out) {
        json_t *data = replaced(sample->data, STR(""), text, url);

        strbuf_reset(out);
        assert_int_equal(page_render(theme, LANGUAGE_ENGLISH, sample->page, data, out), 0);
        json_decref(data);
}

/* The tags with their attributes' names: what a browser would build. Fails on a value that is not in double quotes. */
static void skeleton(struct str html, struct strbuf *out) {
        bool in_tag = false, in_value = false;

        for (size_t i = 0; i < html.len; i++) {
                char c = html.ptr[i];

                if (in_value) {
                        in_value = c != '"';
                } else if (in_tag) {
                        in_value = c == '"';
                        assert_true(c != '\'' && c != '<');
                        if (c == '=')
                                assert_int_equal(html.ptr[i + 1], '"');
                        strbuf_append_char(out, c);
                        in_tag = c != '>';
                } else if (c == '<') {
                        strbuf_append_char(out, c);
                        in_tag = true;
                }
        }
        assert_false(in_tag);
}

static void hostile_text_changes_nothing_but_text(void **state) {
        static const char hostile[] = "</title>\"><script>alert(1)</script>' onload='x' <!-- {{{csrf}}} "
                                      "&#60; \\\" </pre></textarea>";
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20), tame = STRBUF_INIT(1 << 20),
                                             wild = STRBUF_INIT(1 << 20);

        for (size_t i = 0; i < json_array_size(samples); i++) {
                struct sample sample = samples_get(samples, i);

                strbuf_reset(&tame);
                strbuf_reset(&wild);
                render(&sample, "x", "/x", &out);
                skeleton(strbuf_str(&out), &tame);
                render(&sample, hostile, "/x\"><script>alert(1)</script>' onload='x' <!--", &out);
                skeleton(strbuf_str(&out), &wild);
                if (!str_eq(strbuf_str(&tame), strbuf_str(&wild)))
                        fail_msg("%s, %s:\n%.*s\n%.*s", sample.page, sample.name, STR_ARG(strbuf_str(&tame)),
                                 STR_ARG(strbuf_str(&wild)));
                assert_false(str_contains(strbuf_str(&out), STR("<script>")));
        }
}

static void an_address_that_runs_code_is_shown_nowhere(void **state) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20);

        for (size_t i = 0; i < json_array_size(samples); i++) {
                struct sample sample = samples_get(samples, i);

                render(&sample, "x", "javascript:alert(1)", &out);
                assert_false(str_contains(strbuf_str(&out), STR("javascript:")));
        }
}

/* Scripts are files of this server. */
static void check_scripts(struct str page) {
        static const struct str tag = STR_INIT("<script"), own = STR_INIT("<script src=\"/static/");
        const char *found;

        while ((found = memmem(page.ptr, page.len, tag.ptr, tag.len))) {
                page = str_from(page, (size_t)(found - page.ptr));
                assert_true(str_starts_with(page, own));
                page = str_from(page, own.len);
        }
}

static void no_page_has_inline_script_or_style(void **state) {
        static const char *const never[] = { "<script>", "<style",     " style=",    " onclick",
                                             "<iframe",  "http-equiv", "src=\"http", "{{" };
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20);

        for (size_t i = 0; i < json_array_size(samples); i++) {
                struct sample sample = samples_get(samples, i);

                strbuf_reset(&out);
                assert_int_equal(page_render(theme, LANGUAGE_ENGLISH, sample.page, sample.data, &out), 0);
                check_scripts(strbuf_str(&out));
                for (size_t n = 0; n < ARRAY_LENGTH(never); n++)
                        if (str_contains(strbuf_str(&out), str_of(never[n])))
                                fail_msg("%s, %s has '%s'", sample.page, sample.name, never[n]);
                assert_contains(strbuf_str(&out), "<html lang=\"en\">");
                assert_contains(strbuf_str(&out), "<h1>");
                assert_contains(strbuf_str(&out), "<link rel=\"stylesheet\" href=\"/static/gatehouse.");
        }
}

/* After `start`: a local path, or one tag whose name page_url.h judges. */
static void check_addresses(const struct embedded *file, struct str start) {
        json_t *evil = json_string("javascript:x");
        struct str rest = file->bytes;
        const char *found;

        while ((found = memmem(rest.ptr, rest.len, start.ptr, start.len))) {
                struct str value;

                rest = str_from(rest, (size_t)(found - rest.ptr) + start.len);
                value = str_first(rest, (size_t)str_find(rest, '"'));
                if (value.ptr[0] == '/')
                        continue;
                assert_true(str_starts_with(value, STR("{{")) &&
                            str_find(value, '}') == (ptrdiff_t)value.len - 2);
                value = str_first(str_from(value, 2), value.len - 4);
                while (str_find(value, '.') >= 0)
                        value = str_from(value, (size_t)str_find(value, '.') + 1);
                if (page_url_may_show(value, evil))
                        fail_msg("%s: an address from '%.*s'", file->name.ptr, STR_ARG(value));
        }
        json_decref(evil);
}

static void templates_keep_their_rules(void **state) {
        for (size_t i = 0; i < page_templates_count; i++) {
                const struct embedded *file = &page_templates[i];

                assert_false(str_contains(file->bytes, STR("{{{")));
                assert_false(str_contains(file->bytes, STR("{{&")));
                check_addresses(file, STR("href=\""));
                check_addresses(file, STR("src=\""));
                check_addresses(file, STR("action=\""));
        }
}

static void each_page_has_a_sample(void **state) {
        static const char *const partials[] = {
                "account.html",    "admin_frame.html", "brand.html",  "credentials_input.html",  "foot.html",
                "form_error.html", "hidden.html",      "layout.html", "new_account_fields.html", "person.html"
        };

        for (size_t i = 0; i < page_templates_count; i++) {
                struct str name = page_templates[i].name;
                bool found = false;

                for (size_t n = 0; n < ARRAY_LENGTH(partials); n++)
                        found = found || str_eq(name, str_of(partials[n]));
                for (size_t n = 0; n < json_array_size(samples); n++)
                        found = found ||
                                str_eq(str_first(name, name.len - 5), str_of(samples_get(samples, n).page));
                if (!found)
                        fail_msg("%s has no sample", name.ptr);
        }
}

static int set_up(void **state) {
        struct page_theme_options options = { .platform_name = STR("Gatehouse") };
        char problem[256];

        samples = samples_load(getenv("SAMPLES"));
        return samples ? page_theme_load(&options, &theme, problem) : -1;
}

static int tear_down(void **state) {
        theme = page_theme_free(theme);
        json_decref(samples);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(hostile_text_changes_nothing_but_text),
                cmocka_unit_test(an_address_that_runs_code_is_shown_nowhere),
                cmocka_unit_test(no_page_has_inline_script_or_style),
                cmocka_unit_test(templates_keep_their_rules),
                cmocka_unit_test(each_page_has_a_sample),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
