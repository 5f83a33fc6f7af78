/* Connecting accounts from pages: off to a provider, storing a key by hand, and where a popup ends. Each form says where to go on
 * (`return_to`): the wizard, or the page of integrations. */
#include "account/audit.h"
#include "account/form.h"
#include "account/next.h"
#include "integrations/callback_url.h"
#include "integrations/connect.h"
#include "integrations/credential_input.h"
#include "integrations/credentials_input.h"
#include "integrations/handlers.h"
#include "pages/page.h"

enum { ID_MAX = 36, TYPED_MAX = 1024 };

static const char popup_end[] = "/auth/integrations/connected";

static int form_provider(struct request *req, const struct provider **ret) {
        struct str name;
        int r;

        r = request_text(req, "provider", CREDENTIAL_PROVIDER_MAX, &name);
        if (r < 0)
                return r;
        *ret = provider_find(req->context, name);
        return *ret ? 0 : -ERR_PROVIDER_NOT_FOUND;
}

static int form_return_to(struct request *req, struct str *ret) {
        struct str text;
        int r;

        r = request_text_optional(req, "return_to", NEXT_MAX, &text);
        *ret = next_path(text);
        return r;
}

/* --- by OAuth --- */

int handle_connect_form(struct request *req, struct response *res) {
        struct connect_request asked = { 0 };
        struct connect_begun begun;
        struct str scopes;
        int r;

        r = form_provider(req, &asked.provider);
        if (r == 0)
                r = connect_possible(req, asked.provider, asked.provider->name);
        if (r == 0)
                r = request_text_optional(req, "scope", CREDENTIAL_SCOPES_MAX, &scopes);
        if (r == 0)
                r = request_text_optional(req, "credential_id", ID_MAX, &asked.credential_id);
        if (r == 0)
                r = form_return_to(req, &asked.return_to);
        if (r < 0)
                return r;
        if (params_find(&req->body_params, STR("popup")))
                asked.return_to = str_of(popup_end);
        if (scopes.ptr) {
                asked.scopes = &scopes;
                asked.n_scopes = 1;
        }
        asked.callback_url = callback_url_own(req);
        if (!asked.callback_url.ptr)
                return -ERR_NO_MEMORY;
        r = connect_begin(req, &asked, &begun);
        return r < 0 ? r : response_redirect(res, begun.login_url);
}

int handle_connected_page(struct request *req, struct response *res) {
        json_t *data = json_object();

        return page_respond(req->context->theme, res, 200, "connected", data);
}

/* --- by hand --- */

/* Each kind's form has a field for the title: "api_key_title". */
static const char *title_member(struct request *req, const char *before) {
        const struct param *type = params_find(&req->body_params, STR("type"));
        enum credential_kind kind;
        struct str member = STR_NULL;

        if (type && type->kind == PARAM_TEXT && credential_kind_find(type->value, &kind))
                member = arena_printf(&req->arena, "%s" STR_FMT "_title", before, STR_ARG(type->value));
        return member.ptr ? member.ptr : "title";
}

static const char *error_member(struct request *req) {
        struct str name = req->error_field;

        if (str_eq(name, STR("title")))
                return title_member(req, "");
        if (str_eq(name, STR("headers")))
                return "header_name";
        name = arena_printf(&req->arena, STR_FMT, STR_ARG(name));
        return name.ptr ? name.ptr : "title";
}

static int show(struct request *req, struct response *res, int status, const struct provider *p,
                struct str return_to) {
        const struct credentials_input input = { .provider = p, .return_to = return_to, .show_title = true };
        json_t *data = form_data(req, STR_NULL), *errors = json_object();

        form_set_person(&data, req->identity);
        form_set_object(&data, "input", credentials_input_json(req, &input));
        form_set(&data, "return_to", return_to);
        form_set(&data, "back_url", return_to);
        if (req->method == HTTP_POST) {
                form_set(&data, title_member(req, "typed_"), form_echo(req, "title", TYPED_MAX));
                form_set(&data, "typed_username", form_echo(req, "username", TYPED_MAX));
                form_set(&data, "typed_host", form_echo(req, "host", TYPED_MAX));
                form_set(&data, "typed_header_name", form_echo(req, "header_name", TYPED_MAX));
        }
        if (req->error_field.ptr)
                form_set(&errors, error_member(req), form_refusal(req));
        form_set_object(&data, "errors", errors);
        return page_respond(req->context->theme, res, status, "credential_new", data);
}

static struct str query_text(struct request *req, const char *name) {
        const struct param *param = params_find(&req->query_params, str_of(name));

        return param ? param->value : STR_NULL;
}

int handle_credential_form_page(struct request *req, struct response *res) {
        const struct provider *p;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        p = provider_find(req->context, query_text(req, "provider"));
        if (!p)
                return -ERR_NOT_FOUND;
        return show(req, res, 200, p, next_path(query_text(req, "return_to")));
}

static int store(struct request *req, const struct provider *p) {
        _cleanup_(credential_secret_done) struct credential_secret secret;
        struct credential c = { .user_id = req->identity->user_id, .provider = p->name };
        int r;

        credential_secret_init(&secret);
        r = credential_read(req, p, &c, &secret);
        if (r == 0)
                r = credential_create(req->context, req->tx, &req->arena, &c, &secret);
        if (r < 0)
                return r;
        return audit(req, &(struct audit){
                                  .event = AUDIT_CREDENTIAL_CREATED, .subject = c.id, .detail = c.provider });
}

int handle_credential_form(struct request *req, struct response *res) {
        const struct provider *p;
        struct str return_to;
        int r;

        r = form_provider(req, &p);
        if (r == 0)
                r = form_return_to(req, &return_to);
        if (r < 0)
                return r;
        r = store(req, p);
        if (r == -ERR_INVALID_FIELD)
                return show(req, res, error_row(r)->other_status, p, return_to);
        return r < 0 ? r : response_redirect(res, return_to);
}
