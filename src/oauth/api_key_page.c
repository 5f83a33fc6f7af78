/* /profile/api-keys: a person's keys, making one, and ending it. */
#include "account/form.h"
#include "account/frame.h"
#include "account/moment.h"
#include "base/context.h"
#include "oauth/api_key_change.h"
#include "oauth/api_key_info.h"
#include "oauth/api_key_new.h"
#include "oauth/handlers.h"
#include "pages/page.h"

enum { ACTIONS = 3, NAME_SHOWN_MAX = 1024 };

static const char path[] = "/profile/api-keys";

/* --- the list --- */

static json_t *scope_titles(const struct request *req, struct str permissions) {
        json_t *list = json_array();
        scope_set scopes;
        struct str unknown;

        if (!scope_parse(permissions, &scopes, &unknown))
                scopes = 0;
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                struct str title = page_text(req, scope_rows[bit].title);

                if (scopes & 1u << bit)
                        json_array_append_new(list, json_stringn(title.ptr, title.len));
        }
        return list;
}

static void set_action(struct request *req, json_t **data, const char *name, struct str id,
                       const char *verb) {
        form_set(data, name, arena_printf(&req->arena, "%s/" STR_FMT "/%s", path, STR_ARG(id), verb));
}

static json_t *key_json(struct request *req, const struct api_key_info_row *key) {
        json_t *data = json_object();

        form_set(&data, "name", key->name);
        form_set(&data, "description", key->description);
        form_set(&data, "head", key->head);
        form_set(&data, "tail", key->tail);
        form_set_bool(&data, "active", str_eq(key->status, STR("ACTIVE")));
        form_set_bool(&data, "suspended", str_eq(key->status, STR("SUSPENDED")));
        form_set_object(&data, "permissions", scope_titles(req, key->permissions));
        form_set_object(&data, "created", moment_json(req, key->created_at));
        form_set_object(&data, "used", moment_json(req, key->last_used_at));
        set_action(req, &data, "suspend_action", key->id, "suspend");
        set_action(req, &data, "activate_action", key->id, "activate");
        set_action(req, &data, "revoke_action", key->id, "revoke");
        return data;
}

/* Keys that may yet be used; what is revoked stays in the list of the API. */
static json_t *keys_json(struct request *req, const struct api_key_info_row *keys, size_t n) {
        json_t *list = json_array();

        for (size_t i = 0; i < n; i++) {
                if (!str_eq(keys[i].status, STR("REVOKED")))
                        json_array_append_new(list, key_json(req, &keys[i]));
        }
        return list;
}

int handle_api_keys_page(struct request *req, struct response *res) {
        struct api_key_info_row *keys;
        json_t *data, *list;
        size_t n;
        int r;

        r = db_api_keys_of_user(req->tx, &req->arena, req->identity->user_id, STR(""), API_KEYS_MAX, 0, &keys,
                                &n);
        if (r < 0)
                return r;
        data = frame_data(req, "api_keys");
        list = keys_json(req, keys, n);
        form_set_bool(&data, "has_keys", json_array_size(list) > 0);
        form_set_object(&data, "keys", list);
        return page_respond(req->context->theme, res, 200, "api_keys", data);
}

/* --- a new one --- */

/* A box a permission: "permission_IDENTITY". */
static bool is_ticked(const struct request *req, unsigned bit) {
        struct str name = arena_printf((struct arena *)&req->arena, "permission_" STR_FMT,
                                       STR_ARG(scope_rows[bit].name));

        return name.ptr && params_find(&req->body_params, name);
}

static json_t *boxes_json(const struct request *req) {
        json_t *list = json_array();

        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                json_t *box = json_object();

                form_set(&box, "name", scope_rows[bit].name);
                form_set_text(req, &box, "title", scope_rows[bit].title);
                form_set_text(req, &box, "detail", scope_rows[bit].detail);
                form_set_bool(&box, "checked", is_ticked(req, bit));
                json_array_append_new(list, box);
        }
        return list;
}

/* The form, with what was typed and what is wrong with it. `id` makes a second sending harmless. */
static int show_form(struct request *req, struct response *res, int status, struct str id, const char *wrong,
                     struct str problem) {
        json_t *data = frame_data(req, "api_keys"), *errors = json_object();

        form_set(&data, "id", id);
        form_set(&data, "key_name", form_echo(req, "name", NAME_SHOWN_MAX));
        form_set(&data, "description", form_echo(req, "description", API_KEY_DESCRIPTION_MAX));
        form_set_object(&data, "permissions", boxes_json(req));
        form_set_text(req, &errors, wrong, problem);
        form_set_object(&data, "errors", errors);
        return page_respond(req->context->theme, res, status, "api_key_new", data);
}

int handle_api_key_new_page(struct request *req, struct response *res) {
        char id[ID_UUID_LENGTH];
        int r;

        r = id_uuid(req->context->clock, req->context->random, id);
        return r < 0 ? r : show_form(req, res, 200, str_n(id, ID_UUID_LENGTH), "name", STR_NULL);
}

static int read_form(struct request *req, struct api_key_info_row *key, const char **ret_wrong,
                     struct str *ret_problem) {
        scope_set scopes = 0;
        int r;

        *ret_wrong = NULL;
        r = request_text(req, "id", ID_UUID_LENGTH, &key->id);
        if (r == 0 && !id_is_uuid(key->id))
                return -ERR_BAD_REQUEST;
        if (r == 0)
                r = form_text(req, "name", API_KEY_NAME_MAX, &key->name, ret_problem);
        if (r == 0)
                r = request_text_optional(req, "description", API_KEY_DESCRIPTION_MAX, &key->description);
        if (r == -ERR_INVALID_FIELD) {
                *ret_wrong = "description";
                *ret_problem = form_refusal(req);
                return 0;
        }
        if (r < 0)
                return r;
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                if (is_ticked(req, bit))
                        scopes |= 1u << bit;
        }
        if (ret_problem->ptr || str_trim(key->name).len == 0) {
                *ret_wrong = "name";
                if (!ret_problem->ptr)
                        *ret_problem = TEXT("Give the key a name, so that you know it again");
        } else if (!scopes) {
                *ret_wrong = "permissions";
                *ret_problem = TEXT("Choose at least one permission");
        }
        key->permissions = scope_text(&req->arena, scopes);
        return key->permissions.ptr ? 0 : -ERR_NO_MEMORY;
}

static int show_key(struct request *req, struct response *res, const struct api_key_info_row *key,
                    const struct secret *text) {
        json_t *data = frame_data(req, "api_keys");

        form_set(&data, "key_name", key->name);
        form_set(&data, "key", secret_str(text));
        form_set_object(&data, "permissions", scope_titles(req, key->permissions));
        return page_respond(req->context->theme, res, 200, "api_key_created", data);
}

int handle_api_key_new_form(struct request *req, struct response *res) {
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct api_key_info_row key = { .id = STR_NULL };
        struct str problem = STR_NULL;
        const char *wrong;
        int r;

        r = read_form(req, &key, &wrong, &problem);
        if (r < 0)
                return r;
        if (wrong)
                return show_form(req, res, 422, key.id, wrong, problem);
        r = api_key_make(req, &key, &text);
        if (r == -ERR_API_KEYS_FULL)
                return show_form(req, res, error_row(r)->other_status, key.id, "form", error_row(r)->text);
        if (r < 0)
                return r;
        return r ? show_key(req, res, &key, &text) : frame_done(res, path, "key-made");
}

/* --- what is done with one --- */

static int change(struct request *req, struct response *res, struct str status, enum audit_event event,
                  const char *done) {
        struct api_key_info_row key;
        int r = api_key_set_status(req, status, event, &key);

        if (r == -ERR_API_KEY_REVOKED)
                return frame_done(res, path, "key-revoked");
        return r < 0 ? r : frame_done(res, path, done);
}

int handle_api_key_suspend_form(struct request *req, struct response *res) {
        return change(req, res, STR("SUSPENDED"), AUDIT_KEY_SUSPENDED, "key-suspended");
}

int handle_api_key_activate_form(struct request *req, struct response *res) {
        return change(req, res, STR("ACTIVE"), AUDIT_KEY_ACTIVATED, "key-active");
}

int handle_api_key_revoke_form(struct request *req, struct response *res) {
        return change(req, res, STR("REVOKED"), AUDIT_KEY_REVOKED, "key-revoked");
}
