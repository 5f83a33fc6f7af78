#include "integrations/provider_scopes.h"

#include "base/strbuf.h"

static bool has(struct str list, struct str scope) {
        struct str rest = list, one;

        while (rest.len > 0 && str_next(&rest, ' ', &one))
                if (str_eq(one, scope))
                        return true;
        return false;
}

/* RFC 6749 §3.3, scope-token. */
static bool is_scope(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (str_at(s, i) <= 0x20 || str_at(s, i) >= 0x7f || s.ptr[i] == '"' || s.ptr[i] == '\\')
                        return false;
        return s.len > 0;
}

static void add(struct strbuf *list, struct str scope) {
        if (scope.len == 0 || has(str_n(list->ptr ? list->ptr : "", list->len), scope))
                return;
        if (list->len)
                strbuf_append_char(list, ' ');
        strbuf_append(list, scope);
}

/* The full form of a short name. */
static int add_full(const struct provider *p, struct arena *arena, struct strbuf *list, struct str scope) {
        struct str full = scope;

        if (!is_scope(scope))
                return -ERR_INVALID_SCOPE;
        for (size_t i = 0; i < p->oauth.scopes.names.n; i++)
                if (str_eq(p->oauth.scopes.names.at[i].name, scope)) {
                        add(list, p->oauth.scopes.names.at[i].value);
                        return 0;
                }
        if (p->oauth.scopes.prefix.ptr && !str_contains(scope, STR("://")))
                full = arena_printf(arena, STR_FMT STR_FMT, STR_ARG(p->oauth.scopes.prefix), STR_ARG(scope));
        if (!full.ptr)
                return -ERR_NO_MEMORY;
        add(list, full);
        return 0;
}

static void add_initial(const struct provider *p, struct strbuf *list) {
        for (size_t i = 0; i < p->oauth.scopes.initial.n; i++)
                add(list, p->oauth.scopes.initial.at[i]);
}

static size_t count(struct str list) {
        size_t n = list.len > 0;

        for (size_t i = 0; i < list.len; i++)
                n += list.ptr[i] == ' ';
        return n;
}

static int finish(struct arena *arena, struct strbuf *list, enum error problem, struct str *ret) {
        struct str text = str_n(list->ptr ? list->ptr : "", list->len);

        if (list->failed || count(text) > PROVIDER_SCOPES_MAX)
                return -(int)problem;
        *ret = arena_copy(arena, text);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

int scopes_to_request(const struct provider *p, struct arena *arena, const struct str *asked, size_t n,
                      struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf list = STRBUF_INIT(CREDENTIAL_SCOPES_MAX);
        int mode = p->oauth.scopes.mode;
        struct str rest, one;
        int r;

        for (size_t i = 0; i < n; i++) {
                rest = asked[i];
                while (rest.len > 0 && str_next(&rest, ' ', &one)) {
                        r = one.len ? add_full(p, arena, &list, one) : 0;
                        if (r < 0)
                                return r;
                }
        }
        if (mode == PROVIDER_SCOPES_FIXED || mode == PROVIDER_SCOPES_NONE)
                strbuf_reset(&list);
        if (mode == PROVIDER_SCOPES_FIXED || mode == PROVIDER_SCOPES_UNION ||
            (mode == PROVIDER_SCOPES_REQUESTED && list.len == 0))
                add_initial(p, &list);
        return finish(arena, &list, ERR_INVALID_SCOPE, ret);
}

int scopes_for_provider(const struct provider *p, struct arena *arena, struct str scopes, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(CREDENTIAL_SCOPES_MAX * 2);
        struct str rest = scopes, one;

        while (rest.len > 0 && str_next(&rest, ' ', &one)) {
                if (out.len)
                        strbuf_append(&out, p->oauth.scopes.separator);
                strbuf_append(&out, one);
        }
        return finish(arena, &out, ERR_INVALID_SCOPE, ret);
}

static bool separates(const struct provider *p, char c) {
        return str_find(p->oauth.scopes.separators, c) >= 0;
}

static int add_said(const struct provider *p, struct arena *arena, struct strbuf *list, struct str said) {
        size_t from = 0;
        int r;

        for (size_t i = 0; i <= said.len; i++) {
                struct str one = str_first(str_from(said, from), i - from);

                if (i < said.len && !separates(p, said.ptr[i]))
                        continue;
                from = i + 1;
                r = one.len ? add_full(p, arena, list, one) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

static struct str text_of(const json_t *value) {
        return str_n(json_string_value(value), json_string_length(value));
}

int scopes_granted(const struct provider *p, struct arena *arena, const json_t *said, struct str requested,
                   struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf list = STRBUF_INIT(CREDENTIAL_SCOPES_MAX);
        int r = 0;

        if (!said || json_is_null(said) || p->oauth.scopes.mode == PROVIDER_SCOPES_NONE ||
            (json_is_string(said) && p->oauth.token.granted_all.ptr &&
             str_eq(text_of(said), p->oauth.token.granted_all))) {
                *ret = requested;
                return 0;
        }
        if (json_is_string(said))
                r = add_said(p, arena, &list, text_of(said));
        else if (!json_is_array(said))
                return -ERR_OUTBOUND;
        for (size_t i = 0; i < json_array_size(said) && r == 0; i++)
                r = json_is_string(json_array_get(said, i))
                            ? add_said(p, arena, &list, text_of(json_array_get(said, i)))
                            : -ERR_OUTBOUND;
        if (r == -ERR_INVALID_SCOPE)
                return -ERR_OUTBOUND;
        return r < 0 ? r : finish(arena, &list, ERR_OUTBOUND, ret);
}

int scopes_missing(struct arena *arena, struct str wanted, struct str got, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf list = STRBUF_INIT(CREDENTIAL_SCOPES_MAX);
        struct str rest = wanted, one;

        while (rest.len > 0 && str_next(&rest, ' ', &one))
                if (!has(got, one))
                        add(&list, one);
        return finish(arena, &list, ERR_INVALID_SCOPE, ret);
}

int scopes_join(struct arena *arena, struct str a, struct str b, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf list = STRBUF_INIT(CREDENTIAL_SCOPES_MAX);
        struct str rest = a, one;

        while (rest.len > 0 && str_next(&rest, ' ', &one))
                add(&list, one);
        rest = b;
        while (rest.len > 0 && str_next(&rest, ' ', &one))
                add(&list, one);
        return finish(arena, &list, ERR_INVALID_SCOPE, ret);
}

struct str scope_words(const struct provider *p, struct str scope) {
        for (size_t i = 0; i < p->oauth.scopes.words.n; i++)
                if (str_eq(p->oauth.scopes.words.at[i].name, scope))
                        return p->oauth.scopes.words.at[i].value;
        return scope;
}
