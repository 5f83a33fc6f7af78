/* Who can be connected (dialect: Integrations). */
#include "base/json_write.h"
#include "integrations/handlers.h"
#include "integrations/provider.h"

static void begin(struct response *res) {
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
}

static void write_provider(struct json_writer *w, const struct provider *p) {
        json_object_begin(w);
        json_member_str(w, "name", p->name);
        json_member_bool(w, "supports_oauth", p->kinds & CREDENTIAL_OAUTH2);
        json_member_bool(w, "supports_api_key", p->kinds & CREDENTIAL_API_KEY);
        json_member_bool(w, "supports_user_password", p->kinds & CREDENTIAL_USER_PASSWORD);
        json_member_bool(w, "supports_host_scoped", p->kinds & CREDENTIAL_HOST_SCOPED);
        json_key(w, "default_scopes");
        json_array_begin(w);
        for (size_t i = 0; i < p->oauth.scopes.initial.n; i++)
                json_str(w, p->oauth.scopes.initial.at[i]);
        json_array_end(w);
        json_object_end(w);
}

int handle_providers_external(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        const struct provider *all;
        size_t n;

        all = providers_all(req->context, &n);
        begin(res);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                write_provider(&w, &all[i]);
        json_array_end(&w);
        return 0;
}

static void write_names(const struct context *context, struct json_writer *w) {
        const struct provider *all;
        size_t n;

        all = providers_all(context, &n);
        json_array_begin(w);
        for (size_t i = 0; i < n; i++)
                json_str(w, all[i].name);
        json_array_end(w);
}

int handle_providers(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);

        begin(res);
        write_names(req->context, &w);
        return 0;
}

int handle_provider_names(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);

        begin(res);
        json_object_begin(&w);
        json_key(&w, "providers");
        write_names(req->context, &w);
        json_object_end(&w);
        return 0;
}

/* Those of which the server has credentials of its own. */
int handle_providers_system(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);

        begin(res);
        json_array_begin(&w);
        if (provider_find(req->context, STR("ollama")))
                json_str(&w, STR("ollama"));
        json_array_end(&w);
        return 0;
}

/* Names as programs write constants: "GOOGLE_MAPS". */
int handle_provider_constants(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        const struct provider *all;
        size_t n;

        all = providers_all(req->context, &n);
        begin(res);
        json_object_begin(&w);
        json_key(&w, "PROVIDER_NAMES");
        json_object_begin(&w);
        for (size_t i = 0; i < n; i++)
                json_member_str(&w, all[i].variable.ptr, all[i].name);
        json_object_end(&w);
        json_object_end(&w);
        return 0;
}
