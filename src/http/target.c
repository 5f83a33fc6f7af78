#include "http/target.h"

#include "base/codec.h"

static const struct refusal *decode_path(struct request *req, struct str raw) {
        struct str path;
        char *to;

        if (str_find(raw, '%') < 0) {
                req->path = raw;
                return NULL;
        }
        to = arena_alloc(&req->arena, raw.len);
        if (!to)
                return &REFUSAL_MEMORY;
        path = str_n(to, 0);
        for (size_t i = 0; i < raw.len; i++) {
                char c = raw.ptr[i];

                if (c == '%') {
                        if (hex_decode(str_first(str_from(raw, i + 1), 2), &c, 1) != 1 || c == '/')
                                return &REFUSAL_TARGET;
                        i += 2;
                }
                to[path.len++] = c;
        }
        if (str_has_control(path) || !str_is_utf8(path))
                return &REFUSAL_TARGET;
        req->path = path;
        return NULL;
}

/* What follows the scheme of an absolute-form target, or STR_NULL. */
static struct str after_scheme(struct str target) {
        static const struct str schemes[] = { STR_INIT("http://"), STR_INIT("https://") };

        for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++)
                if (str_eq_ignore_case(str_first(target, schemes[i].len), schemes[i]))
                        return str_from(target, schemes[i].len);
        return STR_NULL;
}

static size_t authority_length(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (s.ptr[i] == '/' || s.ptr[i] == '?')
                        return i;
        return s.len;
}

const struct refusal *target_take(struct request *req, struct str target, struct str *ret_authority) {
        struct str rest, authority = STR_NULL;
        ptrdiff_t question;

        if (str_eq(target, STR("*"))) {
                if (req->method != HTTP_OPTIONS)
                        return &REFUSAL_TARGET;
                req->target = req->path = target;
                *ret_authority = STR_NULL;
                return NULL;
        }
        if (target.len == 0)
                return &REFUSAL_TARGET;
        if (target.ptr[0] != '/') {
                rest = after_scheme(target);
                if (!rest.ptr)
                        return &REFUSAL_TARGET;
                authority = str_first(rest, authority_length(rest));
                target = str_from(rest, authority.len);
                if (guard_host(authority))
                        return &REFUSAL_HOST;
        }
        question = str_find(target, '?');
        req->target = target;
        req->query = question < 0 ? STR_NULL : str_from(target, (size_t)question + 1);
        rest = question < 0 ? target : str_first(target, (size_t)question);
        *ret_authority = authority;
        return decode_path(req, rest.len ? rest : STR("/"));
}
