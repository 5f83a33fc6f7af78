#include "account/next.h"

#include "base/codec.h"

/* The path's bytes as a server or a browser that decodes once more would see them. */
static char decoded_at(struct str s, size_t *i) {
        if (s.ptr[*i] == '%' && *i + 2 < s.len) {
                int high = hex_digit(s.ptr[*i + 1]), low = hex_digit(s.ptr[*i + 2]);

                if (high >= 0 && low >= 0) {
                        *i += 3;
                        return (char)(high << 4 | low);
                }
        }
        return s.ptr[(*i)++];
}

static bool visible_ascii(struct str s) {
        for (size_t i = 0; i < s.len; i++) {
                if (str_at(s, i) <= 0x20 || str_at(s, i) >= 0x7f || s.ptr[i] == '\\')
                        return false;
        }
        return true;
}

/* No empty segment, and neither control character nor backslash behind an escape: in the path alone, since a
 * query may carry whole addresses. */
static bool path_ok(struct str path) {
        char before = 0;

        for (size_t i = 0; i < path.len;) {
                char c = decoded_at(path, &i);

                if ((c == '/' && before == '/') || c == '\\' || (uint8_t)c < 0x20 || c == 0x7f)
                        return false;
                before = c;
        }
        return true;
}

struct str next_path(struct str next) {
        size_t end = 0;

        if (!next.ptr || next.len == 0 || next.len > NEXT_MAX || next.ptr[0] != '/' || !visible_ascii(next))
                return STR("/");
        while (end < next.len && next.ptr[end] != '?' && next.ptr[end] != '#')
                end++;
        return path_ok(str_first(next, end)) ? next : STR("/");
}

void next_link(struct str page, struct str next, struct strbuf *out) {
        strbuf_append(out, page);
        if (str_eq(next, STR("/")))
                return;
        strbuf_append(out, STR("?next="));
        strbuf_append_percent(out, next, false);
}

/* The pages on the way (sign-up, logout) have longer names than /login. */
enum { LINK_ROOM = 64 /* bytes */ };

int next_after(struct request *req, struct response *res, const char *page, struct str next) {
        _cleanup_(strbuf_done) struct strbuf location = STRBUF_INIT(16 * REQUEST_BODY_MAX);

        strbuf_append(&location, str_of(page));
        strbuf_append_percent(&location, next, false);
        if (location.failed)
                return -ERR_NO_MEMORY;
        if (location.len > REQUEST_TARGET_MAX - LINK_ROOM)
                return request_refuse(req, ERR_BAD_REQUEST,
                                      "This request is too long to be kept while you sign in");
        return response_redirect(res, strbuf_str(&location));
}

int next_after_login(struct request *req, struct response *res, struct str next, bool again) {
        return next_after(req, res, again ? "/login?prompt=login&next=" : "/login?next=", next);
}

bool login_again(struct request *req) {
        const struct param *prompt;

        if (request_parse_query(req) < 0)
                return false;
        prompt = params_find(&req->query_params, STR("prompt"));
        return prompt && str_eq(prompt->value, STR("login"));
}
