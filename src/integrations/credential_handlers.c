/* Credentials of people: list, store, rename, delete (dialect: Integrations). */
#include "account/audit.h"
#include "account/identity.h"
#include "base/errors.h"
#include "integrations/credential_answer.h"
#include "integrations/credential_input.h"
#include "integrations/handlers.h"

enum {
        LIST_ARENA_MAX = 8 * 1024 * 1024
}; /* bytes: as many credentials as there may be, with all that lists show */

static void write_seconds(struct json_writer *w, const char *name, int64_t ms) {
        if (ms)
                json_member_int(w, name, ms / 1000);
        else
                json_member_null(w, name);
}

void credential_write(const struct credential *c, struct json_writer *w) {
        json_object_begin(w);
        json_member_str(w, "id", c->id);
        json_member_str(w, "provider", c->provider);
        json_member_str(w, "type", credential_kind_name(c->kind));
        json_member_str(w, "title", c->title);
        if (c->scopes.ptr)
                json_member_words(w, "scopes", c->scopes);
        else
                json_member_null(w, "scopes");
        json_member_str(w, "username", c->username);
        json_member_str(w, "host", c->host);
        json_member_str(w, "state", credential_state_name(c->state));
        write_seconds(w, "expires_at", c->expires_at);
        json_member_time(w, "created_at", c->created_at);
        json_member_time(w, "last_used_at", c->last_used_at);
        json_member_bool(w, "is_managed", c->is_system);
        json_object_end(w);
}

static int answer(struct response *res, int status, const struct credential *c) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, status, CONTENT_TYPE_JSON);
        response_no_store(res);
        credential_write(c, &w);
        return STEP_DONE;
}

/* --- reading --- */

static int answer_list(struct request *req, struct response *res, struct str provider) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct credential *list;
        size_t n;
        int r;

        request_allow(req, LIST_ARENA_MAX);
        r = credential_list(req->tx, &req->arena, req->identity->user_id, provider, &list, &n);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                credential_write(&list[i], &w);
        json_array_end(&w);
        return STEP_DONE;
}

int handle_credentials(struct request *req, struct response *res) {
        return answer_list(req, res, STR_NULL);
}

int handle_provider_credentials(struct request *req, struct response *res) {
        return answer_list(req, res, req->path_params[0]);
}

/* The credential that the path names. */
int credential_named(struct request *req, struct credential *ret) {
        int r = credential_find(req->tx, &req->arena, req->identity->user_id, req->path_params[0],
                                req->path_params[1], ret);

        return r < 0 ? r : r ? 0 : -ERR_CREDENTIAL_NOT_FOUND;
}

int handle_credential(struct request *req, struct response *res) {
        struct credential c;
        int r = credential_named(req, &c);

        return r < 0 ? r : answer(res, 200, &c);
}

/* --- changing --- */

static int record(struct request *req, enum audit_event event, const struct credential *c) {
        return audit(req, &(struct audit){ .event = event, .subject = c->id, .detail = c->provider });
}

static int store(struct request *req, struct credential *c) {
        _cleanup_(credential_secret_done) struct credential_secret secret;
        struct str name = str_first(req->path_params[0], CREDENTIAL_PROVIDER_MAX);
        const struct provider *provider = provider_find(req->context, req->path_params[0]);
        int r;

        credential_secret_init(&secret);
        if (!provider)
                return request_refuse(req, ERR_PROVIDER_NOT_FOUND, "Provider '" STR_FMT "' not found",
                                      STR_ARG(name));
        *c = (struct credential){ .user_id = req->identity->user_id, .provider = provider->name };
        r = credential_read(req, provider, c, &secret);
        if (r == 0)
                r = credential_create(req->context, req->tx, &req->arena, c, &secret);
        if (r == 0)
                r = record(req, AUDIT_CREDENTIAL_CREATED, c);
        if (r == -ERR_VAULT)
                return request_refuse(req, ERR_VAULT, "Failed to store credentials");
        return r;
}

int handle_credential_create_external(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct credential c;
        int r;

        r = store(req, &c);
        if (r < 0)
                return r;
        response_begin(res, 201, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "id", c.id);
        json_member_str(&w, "provider", c.provider);
        json_member_str(&w, "type", credential_kind_name(c.kind));
        json_member_str(&w, "title", c.title);
        json_object_end(&w);
        return STEP_DONE;
}

int handle_credential_create(struct request *req, struct response *res) {
        struct credential c;
        int r = store(req, &c);

        return r < 0 ? r : answer(res, 201, &c);
}

int credential_rename_named(struct request *req, struct credential *ret) {
        struct credential c;
        struct str title;
        int r;

        r = request_parse_body(req);
        if (r == 0)
                r = credential_read_title(req, true, &title);
        if (r == 0)
                r = credential_named(req, &c);
        if (r == 0 && c.is_system)
                r = request_refuse(req, ERR_CREDENTIAL_SYSTEM,
                                   "System-managed credentials cannot be changed");
        if (r < 0)
                return r;
        r = credential_rename(req->tx, &c, title);
        if (r <= 0)
                return r < 0 ? r : -ERR_CREDENTIAL_NOT_FOUND;
        c.title = title;
        *ret = c;
        return record(req, AUDIT_CREDENTIAL_CHANGED, &c);
}

int handle_credential_rename(struct request *req, struct response *res) {
        struct credential c;
        int r;

        r = credential_rename_named(req, &c);
        return r < 0 ? r : answer(res, 200, &c);
}
