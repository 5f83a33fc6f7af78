/* One request to a provider, as its row says: headers, client authentication, body. */
#include <stdarg.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/json_depth.h"
#include "base/json_write.h"
#include "integrations/oauth_call_int.h"

enum { FIELDS_MAX = 16, BODY_MAX = 64 * 1024, SECRET_TEXT_MAX = 16 * 1024, DEPTH_MAX = 64 };

int oauth_fail(struct oauth_problem *problem, const char *format, ...) {
        size_t at = 0, len, n;
        va_list args;

        va_start(args, format);
        (void)vsnprintf(problem->text, sizeof(problem->text), format, args);
        va_end(args);
        /* Ends before a character that is cut or malformed; controls become spaces. */
        len = strlen(problem->text);
        while (at < len && (n = str_utf8_sequence(str_n(problem->text + at, len - at))) > 0) {
                if ((uint8_t)problem->text[at] < 0x20 || problem->text[at] == 0x7f)
                        problem->text[at] = ' ';
                at += n;
        }
        problem->text[at] = '\0';
        return -ERR_OUTBOUND;
}

/* --- what is sent --- */

static int copy_out(struct arena *arena, const struct strbuf *text, struct str *ret) {
        *ret = text->failed ? STR_NULL : arena_copy(arena, str_n(text->ptr ? text->ptr : "", text->len));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

/* An address of the table with what stands in braces. */
static int fill_in(const struct oauth_call *call, struct str *ret) {
        static const struct str client = STR_INIT("{client_id}"), token = STR_INIT("{token}");
        _cleanup_(strbuf_done) struct strbuf url = STRBUF_INIT(SECRET_TEXT_MAX * 3);
        struct str rest = call->url;

        while (rest.len > 0) {
                if (str_starts_with(rest, client)) {
                        strbuf_append_percent(&url, call->provider->client_id, false);
                        rest = str_from(rest, client.len);
                } else if (str_starts_with(rest, token)) {
                        strbuf_append_percent(&url, call->token, false);
                        rest = str_from(rest, token.len);
                } else {
                        strbuf_append_char(&url, rest.ptr[0]);
                        rest = str_from(rest, 1);
                }
        }
        return copy_out(call->arena, &url, ret);
}

/* RFC 6749 §2.3.1: both parts are form-encoded first. */
static int basic(const struct oauth_call *call, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf pair = STRBUF_INIT(SECRET_TEXT_MAX);
        char *text;
        size_t len;

        strbuf_append_percent(&pair, call->provider->client_id, true);
        strbuf_append_char(&pair, ':');
        strbuf_append_percent(&pair, call->provider->client_secret, true);
        if (pair.failed)
                return -ERR_NO_MEMORY;
        len = STR("Basic ").len + base64_length(pair.len);
        text = arena_alloc(call->arena, len + 1);
        if (!text)
                return -ERR_NO_MEMORY;
        memcpy(text, "Basic ", 6);
        base64_encode(strbuf_str(&pair), text + 6);
        *ret = str_n(text, len);
        return 0;
}

static int authorization(const struct oauth_call *call, struct str *ret) {
        *ret = STR_NULL;
        if (call->auth == PROVIDER_AUTH_BASIC)
                return basic(call, ret);
        if (call->auth != PROVIDER_AUTH_BEARER)
                return 0;
        *ret = arena_printf(call->arena, "Bearer " STR_FMT, STR_ARG(call->token));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static int form_body(const struct oauth_call *call, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf body = STRBUF_INIT(BODY_MAX);

        for (size_t i = 0; i < call->n_params; i++) {
                if (!call->params[i].value.ptr)
                        continue;
                if (body.len)
                        strbuf_append_char(&body, '&');
                strbuf_append_percent(&body, call->params[i].name, true);
                strbuf_append_char(&body, '=');
                strbuf_append_percent(&body, call->params[i].value, true);
        }
        return copy_out(call->arena, &body, ret);
}

static int json_body(const struct oauth_call *call, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf body = STRBUF_INIT(BODY_MAX);
        struct json_writer w = JSON_WRITER(&body);

        json_object_begin(&w);
        for (size_t i = 0; i < call->n_params; i++)
                if (call->params[i].value.ptr)
                        json_member_str(&w, call->params[i].name.ptr, call->params[i].value);
        json_object_end(&w);
        return copy_out(call->arena, &body, ret);
}

static void add(struct outbound_field *fields, size_t *n, struct str name, struct str value,
                bool credential) {
        if (value.ptr && *n < FIELDS_MAX)
                fields[(*n)++] = (struct outbound_field){ name, value, credential };
}

static int write_request(struct oauth_call *call, struct outbound_field *fields, size_t *ret_n,
                         struct str *ret_body) {
        const struct provider *p = call->provider;
        struct str secret = STR_NULL, type = STR_NULL;
        int r = 0;

        *ret_body = STR_NULL;
        if (call->auth == PROVIDER_AUTH_FORM && call->n_params + 2 <= OAUTH_PARAMS_MAX) {
                call->params[call->n_params++] = (struct provider_pair){ STR("client_id"), p->client_id };
                call->params[call->n_params++] =
                        (struct provider_pair){ STR("client_secret"), p->client_secret };
        }
        if (call->body == PROVIDER_BODY_FORM) {
                type = STR("application/x-www-form-urlencoded");
                r = form_body(call, ret_body);
        } else if (call->body == PROVIDER_BODY_JSON) {
                type = STR("application/json");
                r = json_body(call, ret_body);
        }
        if (r == 0)
                r = authorization(call, &secret);
        add(fields, ret_n, STR("Accept"), STR("application/json"), false);
        add(fields, ret_n, STR("Content-Type"), type, false);
        add(fields, ret_n, STR("Authorization"), secret, true);
        for (size_t i = 0; i < p->oauth.headers.n; i++)
                add(fields, ret_n, p->oauth.headers.at[i].name, p->oauth.headers.at[i].value, false);
        return r;
}

/* --- what comes back --- */

static int parse(const struct strbuf *body, json_t **ret) {
        struct str text = str_n(body->ptr ? body->ptr : "", body->len);

        *ret = json_deeper_than(text, DEPTH_MAX) ? NULL : json_loadb(text.ptr, text.len, 0, NULL);
        if (*ret && !json_is_object(*ret)) {
                json_decref(*ret);
                *ret = NULL;
        }
        return 0;
}

int oauth_send(struct oauth_call *call, json_t **ret, int *ret_status, struct oauth_problem *problem) {
        struct outbound_response response = { .body = STRBUF_INIT(OAUTH_ANSWER_MAX) };
        struct outbound_field fields[FIELDS_MAX];
        struct outbound_request request = {
                .method = call->method,
                .fields = fields,
                .timeout_ms = call->timeout_ms,
                .stop = call->context->stopping,
                .allowed = call->provider->allowed,
                .ca_file = call->context->settings->ca_file,
        };
        struct str url = STR_NULL;
        int r;

        problem->kind = OAUTH_UNAVAILABLE;
        r = write_request(call, fields, &request.n_fields, &request.body);
        if (r == 0)
                r = fill_in(call, &url);
        if (r < 0)
                return r;
        request.url = url.ptr;
        r = outbound_send(&request, &response);
        if (r == -ERR_OUTBOUND)
                r = oauth_fail(problem, STR_FMT " could not be reached: %s", STR_ARG(call->provider->title),
                               response.problem);
        else if (r == 0)
                r = parse(&response.body, ret);
        *ret_status = response.status;
        strbuf_done(&response.body);
        return r;
}
