#include <jansson.h>
#include <stdio.h>

#include "base/errors.h"
#include "base/json_write.h"
#include "cli/test_server/client.h"

enum { URL_MAX = 8192, BODY_MAX = 16 * 1024, SHOWN_MAX = 64 * 1024 };

static const struct {
        const char *method;
        const char *path;
} step_rows[FLOW_STEPS] = {
        [FLOW_TOKEN] = { "POST", "/api/oauth/token" },
        [FLOW_ME] = { "GET", "/external-api/v1/me" },
        [FLOW_REFRESH] = { "POST", "/api/oauth/token" },
        [FLOW_INTROSPECT] = { "POST", "/api/oauth/introspect" },
        [FLOW_REVOKE] = { "POST", "/api/oauth/revoke" },
};

bool step_possible(const struct flow *flow, enum flow_step step) {
        switch (step) {
        case FLOW_TOKEN:
                return flow->returned && flow->state_ok && flow->code.len;
        case FLOW_REFRESH:
                return flow->refresh_token.len;
        default:
                return flow->access_token.len;
        }
}

static void write_client(struct json_writer *w, const struct test_client *client) {
        json_member_str(w, "client_id", str_n(client->app->app.client_id, CLIENT_ID_LENGTH));
        json_member_str(w, "client_secret", secret_str(&client->app->secret));
}

static void write_body(const struct test_client *client, const struct flow *flow, enum flow_step step,
                       struct strbuf *out) {
        struct json_writer w = JSON_WRITER(out);

        json_object_begin(&w);
        switch (step) {
        case FLOW_TOKEN:
                json_member_str(&w, "grant_type", STR("authorization_code"));
                json_member_str(&w, "code", secret_str(&flow->code));
                json_member_str(&w, "redirect_uri", client->app->app.redirect_uris);
                write_client(&w, client);
                json_member_str(&w, "code_verifier", str_of(flow->verifier));
                break;
        case FLOW_REFRESH:
                json_member_str(&w, "grant_type", STR("refresh_token"));
                json_member_str(&w, "refresh_token", secret_str(&flow->refresh_token));
                write_client(&w, client);
                break;
        default:
                json_member_str(&w, "token", secret_str(&flow->access_token));
                json_member_str(&w, "token_type_hint", STR("access_token"));
                write_client(&w, client);
        }
        json_object_end(&w);
}

int step_request_make(const struct test_client *client, const struct flow *flow, enum flow_step step,
                      struct step_request *ret) {
        *ret = (struct step_request){ .url = STRBUF_INIT(URL_MAX),
                                      .body = STRBUF_INIT(BODY_MAX),
                                      .bearer = STRBUF_INIT(SECRET_MAX + 1) };
        if (!step_possible(flow, step))
                return -ERR_BAD_REQUEST;
        strbuf_append(&ret->url, client->backend_url);
        strbuf_append(&ret->url, str_of(step_rows[step].path));
        strbuf_append_char(&ret->url, '\0');
        if (step == FLOW_ME) {
                strbuf_append(&ret->bearer, secret_str(&flow->access_token));
                strbuf_append_char(&ret->bearer, '\0');
        } else
                write_body(client, flow, step, &ret->body);
        if (ret->url.failed || ret->body.failed || ret->bearer.failed)
                return -ERR_NO_MEMORY;
        ret->fetch = (struct fetch_request){
                .method = step_rows[step].method,
                .url = ret->url.ptr,
                .content_type = step == FLOW_ME ? NULL : "application/json",
                .bearer = step == FLOW_ME ? ret->bearer.ptr : NULL,
                .body = step == FLOW_ME ? STR_NULL : strbuf_str(&ret->body),
        };
        return 0;
}

void step_request_done(struct step_request *request) {
        strbuf_done(&request->url);
        strbuf_done(&request->body);
        strbuf_done(&request->bearer);
}

/* JSON with line breaks; anything else as it is, if it is text. */
static void append_pretty(struct strbuf *out, struct str body) {
        json_t *json = body.len ? json_loadb(body.ptr, body.len, JSON_DECODE_ANY, NULL) : NULL;
        char *text = json ? json_dumps(json, JSON_INDENT(2) | JSON_ENCODE_ANY) : NULL;

        if (text)
                append_shortened(out, str_of(text));
        else if (str_is_utf8(body))
                append_shortened(out, body);
        else
                strbuf_append(out, STR("(no text)"));
        free(text);
        json_decref(json);
}

static void write_sent(const struct step_request *request, struct strbuf *out) {
        const struct fetch_request *f = &request->fetch;

        strbuf_printf(out, "%s %s\n", f->method, f->url);
        if (f->bearer) {
                strbuf_append(out, STR("Authorization: Bearer "));
                append_shortened(out, str_of(f->bearer));
                strbuf_append_char(out, '\n');
        }
        if (!f->body.ptr)
                return;
        strbuf_printf(out, "Content-Type: %s\n\n", f->content_type);
        append_pretty(out, f->body);
}

static void write_received(const struct fetch_result *result, int fetch_r, struct strbuf *out) {
        struct str headers = strbuf_str(&result->headers);

        if (fetch_r < 0) {
                strbuf_append(out, str_of(result->problem));
                return;
        }
        for (size_t i = 0; i < headers.len; i++)
                if (headers.ptr[i] == '\n' || (headers.ptr[i] >= ' ' && headers.ptr[i] < 0x7f))
                        strbuf_append_char(out, headers.ptr[i]);
        append_pretty(out, strbuf_str(&result->body));
}

/* A member of a JSON object that is a token. */
static void take_token(const json_t *object, const char *name, struct secret *ret) {
        const char *text = json_string_value(json_object_get(object, name));
        size_t len = text ? strlen(text) : 0;

        if (len == 0 || len > sizeof(ret->bytes))
                return;
        memcpy(ret->bytes, text, len);
        ret->len = len;
}

static void take_tokens(struct flow *flow, enum flow_step step, const struct fetch_result *result) {
        json_t *json;

        if ((step != FLOW_TOKEN && step != FLOW_REFRESH) || result->status != 200)
                return;
        json = json_loadb(result->body.ptr, result->body.len, JSON_REJECT_DUPLICATES, NULL);
        take_token(json, "access_token", &flow->access_token);
        take_token(json, "refresh_token", &flow->refresh_token);
        json_decref(json);
}

int step_finish(struct flow *flow, enum flow_step step, const struct step_request *request,
                const struct fetch_result *result, int fetch_r) {
        struct strbuf sent = STRBUF_INIT(SHOWN_MAX), received = STRBUF_INIT(SHOWN_MAX);
        int r = -ERR_NO_MEMORY;

        if (fetch_r >= 0)
                take_tokens(flow, step, result);
        write_sent(request, &sent);
        write_received(result, fetch_r, &received);
        if (received.failed) { /* a long answer: what matters stands at its beginning, and in the status */
                strbuf_done(&received);
                strbuf_init(&received, SHOWN_MAX);
                strbuf_printf(&received, "HTTP status %d; the answer is too long to be shown",
                              result->status);
        }
        if (!sent.failed && !received.failed)
                r = flow_record(flow, step, fetch_r < 0 ? 0 : result->status, strbuf_str(&sent),
                                strbuf_str(&received));
        strbuf_done(&sent);
        strbuf_done(&received);
        return r;
}

static void append_parameter(struct strbuf *out, char separator, const char *name, struct str value) {
        strbuf_printf(out, "%c%s=", separator, name);
        strbuf_append_percent(out, value, false);
}

void step_authorize_url(const struct test_client *client, const struct flow *flow, struct strbuf *out) {
        strbuf_append(out, client->platform_url);
        strbuf_append(out, STR("/auth/authorize"));
        append_parameter(out, '?', "response_type", STR("code"));
        append_parameter(out, '&', "client_id", str_n(client->app->app.client_id, CLIENT_ID_LENGTH));
        append_parameter(out, '&', "redirect_uri", client->app->app.redirect_uris);
        append_parameter(out, '&', "scope", STR(TEST_CLIENT_SCOPES));
        append_parameter(out, '&', "state", str_of(flow->state));
        append_parameter(out, '&', "code_challenge", str_of(flow->challenge));
        append_parameter(out, '&', "code_challenge_method", STR("S256"));
}

/* A parameter's text, cut to the room and without control characters. */
static void take_text(const struct request *req, const char *name, char out[FLOW_TEXT_MAX]) {
        const struct param *p = params_find(&req->query_params, str_of(name));
        size_t n = 0;

        for (size_t i = 0; p && i < p->value.len && n < FLOW_TEXT_MAX - 1; i++)
                out[n++] = str_at(p->value, i) < 0x20 ? ' ' : p->value.ptr[i];
        out[n] = '\0';
        /* A cut must not leave half a character: the page takes UTF-8 alone. */
        while (n && !str_is_utf8(str_n(out, n)))
                out[--n] = '\0';
}

int step_callback(const struct test_client *client, struct flow *flow, struct request *req) {
        const struct param *state, *code, *iss, *success;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        state = params_find(&req->query_params, STR("state"));
        code = params_find(&req->query_params, STR("code"));
        iss = params_find(&req->query_params, STR("iss"));
        success = params_find(&req->query_params, STR("success"));

        /* Loading the page again changes nothing: the code was taken already. */
        if (flow->returned && str_eq(str_of(flow->returned_query), str_first(req->query, FLOW_TEXT_MAX - 1)))
                return 0;
        flow->returned = true;
        flow->state_ok = state && secret_equal(state->value, str_of(flow->state));
        flow->iss_given = iss;
        flow->iss_ok = iss && str_eq(iss->value, client->platform_url);
        flow->success = success && str_eq(success->value, STR("true"));
        take_text(req, "error", flow->error);
        take_text(req, "error_description", flow->error_description);
        snprintf(flow->returned_query, sizeof(flow->returned_query), STR_FMT,
                 STR_ARG(str_first(req->query, FLOW_TEXT_MAX - 1)));
        flow->code.len = 0;
        if (code && code->value.len && code->value.len <= sizeof(flow->code.bytes)) {
                memcpy(flow->code.bytes, code->value.ptr, code->value.len);
                flow->code.len = code->value.len;
        }
        return 0;
}

static bool is_token_character(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
               c == '_';
}

void append_shortened(struct strbuf *out, struct str text) {
        static const struct str prefixes[] = { STR_INIT("agpt_secret_"), STR_INIT("agpt_xt_"),
                                               STR_INIT("agpt_rt_") };
        enum { SHOWN_BEGIN = 6, SHOWN_END = 4 };

        while (text.len) {
                size_t prefix = 0, end;

                for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
                        if (str_starts_with(text, prefixes[i]))
                                prefix = prefixes[i].len;
                end = prefix;
                while (prefix && end < text.len && is_token_character(text.ptr[end]))
                        end++;
                if (end - prefix <= SHOWN_BEGIN + SHOWN_END) {
                        strbuf_append_char(out, text.ptr[0]);
                        text = str_from(text, 1);
                        continue;
                }
                strbuf_append(out, str_first(text, prefix + SHOWN_BEGIN));
                strbuf_append(out, STR("…"));
                strbuf_append(out, str_from(str_first(text, end), end - SHOWN_END));
                text = str_from(text, end);
        }
}
