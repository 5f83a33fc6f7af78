/* The address of a logo: setting it, and what is found there. */
#include "account/identity.h"
#include "base/context.h"
#include "http/negotiate.h"
#include "oauth/app.h"
#include "oauth/apps/page.h"
#include "oauth/logo/handlers.h"
#include "oauth/logo/logo.h"

enum { HASH_HEX = 64 };

/* https to a host, of characters that need no escape anywhere; no user information. */
static bool is_fit(struct str url) {
        static const struct str never = STR_INIT("\"'<>\\^`{|}@");
        struct str host;
        ptrdiff_t slash;

        if (!str_starts_with(url, STR("https://")))
                return false;
        for (size_t i = 0; i < url.len; i++)
                if (str_at(url, i) <= 0x20 || str_at(url, i) >= 0x7f || str_find(never, url.ptr[i]) >= 0)
                        return false;
        host = str_from(url, 8);
        slash = str_find(host, '/');
        return slash != 0 && host.len > 0 && host.ptr[0] != '?' && host.ptr[0] != '#' && host.ptr[0] != ':';
}

int handle_logo_set(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct app app;
        struct str url;
        int r;

        r = apps_own(req, &app);
        if (r < 0)
                return r == -ERR_APP_NOT_FOUND ? -ERR_LOGO_APP_NOT_FOUND : r;
        r = request_text(req, "logo_url", LOGO_URL_MAX, &url);
        if (r < 0)
                return r;
        if (url.len && app.row.logo_url.ptr && str_eq(url, app.row.logo_url))
                r = 0; /* what is there stays, also when it is stored here */
        else if (url.len && (!is_fit(url) || str_starts_with(url, req->context->settings->public_url)))
                return request_refuse_field(req, "logo_url", "value_error",
                                            "Give the https address of an image elsewhere, or upload one");
        else
                r = logo_set_url(req, app.row.id, url.len ? url : STR_NULL, &app.row);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        app_write_json(&app.row, &w);
        return 0;
}

/* It never changes: another image has another address. Other origins may show it, as the Platform's front end does; opened by itself it
 * can do nothing. */
int handle_logo(struct request *req, struct response *res) {
        static const struct str ending = STR_INIT(".webp");
        struct str name = req->path_params[1], hash, etag;
        struct app_logo_row logo;
        int r;

        if (name.len != HASH_HEX + ending.len || !str_eq(str_from(name, HASH_HEX), ending))
                return -ERR_NOT_FOUND;
        hash = str_first(name, HASH_HEX);
        r = db_app_logo_find(req->tx, &req->arena, req->path_params[0], hash, &logo);
        if (r <= 0)
                return r < 0 ? r : -ERR_NOT_FOUND;
        etag = arena_printf(&req->arena, "\"" STR_FMT "\"", STR_ARG(hash));
        if (!etag.ptr)
                return -ERR_NO_MEMORY;
        response_begin(res, etag_matches(request_header(req, STR("If-None-Match")), etag) ? 304 : 200,
                       STR("image/webp"));
        response_header(res, STR("Content-Security-Policy"),
                        STR("default-src 'none'; sandbox; frame-ancestors 'none'"));
        response_header(res, STR("Cross-Origin-Resource-Policy"), STR("cross-origin"));
        response_header(res, STR("Referrer-Policy"), STR("no-referrer"));
        response_header(res, STR("Content-Disposition"), STR("inline; filename=\"logo.webp\""));
        response_header(res, STR("Cache-Control"), STR("public, max-age=31536000, immutable"));
        response_header(res, STR("ETag"), etag);
        if (res->status == 200)
                strbuf_append(&res->body, logo.image);
        return 0;
}
