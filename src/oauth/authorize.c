#include "oauth/authorize.h"

#include "account/audit.h"
#include "account/identity.h"
#include "base/context.h"
#include "base/secret.h"
#include "oauth/code.h"
#include "oauth/location.h"
#include "oauth/redirect_uri.h"

/* In this order; the first two answer with a page or a 400, for nothing may be redirected to a URI that is
 * not known to be the app's (RFC 9700 §4.11). The next two tell by what name the app is answered, and whether what
 * follows may show a page. */
static const authorize_check checks[] = {
        check_client_known,
        check_redirect_uri_registered,
        check_issuer,
        check_prompt,
        check_parameters_present,
        check_response_type,
        check_grant_registered,
        check_pkce,
        check_scope,
        check_session,
        check_consent,
};

enum { SCOPE_PARAM_MAX = 1024, SHORT_PARAM_MAX = 64, ISSUER_MAX = 512 };

struct parameter {
        const char *name;
        size_t max; /* bytes */
        struct str *value;
        bool json_required; /* absent from a JSON body: 422, before anything is judged (dialect: Authorize) */
};

/* Query parameters bear the same limits as the form's and JSON's; one without a value counts as absent there
 * too (RFC 6749 §3.1). */
static int read_query(struct request *req, const struct parameter *p) {
        const struct param *param = params_find(&req->query_params, str_of(p->name));

        *p->value = param && param->value.len ? param->value : STR_NULL;
        if (param && (param->value.len > p->max || str_contains(param->value, str_n("", 1))))
                return request_refuse(req, ERR_BAD_REQUEST, "The parameter %s is too long", p->name);
        return 0;
}

/* The Platform's form of the scope is a list, `scopes`; its older form, like the RFC's, is `scope`. */
static int read_json_scope(struct request *req, struct authorize *a) {
        const struct param *list = params_find(&req->body_params, STR("scopes"));

        if (!list && params_find(&req->body_params, STR("scope")))
                return request_text(req, "scope", SCOPE_PARAM_MAX, &a->scope);
        if (!list)
                return request_refuse_field(req, "scopes", "missing", "Field required");
        if (list->kind != PARAM_LIST)
                return request_refuse_field(req, "scopes", "list_type",
                                            "Input should be a valid list of strings");
        for (size_t i = 0; i < list->n_items && !a->scope_item.ptr; i++)
                if (str_find(list->items[i], ' ') >= 0)
                        a->scope_item = list->items[i];
        if (MAX_OF(list->value.len, a->scope_item.len) > SCOPE_PARAM_MAX)
                return request_refuse_field(req, "scopes", "too_long", "List should have fewer items");
        a->scope = list->value;
        return 0;
}

static int read_parameter(struct request *req, struct authorize *a, const struct parameter *p) {
        if (a->source == AUTHORIZE_QUERY)
                return read_query(req, p);
        if (a->source == AUTHORIZE_FORM || !p->json_required)
                return request_text_optional(req, p->name, p->max, p->value);
        return p->value == &a->scope ? read_json_scope(req, a) : request_text(req, p->name, p->max, p->value);
}

static int read_parameters(struct request *req, struct authorize *a) {
        const struct parameter parameters[] = {
                { "client_id", CLIENT_ID_MAX, &a->client_id, true },
                { "redirect_uri", REDIRECT_URI_MAX, &a->redirect_uri, true },
                { "response_type", SHORT_PARAM_MAX, &a->response_type, false },
                { "scope", SCOPE_PARAM_MAX, &a->scope, true },
                { "state", STATE_MAX, &a->state, true },
                { "code_challenge", CHALLENGE_MAX, &a->code_challenge, true },
                { "code_challenge_method", SHORT_PARAM_MAX, &a->code_challenge_method, false },
                { "prompt", SHORT_PARAM_MAX, &a->prompt, false },
                { "issuer", ISSUER_MAX, &a->issuer_wanted, false },
        };
        int r;

        r = a->source == AUTHORIZE_QUERY ? request_parse_query(req) : request_parse_body(req);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_LENGTH(parameters); i++) {
                r = read_parameter(req, a, &parameters[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

int authorize_check_all(struct request *req, enum authorize_source source, struct authorize *ret) {
        int r;

        *ret = (struct authorize){ .req = req,
                                   .source = source,
                                   .issuer = req->context->settings->public_url };
        r = read_parameters(req, ret);
        for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(checks); i++)
                r = checks[i](ret);
        return r;
}

int authorize_error_location(const struct authorize *a, int result, struct str *ret_location) {
        const struct error_row *row = error_row(result);
        struct strbuf b = STRBUF_INIT(LOCATION_MAX);

        location_begin(&b, a->redirect_uri);
        location_param(&b, "error", row->oauth_code);
        location_param(&b, "state", a->state);
        location_param(&b, "error_description", a->req->error_detail.ptr ? a->req->error_detail : row->text);
        location_param(&b, "iss", a->issuer);
        return location_end(&a->req->arena, &b, ret_location);
}

int authorize_audit(struct authorize *a, enum audit_event event, const char *reason) {
        return audit(a->req,
                     &(struct audit){ event, .app_id = a->app.row.id,
                                      .detail = scope_text(&a->req->arena, a->scopes), .reason = reason });
}

int authorize_grant(struct authorize *a, struct str *ret_location) {
        struct request *req = a->req;
        _cleanup_(secret_done) struct secret code = SECRET_EMPTY;
        struct strbuf b = STRBUF_INIT(LOCATION_MAX);
        int r;

        if (a->scopes & ~a->granted) {
                r = db_consent_upsert(req->tx, req->identity->user_id, a->app.row.id,
                                      scope_text(&req->arena, a->scopes | a->granted),
                                      clock_now(req->context->clock));
                if (r >= 0)
                        r = authorize_audit(a, AUDIT_CONSENT_GRANTED, NULL);
                if (r < 0)
                        return r;
        }
        r = code_issue(req, &a->app, req->identity->user_id, a->scopes, a->redirect_uri, a->code_challenge,
                       &code);
        if (r >= 0)
                r = authorize_audit(a, AUDIT_CODE_ISSUED, NULL);
        if (r < 0)
                return r;
        location_begin(&b, a->redirect_uri);
        location_param(&b, "code", secret_str(&code));
        location_param(&b, "state", a->state);
        location_param(&b, "iss", a->issuer);
        return location_end(&req->arena, &b, ret_location);
}
