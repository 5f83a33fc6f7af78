#include "integrations/callback_url.h"

#include "base/context.h"
#include "base/json_write.h"
#include "outbound/redirect.h"

static bool is_plain(struct str url) {
        for (size_t i = 0; i < url.len; i++)
                if (str_at(url, i) <= 0x20 || str_at(url, i) >= 0x7f || strchr("\"<>\\^`{|}#", url.ptr[i]))
                        return false;
        return url.len > 0 && url.len <= CALLBACK_URL_MAX;
}

static bool is_localhost(struct str origin) {
        return str_eq(origin, STR("http://localhost")) || str_starts_with(origin, STR("http://localhost:"));
}

/* "http://localhost:4711" of an address there, else nothing. */
static bool leads_to_localhost(const char *url) {
        struct str text = str_of(url), rest;

        if (!is_localhost(text) && !str_starts_with(text, STR("http://localhost/")) &&
            !str_starts_with(text, STR("http://localhost?")))
                return false;
        rest = str_from(text, STR("http://localhost").len);
        return rest.len == 0 || rest.ptr[0] != ':' || str_find(rest, '@') < 0;
}

static bool is_allowed(const char *url, struct str origin) {
        char text[CALLBACK_URL_MAX + 1];

        if (origin.len > CALLBACK_URL_MAX)
                return false;
        memcpy(text, origin.ptr, origin.len);
        text[origin.len] = '\0';
        return redirect_same_origin(url, text) || (is_localhost(origin) && leads_to_localhost(url));
}

static int refuse(struct request *req) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(8192), json = STRBUF_INIT(16384);
        struct str rest = req->context->settings->callback_origins, origin;
        struct json_writer w = JSON_WRITER(&json);
        bool first = true;

        strbuf_append(&text, STR("Callback URL origin is not allowed. Allowed origins: ["));
        while (rest.len > 0 && str_next(&rest, ',', &origin)) {
                strbuf_printf(&text, "%s'" STR_FMT "'", first ? "" : ", ", STR_ARG(origin));
                first = false;
        }
        strbuf_append_char(&text, ']');
        json_array_begin(&w);
        json_str(&w, text.failed ? STR("Callback URL origin is not allowed.") : strbuf_str(&text));
        json_array_end(&w);
        req->error_json = json.failed ? STR_NULL : arena_copy(&req->arena, strbuf_str(&json));
        return -ERR_CALLBACK_ORIGIN;
}

int callback_url_check(struct request *req, struct str url, struct str *ret) {
        struct str rest = req->context->settings->callback_origins, origin, copy;

        copy = arena_copy(&req->arena, url);
        if (!copy.ptr)
                return -ERR_NO_MEMORY;
        while (is_plain(url) && outbound_url_valid(copy.ptr) && rest.len > 0 && str_next(&rest, ',', &origin))
                if (is_allowed(copy.ptr, origin)) {
                        *ret = copy;
                        return 0;
                }
        return refuse(req);
}

struct str callback_url_own(struct request *req) {
        return arena_printf(&req->arena, STR_FMT "/auth/integrations/oauth_callback",
                            STR_ARG(req->context->settings->public_url));
}
