/* /profile/integrations: a person's accounts and keys elsewhere. */
#include "account/form.h"
#include "account/frame.h"
#include "account/moment.h"
#include "base/errors.h"
#include "integrations/credential_answer.h"
#include "integrations/credential_uses.h"
#include "integrations/credentials_input.h"
#include "integrations/handlers.h"
#include "integrations/provider.h"
#include "integrations/provider_icon.h"
#include "pages/page.h"

enum {
        ARENA_MAX = 8 * 1024 * 1024, /* bytes: as many credentials as there may be */
        NAME_TYPED_MAX = 1024,       /* bytes that are shown again */
};

static const char path[] = "/profile/integrations";

static struct str kind_words(enum credential_kind kind) {
        switch (kind) {
        case CREDENTIAL_OAUTH2:
                return TEXT("Connected account");
        case CREDENTIAL_API_KEY:
                return TEXT("API key");
        case CREDENTIAL_USER_PASSWORD:
                return TEXT("User name and password");
        case CREDENTIAL_HOST_SCOPED:
                return TEXT("Header field for a host");
        }
        return STR("");
}

static void set_action(struct request *req, json_t **data, const char *name, const struct credential *c,
                       const char *action) {
        form_set(data, name,
                 arena_printf(&req->arena, "%s/" STR_FMT "/" STR_FMT "/%s", path, STR_ARG(c->provider),
                              STR_ARG(c->id), action));
}

/* The field with its name: what was typed, beside what is wrong with it, after it was refused. */
static void set_name(struct request *req, json_t **data, const struct credential *c) {
        bool refused = req->error_field.ptr && str_eq(c->id, req->path_params[1]);

        form_set(data, "name", refused ? form_echo(req, "title", NAME_TYPED_MAX) : c->title);
        if (refused)
                form_set(data, "name_error", form_refusal(req));
}

/* p   NULL when the operator took it off the table since */
static json_t *credential_json(struct request *req, const struct provider *p, const struct credential *c,
                               const struct credential_uses *uses) {
        json_t *data = json_object();

        form_set(&data, "id", c->id);
        form_set(&data, "provider", c->provider);
        form_set(&data, "provider_title", p ? p->title : c->provider);
        form_set(&data, "icon_url", p ? provider_icon_path(&req->arena, p) : STR_NULL);
        form_set(&data, "label", c->title.len ? c->title : c->username.len ? c->username : c->host);
        form_set_text(req, &data, "kind", kind_words(c->kind));
        form_set(&data, "scope", c->scopes);
        form_set_object(&data, "scopes", scopes_in_words(req, p, p ? c->scopes : STR_NULL));
        form_set_bool(&data, "has_scopes", c->scopes.len > 0);
        form_set_bool(&data, "managed", c->is_system);
        form_set_bool(&data, "reconnect",
                      c->state == CREDENTIAL_RECONNECT_NEEDED && p && provider_is_configured(p));
        if (c->state == CREDENTIAL_OK && c->rest.failures)
                form_set(&data, "trouble", c->rest.problem);
        form_set_object(&data, "uses", credential_uses_json(uses, &req->arena, c->id));
        form_set_object(&data, "created", moment_json(req, c->created_at));
        form_set_object(&data, "used", moment_json(req, c->last_used_at));
        set_action(req, &data, "rename_action", c, "rename");
        set_action(req, &data, "delete_action", c, "delete");
        set_name(req, &data, c);
        return data;
}

/* Those that a person can connect here and now; administrators see the others too, with what to set. */
static json_t *providers_json(struct request *req) {
        json_t *list = json_array();
        const struct provider *all;
        size_t n;

        all = providers_all(req->context, &n);
        for (size_t i = 0; i < n; i++) {
                const struct provider *p = &all[i];
                json_t *one;

                if (p->kinds == CREDENTIAL_OAUTH2 && !provider_is_configured(p) && !req->identity->is_admin)
                        continue;
                one = json_object();
                form_set(&one, "provider_title", p->title);
                form_set(&one, "icon_url", provider_icon_path(&req->arena, p));
                form_set(&one, "connect_url",
                         arena_printf(&req->arena,
                                      "/auth/integrations/credentials?provider=" STR_FMT "&return_to=%s",
                                      STR_ARG(p->name), path));
                json_array_append_new(list, one);
        }
        return list;
}

static int show(struct request *req, struct response *res, int status) {
        struct credential_uses uses;
        json_t *data, *list;
        struct credential *all;
        size_t n;
        int r;

        request_allow(req, ARENA_MAX);
        r = credential_list(req->tx, &req->arena, req->identity->user_id, STR_NULL, &all, &n);
        if (r == 0)
                r = credential_uses_find(req->tx, &req->arena, req->identity->user_id, &uses);
        if (r < 0)
                return r;
        data = frame_data(req, "integrations");
        list = json_array();
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, credential_json(req, provider_find(req->context, all[i].provider),
                                                            &all[i], &uses));
        form_set_bool(&data, "has_credentials", n > 0);
        form_set_object(&data, "credentials", list);
        form_set_object(&data, "providers", providers_json(req));
        return page_respond(req->context->theme, res, status, "integrations", data);
}

int handle_integrations_page(struct request *req, struct response *res) {
        return show(req, res, 200);
}

int handle_integration_rename(struct request *req, struct response *res) {
        struct credential c;
        int r;

        r = credential_rename_named(req, &c);
        if (r == -ERR_INVALID_FIELD)
                return show(req, res, error_row(r)->other_status);
        return r < 0 ? r : frame_done(res, path, "credential-renamed");
}
