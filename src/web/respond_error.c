#include "web/respond_error.h"

#include "account/form.h"
#include "account/identity.h"
#include "account/next.h"
#include "base/context.h"
#include "base/json_write.h"
#include "base/log.h"
#include "base/metrics.h"
#include "pages/page.h"

static bool wants_page(const struct request *req, const struct route *route) {
        if (route)
                return route->flags & ROUTE_PAGE;
        return req->method <= HTTP_HEAD && str_contains(request_header(req, STR("Accept")), STR("text/html"));
}

static struct str text_of(const struct request *req, const struct error_row *row) {
        return req->error_detail.ptr ? req->error_detail : row->text;
}

/* Whether an answer has the External API's shape: below its prefix also where no route is. */
static bool is_external(const struct request *req, const struct route *route) {
        return route ? route->flags & ROUTE_EXTERNAL : str_starts_with(req->path, STR("/external-api/"));
}

/* The External API knows no forms. */
static int status_of(const struct request *req, const struct route *route, const struct error_row *row) {
        bool json = req->body_kind == BODY_JSON || req->body_kind == BODY_NONE || is_external(req, route);

        return json ? row->json_status : row->other_status;
}

/* Whether an answer of the External API is about who calls: a 400 only while that is not known (RFC 6750 §3.1). */
static bool is_challenge(const struct request *req, int status) {
        bool known = req->identity && req->identity->kind != IDENTITY_NONE;

        return status == 401 || status == 403 || (status == 400 && !known);
}

/* WWW-Authenticate: RFC 6749 §5.2 for apps, RFC 6750 §3 for the External API. */
static void challenge(struct request *req, struct response *res, const struct route *route,
                      const struct error_row *row) {
        struct str value;

        if (!route || (route->access != ACCESS_API && res->status != 401))
                return;
        if (route->access == ACCESS_CLIENT)
                value = STR("Basic realm=\"Gatehouse\", charset=\"UTF-8\"");
        else if (route->access != ACCESS_API && !str_eq(row->oauth_code, STR("invalid_token")))
                value = STR(CHALLENGE_PERSON);
        else if (!is_challenge(req, res->status))
                return;
        else if (row->oauth_code.len == 0)
                value = STR("Bearer realm=\"Gatehouse\"");
        else if (res->status == 403)
                value = arena_printf(&req->arena,
                                     "Bearer realm=\"Gatehouse\", error=\"insufficient_scope\", "
                                     "error_description=\"" STR_FMT "\", scope=\"" STR_FMT "\"",
                                     STR_ARG(text_of(req, row)),
                                     STR_ARG(scope_text(&req->arena, route->scopes)));
        else
                value = arena_printf(&req->arena,
                                     "Bearer realm=\"Gatehouse\", error=\"" STR_FMT
                                     "\", error_description=\"" STR_FMT "\"",
                                     STR_ARG(row->oauth_code), STR_ARG(text_of(req, row)));
        if (value.ptr)
                response_header(res, STR("WWW-Authenticate"), value);
}

/* Where a field is: "nodes.0.id" is a member of an item, whose index is a number. */
static void write_path(struct json_writer *w, struct str path) {
        struct str part;
        uint64_t index;

        while (str_next(&path, '.', &part))
                if (str_to_uint(part, INT32_MAX, &index))
                        json_int(w, (int64_t)index);
                else
                        json_str(w, part);
}

/* The list of faulty fields of a 422 (dialect: Errors). */
static void write_field_list(const struct request *req, struct json_writer *w, struct str text) {
        json_array_begin(w);
        json_object_begin(w);
        json_member_str(w, "type", str_of(req->error_type ? req->error_type : "value_error"));
        json_key(w, "loc");
        json_array_begin(w);
        json_str(w, STR("body"));
        write_path(w, req->error_field);
        json_array_end(w);
        json_member_str(w, "msg", text);
        json_member_null(w, "input");
        json_object_end(w);
        json_array_end(w);
}

static void write_json(struct request *req, struct response *res, const struct route *route,
                       const struct error_row *row) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct str text = text_of(req, row), description = text;
        bool external = is_external(req, route);

        if (req->error_field.ptr)
                description = arena_printf(&req->arena, STR_FMT ": " STR_FMT, STR_ARG(req->error_field),
                                           STR_ARG(text));
        json_object_begin(&w);
        if (res->status == 422 && !external) {
                struct str message = arena_printf(&req->arena, "Invalid data for %s " STR_FMT,
                                                  http_method_name(req->method), STR_ARG(req->path));

                json_member_str(&w, "message", message);
        }
        json_key(&w, "detail");
        if (req->error_json.ptr)
                json_raw(&w, req->error_json);
        else if (res->status == 422 && req->error_field.ptr)
                write_field_list(req, &w, text);
        else
                json_str(&w, description);
        if (res->status == 422 && !external)
                json_member_str(&w, "hint", STR("Ensure the request matches the API schema."));
        if (!external && row->oauth_code.len) {
                json_member_str(&w, "error", row->oauth_code);
                json_member_str(&w, "error_description", description);
        }
        json_object_end(&w);
}

static int respond_page(struct request *req, struct response *res, struct str text) {
        bool ours = res->status >= 500, missing = res->status == 404;
        json_t *data = json_object();

        form_set_text(req, &data, "heading",
                      ours      ? TEXT("Something went wrong on our side")
                      : missing ? TEXT("There is no such page")
                                : TEXT("That did not work"));
        form_set_text(req, &data, "text",
                      missing ? TEXT("Check the address, or go back to where you came from.") : text);
        form_set_bool(&data, "by_server", ours);
        form_set_bool(&data, "by_person", !ours);
        form_set(&data, "home_url", STR("/"));
        form_set(&data, "request_id", str_of(req->id));
        if (ours && req->method == HTTP_GET)
                form_set(&data, "retry_url", req->target);
        return page_respond(req->context->theme, res, res->status, "error", data);
}

/* Fields of a form that are no part of the request that it carries. */
static bool is_of_the_form(struct str name) {
        return str_eq(name, STR("csrf")) || str_eq(name, STR("decision"));
}

/* What a person who signs in comes back to: the page that was asked for; of a form that outlived its session, the
 * page that asks again. */
static void append_return(struct request *req, struct strbuf *out) {
        char separator = '?';

        if (req->method <= HTTP_HEAD) {
                strbuf_append(out, req->target);
                return;
        }
        strbuf_append(out, req->path);
        if (request_parse_body(req) < 0)
                return;
        for (size_t i = 0; i < req->body_params.n; i++) {
                const struct param *param = &req->body_params.list[i];

                if (param->kind != PARAM_TEXT || is_of_the_form(param->name))
                        continue;
                strbuf_append_char(out, separator);
                strbuf_append_percent(out, param->name, false);
                strbuf_append_char(out, '=');
                strbuf_append_percent(out, param->value, false);
                separator = '&';
        }
}

/* Sends a person who must sign in first, or enter the password again, to the page for that, which leads back.
 * errors   ERR_BAD_REQUEST when no address could hold the way back; ERR_NO_MEMORY */
static int redirect_to_login(struct request *req, struct response *res, int result) {
        _cleanup_(strbuf_done) struct strbuf back = STRBUF_INIT(4 * REQUEST_BODY_MAX);

        append_return(req, &back);
        if (back.failed)
                return -ERR_NO_MEMORY;
        return next_after(req, res, result == -ERR_NOT_ELEVATED ? CONFIRM_PATH "?next=" : "/login?next=",
                          strbuf_str(&back));
}

static void log_failure(const struct request *req, const struct error_row *row, int status) {
        LOG(status >= 500 ? LOG_ERROR : LOG_DEBUG, "request failed", LOG_STR("id", str_of(req->id)),
            LOG_STR("error", str_of(row->name)), LOG_INT("status", status));
}

void respond_error(struct request *req, struct response *res, const struct route *route, int result) {
        const struct error_row *row;

        metrics_error(result);
        response_reset(res);
        if ((result == -ERR_NOT_SIGNED_IN || result == -ERR_NOT_ELEVATED) && route &&
            route->flags & ROUTE_PAGE) {
                result = redirect_to_login(req, res, result);
                if (result == 0)
                        return;
                response_reset(res);
        }

        row = error_row(result);
        res->status = status_of(req, route, row);
        log_failure(req, row, res->status);
        if (wants_page(req, route) && respond_page(req, res, text_of(req, row)) == 0)
                goto fields;

        response_reset(res);
        response_begin(res, status_of(req, route, row), CONTENT_TYPE_JSON);
        response_no_store(res);
        write_json(req, res, route, row);
fields:
        challenge(req, res, route, row);
        if (req->retry_after == 0 && (res->status == 503 || res->status == 429))
                req->retry_after = 2;
        if (req->retry_after > 0)
                response_header(res, STR("Retry-After"),
                                arena_printf(&req->arena, "%lld", (long long)req->retry_after));
}

/* Only once the header section was understood is it known what was asked for: of all refusals that of a body is left. */
static bool refuse_on_page(struct request *req, struct response *res, const struct route *route) {
        const int too_large = error_row(-ERR_TOO_LARGE)->other_status;
        struct str text =
                route && route->flags & ROUTE_UPLOAD
                        ? TEXT("The file is too large: it may have 3 MB at most. Go back and choose "
                               "another one.")
                        : TEXT("What you sent is too large. Go back and shorten it.");

        if (res->status != too_large || !route || !(route->flags & ROUTE_PAGE))
                return false;
        if (respond_page(req, res, text) == 0)
                return true;
        response_reset(res);
        res->status = too_large;
        return false;
}

void respond_refusal(struct request *req, struct response *res, const struct route *route, struct str text) {
        struct json_writer w = JSON_WRITER(&res->body);

        if (refuse_on_page(req, res, route))
                return;
        response_begin(res, res->status, CONTENT_TYPE_JSON);
        json_object_begin(&w);
        json_member_str(&w, "detail", text);
        if (!is_external(req, NULL)) {
                json_member_str(&w, "error",
                                res->status == 500   ? STR("server_error")
                                : res->status == 503 ? STR("temporarily_unavailable")
                                                     : STR("invalid_request"));
                json_member_str(&w, "error_description", text);
        }
        json_object_end(&w);
}
