#include "http/response.h"

#include "base/memory.h"
#include "http/guard.h"

const struct str CONTENT_TYPE_JSON = STR_INIT("application/json; charset=utf-8");
const struct str CONTENT_TYPE_HTML = STR_INIT("text/html; charset=utf-8");
const struct str CONTENT_TYPE_TEXT = STR_INIT("text/plain; charset=utf-8");

/* One block each, so that an answer copies bytes in place of fields. Referrer-Policy is the strictest, as on pages. */
#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"
static const struct str fields_any = STR_INIT(NOSNIFF);
static const struct str fields_json =
        STR_INIT(NOSNIFF "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                         "X-Frame-Options: DENY\r\n"
                         "Referrer-Policy: no-referrer\r\n");

void response_reset(struct response *res) {
        res->status = 0;
        res->n_headers = 0;
        res->fixed_fields = STR_NULL;
        res->limit_fields = STR_NULL;
        res->static_body = STR_NULL;
        res->close = false;
        res->failed = false;
        if (res->body.ptr)
                memory_wipe(res->body.ptr, res->body.len);
        strbuf_reset(&res->body);
}

/* Fields that the seam itself writes: a second one would make the answer ambiguous. */
static bool is_ours(struct str name) {
        static const struct str ours[] = { STR_INIT("date"), STR_INIT("connection"),
                                           STR_INIT("content-length"), STR_INIT("transfer-encoding"),
                                           STR_INIT("x-request-id") };

        for (size_t i = 0; i < ARRAY_LENGTH(ours); i++)
                if (str_eq_ignore_case(name, ours[i]))
                        return true;
        return false;
}

void response_constant(struct response *res, struct str name, struct str value) {
        if (res->n_headers == RESPONSE_HEADERS_MAX) {
                res->failed = true;
                return;
        }
        res->headers[res->n_headers++] = (struct http_header){ name, value };
}

void response_header(struct response *res, struct str name, struct str value) {
        if (guard_field(name, value) || is_ours(name))
                res->failed = true;
        else
                response_constant(res, name, value);
}

void response_begin(struct response *res, int status, struct str content_type) {
        res->status = status;
        response_constant(res, STR("Content-Type"), content_type);
        res->fixed_fields = content_type.ptr == CONTENT_TYPE_JSON.ptr ? fields_json : fields_any;
}

int response_redirect(struct response *res, struct str location) {
        struct str copy = arena_copy(&res->request->arena, location);

        if (!copy.ptr)
                return -ERR_NO_MEMORY;
        res->status = 303;
        response_header(res, STR("Location"), copy);
        response_header(res, STR("Referrer-Policy"), STR("no-referrer"));
        return 0;
}

void response_no_store(struct response *res) {
        response_constant(res, STR("Cache-Control"), STR("no-store"));
        response_constant(res, STR("Pragma"), STR("no-cache"));
}
