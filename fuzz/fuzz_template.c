/* Templates of people: any text renders within its limits or is refused with its line, always with the same outcome; what
 * comes out is text; with escaping, values bring no markup of their own unless the template calls them safe. */
#include "agents/template.h"
#include "base/errors.h"
#include "fuzz.h"

enum { OUTPUT_MAX = 64 * 1024 };

#define MARKUP "<evil>"

static const char json[] =
        "{\"a\":\"" MARKUP
        "\",\"s\":\"Gr\\u00fc\\u00dfe\",\"n\":7,\"x\":2.5,\"yes\":true,\"none\":null,\"e\":[],"
        "\"l\":[3,1,2,\"" MARKUP "\",[1]],\"d\":{\"a\":1,\"b\":{\"c\":[1,2]}},\"w\":\"a b c d e\","
        "\"p\":[{\"n\":\"x\",\"v\":1},{\"n\":\"y\",\"v\":2}]}";

static json_t *values;

static int fill(const struct random *r _unused_, void *out, size_t n) {
        memset(out, 0, n);
        return 0;
}

static const struct random zeros = { .fill = fill };

int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_) {
        values = json_loads(json, 0, NULL);
        HOLDS(values);
        return 0;
}

static int render(struct str text, bool escape, struct strbuf *out) {
        struct template_options options = { .escape_html = escape, .random = &zeros };
        char problem[TEMPLATE_PROBLEM_MAX] = "";
        int r = template_render(text, values, &options, out, problem);

        HOLDS(r == 0 || (r == -ERR_TEMPLATE && strstr(problem, "(line ") && str_is_utf8(str_of(problem))));
        HOLDS(out->len <= OUTPUT_MAX);
        return r;
}

/* The template has no markup itself, and calls nothing safe. */
static bool may_bring_markup(struct str text) {
        return str_find(text, '<') >= 0 || str_find(text, '\\') >= 0 || str_contains(text, STR("safe")) ||
               str_contains(text, STR("striptags")) || str_contains(text, STR("%"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX), again = STRBUF_INIT(OUTPUT_MAX);
        bool escape = size > 0 && data[0] % 2 == 1;
        struct str text = size > 0 ? str_n(data + 1, size - 1) : STR("");
        int r = render(text, escape, &out);

        HOLDS(render(text, escape, &again) == r);
        if (r == 0 && out.len > 0) {
                struct str got = str_n(out.ptr, out.len);

                HOLDS(str_eq(got, str_n(again.ptr, again.len)));
                HOLDS(str_is_utf8(got));
                HOLDS(!escape || may_bring_markup(text) || str_find(got, '<') < 0);
        }
        strbuf_done(&out);
        strbuf_done(&again);
        return 0;
}
