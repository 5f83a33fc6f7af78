#include "base/codec.h"
#include "http/request_int.h"

const struct param *params_find(const struct params *params, struct str name) {
        for (size_t i = 0; i < params->n; i++)
                if (str_eq(params->list[i].name, name))
                        return &params->list[i];
        return NULL;
}

int params_begin(struct params *params, struct arena *arena, size_t expected) {
        params->n = 0;
        params->parsed = false;
        params->list =
                arena_alloc_array(arena, MIN_OF(expected, (size_t)REQUEST_PARAMS_MAX), sizeof(*params->list));
        return params->list ? 0 : -ERR_NO_MEMORY;
}

int params_add(struct params *params, const struct param *param) {
        if (params_find(params, param->name))
                return -ERR_REPEATED_PARAMETER;
        if (params->n == REQUEST_PARAMS_MAX)
                return -ERR_TOO_LARGE;
        params->list[params->n++] = *param;
        return 0;
}

int form_decode(struct arena *arena, struct str text, enum error problem, struct str *ret) {
        struct str decoded = text;

        if (str_find(text, '%') >= 0 || str_find(text, '+') >= 0) {
                char *to = arena_alloc(arena, text.len);

                if (!to)
                        return -ERR_NO_MEMORY;
                decoded = str_n(to, 0);
                for (size_t i = 0; i < text.len; i++) {
                        char c = text.ptr[i];

                        if (c == '%') {
                                if (text.len - i < 3 || hex_decode(str_n(text.ptr + i + 1, 2), &c, 1) != 1)
                                        return -(int)problem;
                                i += 2;
                        } else if (c == '+') {
                                c = ' ';
                        }
                        to[decoded.len++] = c;
                }
        }
        if (str_find(decoded, '\0') >= 0 || !str_is_utf8(decoded))
                return -(int)problem;
        *ret = decoded;
        return 0;
}

/* Pieces between separators: at least as many as there are parameters. */
static size_t count_pieces(struct str text) {
        size_t n = 1;

        for (size_t i = 0; i < text.len; i++)
                n += text.ptr[i] == '&';
        return n;
}

int params_parse_form(struct params *params, struct arena *arena, struct str text, enum error problem) {
        struct str rest = text, piece;
        int r;

        r = params_begin(params, arena, count_pieces(text));
        if (r < 0)
                return r;
        while (str_next(&rest, '&', &piece)) {
                struct param param = { .kind = PARAM_TEXT };
                ptrdiff_t equals = str_find(piece, '=');
                struct str name = equals < 0 ? piece : str_first(piece, (size_t)equals);
                struct str value = equals < 0 ? STR("") : str_from(piece, (size_t)equals + 1);

                if (piece.len == 0)
                        continue;
                r = form_decode(arena, name, problem, &param.name);
                if (r < 0)
                        return r;
                r = form_decode(arena, value, problem, &param.value);
                if (r < 0)
                        return r;
                r = params_add(params, &param);
                if (r < 0)
                        return r;
        }
        params->parsed = true;
        return 0;
}
