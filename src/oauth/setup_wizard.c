#include "oauth/setup_wizard.h"

#include "account/form.h"
#include "account/user.h"
#include "db/statements.h"
#include "oauth/location.h"
#include "pages/page.h"

enum { ARENA_MAX = 4 * 1024 * 1024 }; /* bytes: a person may have many credentials */

static struct str query_text(struct request *req, const char *name) {
        const struct param *param = params_find(&req->query_params, str_of(name));

        return param && param->value.len ? param->value : STR_NULL;
}

/* --- back to the app --- */

static int success_location(struct request *req, const struct wizard *wizard, struct str *ret) {
        struct strbuf b = STRBUF_INIT(LOCATION_MAX);

        location_begin(&b, wizard->redirect_uri);
        location_param(&b, "success", STR("true"));
        location_param(&b, "state", wizard->state);
        return location_end(&req->arena, &b, ret);
}

/* Both spellings that clients look for. */
static int cancel_location(struct request *req, const struct wizard *wizard, struct str *ret) {
        struct strbuf b = STRBUF_INIT(LOCATION_MAX);

        location_begin(&b, wizard->redirect_uri);
        location_param(&b, "success", STR("false"));
        location_param(&b, "error", STR("user_cancelled"));
        location_param(&b, "error_description", STR("User cancelled the integration setup"));
        location_param(&b, "state", wizard->state);
        return location_end(&req->arena, &b, ret);
}

/* --- what it was asked --- */

static int missing_parameters(struct request *req, const struct wizard *wizard, struct str providers) {
        const struct {
                const char *name;
                struct str value;
        } needed[] = { { "client_id", wizard->client_id },
                       { "providers", providers },
                       { "redirect_uri", wizard->redirect_uri } };
        _cleanup_(strbuf_done) struct strbuf names = STRBUF_INIT(64);

        for (size_t i = 0; i < ARRAY_LENGTH(needed); i++) {
                if (!needed[i].value.ptr)
                        strbuf_printf(&names, "%s%s", names.len ? ", " : "", needed[i].name);
        }
        if (names.failed)
                return -ERR_NO_MEMORY;
        return names.len ? request_refuse(req, ERR_INVALID_FIELD, "Missing required parameters: " STR_FMT,
                                          STR_ARG(strbuf_str(&names)))
                         : 0;
}

static int check_app(struct request *req, struct wizard *wizard) {
        int r;

        if (!str_starts_with(wizard->redirect_uri, STR("https://")) &&
            !str_starts_with(wizard->redirect_uri, STR("http://")))
                return request_refuse(req, ERR_INVALID_FIELD,
                                      "Invalid redirect_uri. Only http and https URLs can be used.");
        r = app_find(req->tx, &req->arena, wizard->client_id, &wizard->app);
        if (r == -ERR_UNKNOWN_CLIENT || (r == 0 && !wizard->app.row.is_active))
                return request_refuse(req, ERR_INVALID_FIELD,
                                      "The application that sent you here could not be found, or it has been "
                                      "disabled.");
        if (r == 0 && !app_has_redirect_uri(&wizard->app, wizard->redirect_uri))
                return request_refuse(
                        req, ERR_INVALID_FIELD,
                        "Invalid redirect_uri. This app's redirect target is not registered, so "
                        "the setup cannot be completed safely.");
        return r;
}

/* ret_redirectable   the app and its address are known: the person can be sent back there */
static int read_request(struct request *req, struct wizard *ret, bool *ret_redirectable) {
        struct str providers;
        int r;

        *ret_redirectable = false;
        r = request_parse_query(req);
        if (r < 0)
                return r;
        *ret = (struct wizard){ .client_id = query_text(req, "client_id"),
                                .redirect_uri = query_text(req, "redirect_uri"),
                                .state = query_text(req, "state") };
        providers = query_text(req, "providers");
        r = missing_parameters(req, ret, providers);
        if (r == 0)
                r = check_app(req, ret);
        if (r < 0)
                return r;
        *ret_redirectable = true;
        return wizard_read_providers(req, providers, ret);
}

/* --- pages --- */

static int show_refusal(struct request *req, struct response *res, const struct wizard *wizard,
                        bool redirectable) {
        json_t *data = form_data(req, STR_NULL), *app = json_object();
        struct str back = STR_NULL;
        int r;

        if (redirectable) {
                r = cancel_location(req, wizard, &back);
                if (r < 0) {
                        json_decref(data);
                        json_decref(app);
                        return r;
                }
                form_set(&app, "name", wizard->app.row.name);
        }
        form_set_text(req, &data, "heading", TEXT("Invalid Request"));
        form_set_text(req, &data, "text", req->error_detail);
        form_set_bool(&data, "by_app", true);
        form_set(&data, "request_id", str_of(req->id));
        form_set(&data, "return_url", back);
        form_set_object(&data, "app", app);
        return page_respond(req->context->theme, res, 400, "error", data);
}

static json_t *app_json(struct request *req, const struct app *app) {
        char initials[USER_INITIALS_MAX];
        json_t *data = json_object();

        form_set(&data, "name", app->row.name);
        form_set(&data, "initials", str_n(initials, initials_of(app->row.name, STR(""), initials)));
        form_set(&data, "logo_url", app_logo_path(req->context->settings, app->row.logo_url));
        return data;
}

/* What the form that chooses between accounts sends along. */
static json_t *hidden_json(struct request *req) {
        json_t *list = json_array();

        for (size_t i = 0; i < req->query_params.n; i++) {
                const struct param *param = &req->query_params.list[i];
                json_t *field = json_object();

                if (str_starts_with(param->name, STR("use_"))) {
                        json_decref(field);
                        continue;
                }
                form_set(&field, "name", param->name);
                form_set(&field, "value", param->value);
                json_array_append_new(list, field);
        }
        return list;
}

static json_t *page_data(struct request *req, const struct wizard *wizard, json_t *slots, size_t connected,
                         struct str cancel) {
        json_t *data = form_data(req, STR_NULL);

        form_set_person(&data, req->identity);
        form_set_object(&data, "app", app_json(req, &wizard->app));
        form_set_object(&data, "slots", slots);
        form_set_object(&data, "connected_count", json_integer((json_int_t)connected));
        form_set_object(&data, "count", json_integer((json_int_t)wizard->n_slots));
        form_set_object(&data, "left", json_integer((json_int_t)(wizard->n_slots - connected)));
        form_set_bool(&data, "done", connected == wizard->n_slots);
        if (connected == wizard->n_slots)
                form_set(&data, "continue_action", req->target);
        form_set(&data, "cancel_url", cancel);
        form_set_object(&data, "hidden", hidden_json(req));
        return data;
}

/* What the person connected for the app is shown with the credentials (integrations/credential_uses.h). */
static int note_choices(struct request *req, const struct wizard *wizard) {
        int64_t now = clock_now(req->context->clock);
        int r = 0;

        for (size_t i = 0; r >= 0 && i < wizard->n_slots; i++)
                r = db_app_credential_choose(req->tx, req->identity->user_id, wizard->app.row.id,
                                             wizard->slots[i].credential_id, now);
        return MIN_OF(r, 0);
}

static int go_on(struct request *req, struct response *res, const struct wizard *wizard) {
        struct str success;
        int r;

        r = note_choices(req, wizard);
        if (r == 0)
                r = success_location(req, wizard, &success);
        return r < 0 ? r : response_redirect(res, success);
}

/* done   the person says that this is all: so it is, if it still is */
static int run(struct request *req, struct response *res, bool done) {
        struct wizard wizard = { .client_id = STR_NULL };
        struct str cancel;
        bool redirectable;
        size_t connected;
        json_t *slots;
        int r;

        request_allow(req, ARENA_MAX);
        r = read_request(req, &wizard, &redirectable);
        if (r == -ERR_INVALID_FIELD)
                return show_refusal(req, res, &wizard, redirectable);
        if (r == 0)
                r = cancel_location(req, &wizard, &cancel);
        if (r == 0)
                r = wizard_slots_json(req, &wizard, &slots, &connected);
        if (r < 0)
                return r;
        if (done && connected == wizard.n_slots) {
                json_decref(slots);
                return go_on(req, res, &wizard);
        }
        return page_respond(req->context->theme, res, 200, "setup_wizard",
                            page_data(req, &wizard, slots, connected, cancel));
}

int handle_setup_wizard(struct request *req, struct response *res) {
        return run(req, res, false);
}

int handle_setup_wizard_done(struct request *req, struct response *res) {
        return run(req, res, true);
}
