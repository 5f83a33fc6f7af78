/* JSON bodies: accepted are objects alone, no deeper than the limit and without a name twice; texts are UTF-8; every
 * member says the same when it is written anew. */
#include <jansson.h>

#include "base/json_write.h"
#include "fuzz.h"
#include "http/request_int.h"

enum { WRITTEN_MAX = 8 * REQUEST_BODY_MAX, TEXT_MAX = 100 };

static void write_member(struct json_writer *w, const struct param *p) {
        struct str word;

        json_str(w, p->name);
        strbuf_append_char(w->out, ':');
        w->comma = false;
        if (p->kind == PARAM_TEXT) {
                json_str(w, p->value);
                return;
        }
        if (p->kind != PARAM_LIST) {
                json_raw(w, p->value);
                return;
        }
        json_array_begin(w);
        for (size_t i = 0; i < p->n_items; i++) {
                word = p->items[i];
                HOLDS(str_is_utf8(word));
                json_str(w, word);
        }
        json_array_end(w);
}

static bool same_members(const struct param *a, const struct param *b) {
        bool same = a->kind == b->kind && str_eq(a->name, b->name) && str_eq(a->value, b->value) &&
                    a->n_items == b->n_items;

        for (size_t i = 0; same && i < a->n_items; i++)
                same = str_eq(a->items[i], b->items[i]);
        return same;
}

static void check_rewritten(const struct params *params) {
        struct strbuf text = STRBUF_INIT(WRITTEN_MAX);
        struct json_writer w = JSON_WRITER(&text);
        struct params again = { 0 };
        struct arena arena;

        arena_init(&arena, 2 * REQUEST_ARENA_MAX);
        json_object_begin(&w);
        for (size_t i = 0; i < params->n; i++)
                write_member(&w, &params->list[i]);
        json_object_end(&w);
        HOLDS(!text.failed);
        HOLDS(params_parse_json(&again, &arena, strbuf_str(&text)) == 0);
        HOLDS(again.n == params->n);
        for (size_t i = 0; i < params->n; i++) {
                const struct param *p = params_find(&again, params->list[i].name);

                HOLDS(p && same_members(p, &params->list[i]));
        }
        arena_done(&arena);
        strbuf_done(&text);
}

static unsigned depth(const json_t *value) {
        unsigned deepest = 0;
        const char *name;
        json_t *child;
        size_t i;

        if (json_is_object(value))
                json_object_foreach((json_t *)value, name, child) deepest = MAX_OF(deepest, depth(child));
        else if (json_is_array(value))
                json_array_foreach(value, i, child) deepest = MAX_OF(deepest, depth(child));
        else
                return 0;
        return deepest + 1;
}

/* What is accepted could not be read in two ways, and is not too deep to be walked through. */
static void check_accepted(struct str text) {
        json_t *value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);

        HOLDS(value && json_is_object(value) && depth(value) <= JSON_DEPTH_MAX);
        json_decref(value);
}

/* What is refused has a reason that can be seen in the text. */
static void check_refusal(int r, struct str text) {
        json_t *value = json_loadb(text.ptr, text.len, 0, NULL);

        if (r == -ERR_BAD_JSON)
                HOLDS(!value || !json_is_object(value) || depth(value) > JSON_DEPTH_MAX);
        else if (r == -ERR_TOO_LARGE)
                HOLDS(value && json_object_size(value) > REQUEST_PARAMS_MAX);
        else
                HOLDS(r == -ERR_NO_MEMORY || (r == -ERR_REPEATED_PARAMETER &&
                                              !json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL)));
        json_decref(value);
}

/* What handlers get out of a member. */
static void check_text(struct request *req, const struct param *p) {
        struct str text;
        int r;

        if (strlen(p->name.ptr) != p->name.len)
                return;
        r = request_text(req, p->name.ptr, TEXT_MAX, &text);
        if (r < 0) {
                HOLDS(r == -ERR_INVALID_FIELD && req->error_field.ptr && req->error_type);
                return;
        }
        HOLDS(p->kind == PARAM_TEXT);
        HOLDS(text.ptr && text.len <= TEXT_MAX && str_is_utf8(text) && str_find(text, '\0') < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static struct request req; /* too large for the stack */
        struct params *params = &req.body_params;
        int r;

        if (size > REQUEST_BODY_MAX)
                return 0;
        request_init(&req);
        req.body_kind = BODY_JSON;
        req.body = str_n(data, size);
        r = request_parse_body(&req);
        if (r < 0) {
                HOLDS(!params->parsed);
                check_refusal(r, req.body);
        } else {
                HOLDS(params->parsed && params->n <= REQUEST_PARAMS_MAX);
                check_accepted(req.body);
                for (size_t i = 0; i < params->n; i++) {
                        HOLDS(str_is_utf8(params->list[i].name));
                        HOLDS(params->list[i].kind != PARAM_TEXT || str_is_utf8(params->list[i].value));
                        check_text(&req, &params->list[i]);
                }
                check_rewritten(params);
        }
        request_done(&req);
        return 0;
}
