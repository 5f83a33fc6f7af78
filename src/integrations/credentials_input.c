#include "integrations/credentials_input.h"

#include "account/form.h"
#include "integrations/provider_icon.h"
#include "integrations/provider_scopes.h"
#include "pages/page.h"

json_t *scopes_in_words(const struct request *req, const struct provider *p, struct str scopes) {
        json_t *list = json_array();
        struct str rest = scopes, one;

        while (rest.len > 0 && str_next(&rest, ' ', &one)) {
                struct str words = page_text(req, scope_words(p, one));

                json_array_append_new(list, json_stringn(words.ptr, words.len));
        }
        return list;
}

static json_t *scopes_json(const struct request *req, const struct provider *p, struct str scopes) {
        json_t *list = json_array();
        struct str rest = scopes, one;

        while (rest.len > 0 && str_next(&rest, ' ', &one)) {
                json_t *scope = json_object();

                form_set_text(req, &scope, "title", scope_words(p, one));
                if (!str_eq(scope_words(p, one), one))
                        form_set(&scope, "name", one);
                json_array_append_new(list, scope);
        }
        return list;
}

/* What an administrator sets so that people can connect it. */
static void set_variable(struct request *req, json_t **data, const struct provider *p) {
        if (!req->identity->is_admin)
                return;
        form_set(data, "variables",
                 arena_printf(&req->arena, STR_FMT "_CLIENT_ID and " STR_FMT "_CLIENT_SECRET",
                              STR_ARG(p->variable), STR_ARG(p->variable)));
}

json_t *credentials_input_json(struct request *req, const struct credentials_input *input) {
        const struct provider *p = input->provider;
        bool oauth = p->kinds & CREDENTIAL_OAUTH2, usable = provider_is_configured(p);
        json_t *data = json_object();

        form_set(&data, "provider", p->name);
        form_set(&data, "provider_title", p->title);
        form_set(&data, "icon_path_url", provider_icon_path(&req->arena, p));
        form_set_object(&data, "scopes", scopes_json(req, p, input->scopes));
        form_set_bool(&data, "has_scopes", input->scopes.len > 0);
        form_set(&data, "scope", input->scopes);
        form_set(&data, "credential_id", input->credential_id);
        form_set(&data, "return_to", input->return_to);
        form_set_bool(&data, "show_title", input->show_title);
        form_set_bool(&data, "oauth", usable);
        form_set_bool(&data, "unavailable", !usable && p->kinds == CREDENTIAL_OAUTH2);
        form_set_bool(&data, "unconfigured", oauth && !usable);
        if (oauth && !usable)
                set_variable(req, &data, p);
        form_set_bool(&data, "api_key", p->kinds & CREDENTIAL_API_KEY);
        form_set_bool(&data, "user_password", p->kinds & CREDENTIAL_USER_PASSWORD);
        form_set_bool(&data, "host_scoped", p->kinds & CREDENTIAL_HOST_SCOPED);
        form_set_bool(&data, "by_hand", p->kinds & ~(unsigned)CREDENTIAL_OAUTH2);
        return data;
}
