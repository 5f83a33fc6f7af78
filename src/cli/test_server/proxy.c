#include <jansson.h>
#include <stdio.h>

#include "base/errors.h"
#include "base/json_write.h"
#include "cli/test_server/client.h"

enum { URL_MAX = 8192, TOKEN_MAX = 512 };

static const struct str prefix = STR_INIT("/proxy/");

/* The query without `token`. */
static void append_query(struct strbuf *out, struct str query) {
        struct str rest = query, piece;
        char separator = '?';

        while (str_next(&rest, '&', &piece)) {
                if (piece.len == 0 || str_eq(piece, STR("token")) || str_starts_with(piece, STR("token=")))
                        continue;
                strbuf_append_char(out, separator);
                strbuf_append(out, piece);
                separator = '&';
        }
}

/* The token is for a header: one word of visible ASCII. */
static int take_bearer(struct request *req, struct step_request *ret) {
        const struct param *token;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        token = params_find(&req->query_params, STR("token"));
        if (!token || token->value.len == 0)
                return request_refuse(req, ERR_BAD_REQUEST, "The parameter token is missing");
        for (size_t i = 0; i < token->value.len; i++)
                if (token->value.len > TOKEN_MAX || str_at(token->value, i) <= 0x20 ||
                    str_at(token->value, i) >= 0x7f)
                        return request_refuse(req, ERR_BAD_REQUEST, "The parameter token is no token");
        strbuf_append(&ret->bearer, token->value);
        strbuf_append_char(&ret->bearer, '\0');
        return 0;
}

int proxy_request_make(const struct test_client *client, struct request *req, struct step_request *ret) {
        bool token = str_eq(req->path, STR("/proxy/token"));
        ptrdiff_t mark = str_find(req->target, '?');
        struct str target = mark < 0 ? req->target : str_first(req->target, (size_t)mark);
        int r;

        *ret = (struct step_request){ .url = STRBUF_INIT(URL_MAX),
                                      .body = STRBUF_INIT(REQUEST_BODY_MAX),
                                      .bearer = STRBUF_INIT(TOKEN_MAX + 1) };
        strbuf_append(&ret->url, client->backend_url);
        if (token && req->method == HTTP_POST) {
                strbuf_append(&ret->url, STR("/api/oauth/token"));
                strbuf_append(&ret->body, req->body);
        } else if (!token && req->method == HTTP_GET && str_starts_with(target, prefix)) {
                /* As sent, not decoded; the slash keeps it behind the backend's host. */
                strbuf_append(&ret->url, str_from(target, prefix.len - 1));
                append_query(&ret->url, req->query);
                r = take_bearer(req, ret);
                if (r < 0)
                        return r;
        } else
                return -ERR_METHOD;
        strbuf_append_char(&ret->url, '\0');
        if (ret->url.failed || ret->body.failed || ret->bearer.failed)
                return -ERR_NO_MEMORY;
        ret->fetch = (struct fetch_request){
                .method = token ? "POST" : "GET",
                .url = ret->url.ptr,
                .content_type = !token                        ? NULL
                                : req->body_kind == BODY_FORM ? "application/x-www-form-urlencoded"
                                                              : "application/json",
                .bearer = token ? NULL : ret->bearer.ptr,
                .body = token ? str_n(ret->body.len ? ret->body.ptr : "", ret->body.len) : STR_NULL,
        };
        return 0;
}

void proxy_respond(struct response *res, const struct fetch_result *result, int fetch_r) {
        struct str body = strbuf_str(&result->body);
        json_t *json = NULL;

        response_no_store(res);
        if (fetch_r >= 0)
                json = json_loadb(body.ptr ? body.ptr : "", body.len, JSON_DECODE_ANY, NULL);
        /* Only JSON is passed on: nothing else may run as a page of this origin. */
        if (fetch_r < 0 || (body.len && !json)) {
                struct json_writer w = JSON_WRITER(&res->body);

                response_begin(res, 500, CONTENT_TYPE_JSON);
                json_object_begin(&w);
                json_member_str(&w, "detail",
                                fetch_r < 0 ? str_of(result->problem)
                                            : STR("The backend answered with something else than JSON"));
                json_object_end(&w);
        } else {
                response_begin(res, result->status, CONTENT_TYPE_JSON);
                strbuf_append(&res->body, body);
        }
        json_decref(json);
}
