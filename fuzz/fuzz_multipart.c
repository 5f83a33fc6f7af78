/* multipart/form-data: the first line of the input is the Content-Type, the rest the body. What is accepted lies within the body, has
 * no name twice, and reads the same when it is written anew with another boundary. */
#include "base/strbuf.h"
#include "fuzz.h"
#include "http/request_int.h"

enum { WRITTEN_MAX = 1 << 20, BODY_TRIED_MAX = 1 << 16 };

static const struct str boundary = STR_INIT("another-boundary-that-no-input-has-9b1deb4d");

static void check_parts(const struct params *params, struct str body) {
        HOLDS(params->parsed && params->n > 0);
        for (size_t i = 0; i < params->n; i++) {
                const struct param *p = &params->list[i];

                HOLDS(p->kind == PARAM_TEXT || p->kind == PARAM_FILE);
                HOLDS(p->name.len > 0 && str_is_utf8(p->name) && !str_has_control(p->name));
                HOLDS(p->value.ptr >= body.ptr && p->value.ptr + p->value.len <= body.ptr + body.len);
                HOLDS(p->kind == PARAM_FILE || (str_is_utf8(p->value) && str_find(p->value, '\0') < 0));
                HOLDS(params_find(params, p->name) == p);
        }
}

static void write_part(struct strbuf *out, const struct param *p) {
        strbuf_printf(out, "--" STR_FMT "\r\nContent-Disposition: form-data; name=\"", STR_ARG(boundary));
        strbuf_append(out, p->name);
        strbuf_append(out, p->kind == PARAM_FILE ? STR("\"; filename=\"x\"\r\n") : STR("\"\r\n"));
        if (p->type.ptr) {
                strbuf_append(out, STR("Content-Type: "));
                strbuf_append(out, p->type);
                strbuf_append(out, STR("\r\n"));
        }
        strbuf_append(out, STR("\r\n"));
        strbuf_append(out, p->value);
        strbuf_append(out, STR("\r\n"));
}

static void check_rewritten(const struct params *params, struct arena *arena) {
        struct strbuf out = STRBUF_INIT(WRITTEN_MAX);
        struct params again = { 0 };

        for (size_t i = 0; i < params->n; i++) {
                if (str_find(params->list[i].name, '"') >= 0) { /* not to be written between quotes */
                        strbuf_done(&out);
                        return;
                }
                write_part(&out, &params->list[i]);
        }
        strbuf_printf(&out, "--" STR_FMT "--\r\n", STR_ARG(boundary));
        HOLDS(!out.failed);
        HOLDS(params_parse_multipart(
                      &again, arena,
                      arena_printf(arena, "multipart/form-data; boundary=" STR_FMT, STR_ARG(boundary)),
                      strbuf_str(&out)) == 0);
        HOLDS(again.n == params->n);
        for (size_t i = 0; i < again.n; i++) {
                HOLDS(again.list[i].kind == params->list[i].kind);
                HOLDS(str_eq(again.list[i].name, params->list[i].name));
                HOLDS(str_eq(again.list[i].value, params->list[i].value));
                HOLDS(str_eq(again.list[i].type, params->list[i].type));
        }
        strbuf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str rest = str_n(data, size), type = fuzz_line(&rest);
        struct params params = { 0 };
        struct arena arena;

        if (size > BODY_TRIED_MAX || str_contains(rest, boundary))
                return 0;
        arena_init(&arena, REQUEST_ARENA_MAX);
        if (params_parse_multipart(&params, &arena, type, rest) == 0) {
                check_parts(&params, rest);
                check_rewritten(&params, &arena);
        }
        arena_done(&arena);
        return 0;
}
