/* Queries and form bodies: what is accepted is UTF-8 without NUL, has no name twice, and says the same when it is
 * written anew; query and form read alike. */
#include "base/strbuf.h"
#include "fuzz.h"
#include "http/request_int.h"

enum { WRITTEN_MAX = 4 * REQUEST_BODY_MAX };

static void check_texts(const struct params *params) {
        HOLDS(params->parsed);
        HOLDS(params->n <= REQUEST_PARAMS_MAX);
        for (size_t i = 0; i < params->n; i++) {
                const struct param *p = &params->list[i];

                HOLDS(p->kind == PARAM_TEXT);
                HOLDS(str_is_utf8(p->name) && str_find(p->name, '\0') < 0);
                HOLDS(str_is_utf8(p->value) && str_find(p->value, '\0') < 0);
                HOLDS(params_find(params, p->name) == p);
                for (size_t j = 0; j < i; j++)
                        HOLDS(!str_eq(params->list[j].name, p->name));
        }
}

static void check_same(const struct params *a, const struct params *b) {
        HOLDS(a->n == b->n);
        for (size_t i = 0; i < a->n; i++) {
                HOLDS(str_eq(a->list[i].name, b->list[i].name));
                HOLDS(str_eq(a->list[i].value, b->list[i].value));
        }
}

static void check_rewritten(const struct params *params) {
        struct strbuf text = STRBUF_INIT(WRITTEN_MAX);
        struct params again = { 0 };
        struct arena arena;

        arena_init(&arena, REQUEST_ARENA_MAX);
        for (size_t i = 0; i < params->n; i++) {
                if (i)
                        strbuf_append_char(&text, '&');
                strbuf_append_percent(&text, params->list[i].name, true);
                strbuf_append_char(&text, '=');
                strbuf_append_percent(&text, params->list[i].value, true);
        }
        HOLDS(!text.failed);
        HOLDS(params_parse_form(&again, &arena, text.len ? strbuf_str(&text) : STR(""), ERR_BAD_FORM) == 0);
        check_same(params, &again);
        arena_done(&arena);
        strbuf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static struct request query, form; /* too large for the stack */
        int r, s;

        if (size > REQUEST_BODY_MAX)
                return 0;
        request_init(&query);
        request_init(&form);
        query.query = str_n(data, size);
        form.body_kind = BODY_FORM;
        form.body = str_n(data, size);

        r = request_parse_query(&query);
        s = request_parse_body(&form);
        HOLDS(r == 0 || r == -ERR_BAD_QUERY || r == -ERR_REPEATED_PARAMETER || r == -ERR_TOO_LARGE ||
              r == -ERR_NO_MEMORY);
        HOLDS(s == (r == -ERR_BAD_QUERY ? -ERR_BAD_FORM : r));
        if (r == 0) {
                check_texts(&query.query_params);
                check_same(&query.query_params, &form.body_params);
                check_rewritten(&query.query_params);
        } else {
                HOLDS(!query.query_params.parsed && !form.body_params.parsed);
        }
        request_done(&query);
        request_done(&form);
        return 0;
}
