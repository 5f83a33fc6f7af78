/* Templates: any text parses or is refused with its line; any template renders within its limits, always to the same
 * text; a text without tags is shown as it is; values never bring markup of their own unless the template says so. */
#include "base/errors.h"
#include "fuzz.h"
#include "pages/mustache.h"

enum { OUTPUT_MAX = 64 * 1024 };

/* The markup that no value may bring. */
#define MARKUP "<evil>"

static const char json[] =
        "{\"a\":\"" MARKUP "\",\"b\":\"\\\"'&\",\"yes\":true,\"no\":false,\"null\":null,\"n\":1.5,"
        "\"empty\":[],\"list\":[\"" MARKUP "\",2,[3]],\"deep\":{\"a\":{\"b\":\"" MARKUP "\"}},"
        "\"people\":[{\"a\":\"x\"},{\"a\":\"y\",\"people\":[{\"b\":1}]}],\"name\":\"part\"}";

static json_t *data_root;
static struct mustache *part, *frame;
static const struct mustache *self; /* the template in hand, which may include itself */

static const struct mustache *find(const void *set _unused_, struct str name) {
        if (str_eq(name, STR("part")))
                return part;
        if (str_eq(name, STR("frame")))
                return frame;
        return str_eq(name, STR("self")) ? self : NULL;
}

static const struct mustache_env env = { .find = find };

int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_) {
        char problem[MUSTACHE_PROBLEM_MAX];

        data_root = json_loads(json, 0, NULL);
        HOLDS(data_root);
        HOLDS(mustache_parse(STR("part"), STR("[{{a}}]\n{{#list}}\n - {{.}}\n{{/list}}\n"), &part, problem) >=
              0);
        HOLDS(mustache_parse(STR("frame"), STR("<p>\n  {{$block}}\n  default\n  {{/block}}\n</p>\n"), &frame,
                             problem) >= 0);
        return 0;
}

static int render(struct strbuf *out) {
        const json_t *contexts[] = { data_root };
        char problem[MUSTACHE_PROBLEM_MAX] = "";
        int r;

        r = mustache_render(self, &env, contexts, ARRAY_LENGTH(contexts), out, problem);
        HOLDS(r >= 0 || r == -ERR_NO_MEMORY || r == -ERR_INTERNAL);
        HOLDS(r != -ERR_INTERNAL || strchr(problem, ':'));
        HOLDS(out->len <= OUTPUT_MAX);
        return r;
}

/* Either end of it: each bracket is escaped for itself. */
static bool has_markup(struct str text) {
        return str_contains(text, STR("<evil")) || str_contains(text, STR("evil>"));
}

/* Has markup itself, or a raw tag: {{{a}}}, {{ {a}}}, {{&a}}, and what other delimiters make of them. */
static bool may_bring_markup(struct str source) {
        if (str_find(source, '&') >= 0 || str_find(source, '=') >= 0 || has_markup(source))
                return true;
        for (size_t i = 0; i + 2 < source.len; i++) {
                size_t sigil = i + 2;

                while (sigil < source.len && strchr(" \t\r\n", source.ptr[sigil]))
                        sigil++;
                if (source.ptr[i] == '{' && source.ptr[i + 1] == '{' && sigil < source.len &&
                    source.ptr[sigil] == '{')
                        return true;
        }
        return false;
}

static void check_render(struct str source) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX), again = STRBUF_INIT(OUTPUT_MAX);
        struct str text;
        int r;

        r = render(&out);
        HOLDS(render(&again) == r);
        if (r >= 0) {
                text = str_n(out.ptr, out.len);
                HOLDS(str_eq(text, str_n(again.ptr, again.len)));
                HOLDS(text.len == 0 || str_is_utf8(text));
                if (!str_contains(source, STR("{{")))
                        HOLDS(str_eq(text, source));
                if (!may_bring_markup(source))
                        HOLDS(text.len == 0 || !has_markup(text));
        }
        strbuf_done(&out);
        strbuf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str source = str_n(data, size);
        char problem[MUSTACHE_PROBLEM_MAX] = "";
        struct mustache *template = NULL;
        int r;

        r = mustache_parse(STR("self"), source, &template, problem);
        if (r < 0) {
                HOLDS(r == -ERR_NO_MEMORY ||
                      (r == -ERR_SETTINGS && str_starts_with(str_of(problem), STR("self:"))));
                HOLDS(!template);
                return 0;
        }
        HOLDS(str_is_utf8(source) && size <= MUSTACHE_SOURCE_MAX);
        HOLDS(str_eq(mustache_name(template), STR("self")));
        self = template;
        check_render(source);
        (void)!mustache_partials_known(template, &env, problem);
        self = mustache_free(template);
        return 0;
}
