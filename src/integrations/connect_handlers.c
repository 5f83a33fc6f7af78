/* Connecting an account by OAuth (dialect: Integrations): for apps, for the person's own pages, and the page that providers
 * lead back to. */
#include "account/form.h"
#include "base/json_write.h"
#include "integrations/callback_url.h"
#include "integrations/connect.h"
#include "integrations/credential_answer.h"
#include "integrations/handlers.h"
#include "integrations/oauth_call.h"
#include "pages/page.h"

enum { ID_MAX = 36 };

static struct str member_text(const json_t *object, const char *name) {
        const json_t *value = json_object_get(object, name);

        return json_is_string(value) ? str_n(json_string_value(value), json_string_length(value)) : STR_NULL;
}

static int find_provider(struct request *req, const struct provider **ret) {
        *ret = provider_find(req->context, req->path_params[0]);
        return connect_possible(req, *ret, req->path_params[0]);
}

/* --- off to the provider --- */

static int read_scopes(struct request *req, const json_t *list, struct connect_request *to) {
        struct str *scopes = arena_alloc_array(&req->arena, json_array_size(list) + 1, sizeof(*scopes));

        if (!scopes)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < json_array_size(list); i++)
                scopes[i] = str_n(json_string_value(json_array_get(list, i)),
                                  json_string_length(json_array_get(list, i)));
        to->scopes = scopes;
        to->n_scopes = json_array_size(list);
        return 0;
}

static int read_metadata(struct request *req, json_t *object, struct str *ret) {
        char *text;

        if (!object)
                return 0;
        text = json_dumps(object, JSON_COMPACT);
        if (!text)
                return -ERR_NO_MEMORY;
        if (strlen(text) <= CONNECTION_METADATA_MAX)
                *ret = arena_copy(&req->arena, str_of(text));
        free(text);
        return ret->ptr ? 0
                        : request_refuse_field(req, "state_metadata", "value_error",
                                               "at most %d bytes as JSON", CONNECTION_METADATA_MAX);
}

int handle_connect_initiate(struct request *req, struct response *res) {
        struct connect_request asked = { .external = true };
        struct json_writer w = JSON_WRITER(&res->body);
        struct connect_begun begun;
        int r;

        r = find_provider(req, &asked.provider);
        if (r == 0)
                r = callback_url_check(req, member_text(req->json, "callback_url"), &asked.callback_url);
        if (r == 0)
                r = read_scopes(req, json_object_get(req->json, "scopes"), &asked);
        if (r == 0)
                r = read_metadata(req, json_object_get(req->json, "state_metadata"), &asked.metadata);
        if (r < 0)
                return r;
        asked.credential_id = member_text(req->json, "credentials_id");
        r = connect_begin(req, &asked, &begun);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "login_url", begun.login_url);
        json_member_str(&w, "state_token", begun.state_token);
        json_member_int(&w, "expires_at", begun.expires_at / 1000);
        json_object_end(&w);
        return 0;
}

static struct str query_text(struct request *req, const char *name) {
        const struct param *param = params_find(&req->query_params, str_of(name));

        return param && param->kind == PARAM_TEXT ? param->value : STR_NULL;
}

/* "a,b" */
static int split_scopes(struct request *req, struct str list, struct connect_request *to) {
        struct str *scopes = arena_alloc_array(&req->arena, list.len + 1, sizeof(*scopes));
        struct str rest = list, one;

        if (!scopes)
                return -ERR_NO_MEMORY;
        if (list.len > CREDENTIAL_SCOPES_MAX)
                return request_refuse_field(req, "scopes", "value_error", "at most %d characters",
                                            CREDENTIAL_SCOPES_MAX);
        while (rest.len > 0 && str_next(&rest, ',', &one))
                scopes[to->n_scopes++] = one;
        to->scopes = scopes;
        return 0;
}

int handle_connect_login(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct connect_request asked = { 0 };
        struct connect_begun begun;
        int r;

        r = request_parse_query(req);
        if (r == 0)
                r = find_provider(req, &asked.provider);
        if (r == 0)
                r = split_scopes(req, query_text(req, "scopes"), &asked);
        if (r < 0)
                return r;
        asked.credential_id = query_text(req, "credential_id");
        asked.callback_url = callback_url_own(req);
        if (!asked.callback_url.ptr)
                return -ERR_NO_MEMORY;
        r = connect_begin(req, &asked, &begun);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "login_url", begun.login_url);
        json_member_str(&w, "state_token", begun.state_token);
        json_object_end(&w);
        return 0;
}

/* --- and back --- */

int handle_connect_admit(struct request *req, struct response *res _unused_) {
        const struct provider *p;
        int r;

        r = find_provider(req, &p);
        return r < 0 ? r : STEP_NEXT;
}

int handle_connect_complete(struct request *req, struct response *res) {
        const struct connect_answer answer = {
                .provider = req->path_params[0],
                .external = true,
                .state_token = member_text(req->json, "state_token"),
                .code = member_text(req->json, "code"),
        };
        struct json_writer w = JSON_WRITER(&res->body);
        struct connected done;
        int r;

        r = connect_complete(req, &answer, &done);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "credentials_id", done.credential.id);
        json_member_str(&w, "provider", done.credential.provider);
        json_member_str(&w, "type", credential_kind_name(done.credential.kind));
        json_member_str(&w, "title", done.credential.title);
        json_member_words(&w, "scopes", done.credential.scopes);
        json_member_str(&w, "username", done.credential.username);
        json_key(&w, "state_metadata");
        json_raw(&w, done.state.metadata);
        json_member_words(&w, "missing_scopes", done.missing);
        json_object_end(&w);
        return 0;
}

int handle_connect_callback(struct request *req, struct response *res) {
        struct connect_answer answer = { .provider = req->path_params[0] };
        struct json_writer w = JSON_WRITER(&res->body);
        struct connected done;
        int r;

        r = request_text(req, "code", OAUTH_CODE_MAX, &answer.code);
        if (r == 0)
                r = request_text(req, "state_token", CONNECTION_STATE_LENGTH, &answer.state_token);
        if (r == 0)
                r = connect_complete(req, &answer, &done);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        credential_write(&done.credential, &w);
        return 0;
}

/* --- the page that providers lead back to --- */

static json_t *page_data(struct request *req, const struct connected *done, struct str problem) {
        const struct provider *p =
                done->state.provider.ptr ? provider_find(req->context, done->state.provider) : NULL;
        json_t *data = form_data(req, STR_NULL);

        form_set_person(&data, req->identity);
        if (!data)
                return NULL;
        if (p)
                json_object_set_new(data, "provider", json_stringn(p->title.ptr, p->title.len));
        if (problem.ptr)
                json_object_set_new(data, "problem", json_stringn(problem.ptr, problem.len));
        else if (done->credential.username.len)
                json_object_set_new(
                        data, "username",
                        json_stringn(done->credential.username.ptr, done->credential.username.len));
        if (!problem.ptr && done->missing.len)
                json_object_set_new(data, "missing", json_stringn(done->missing.ptr, done->missing.len));
        if (done->state.return_to.ptr)
                json_object_set_new(data, "return_url",
                                    json_stringn(done->state.return_to.ptr, done->state.return_to.len));
        return data;
}

int handle_connect_page_admit(struct request *req, struct response *res _unused_) {
        int r;

        r = request_parse_query(req);
        return r < 0 ? r : STEP_NEXT;
}

/* What programs are told of the state says nothing to a person. */
static struct str problem_text(const struct request *req, int result) {
        if (result == -ERR_CONNECTION_STATE)
                return TEXT("This attempt has expired, was used already, or was begun by another account or "
                            "browser. Connect the account again.");
        return req->error_detail.ptr ? req->error_detail : error_row(result)->text;
}

int handle_connect_page(struct request *req, struct response *res) {
        struct connect_answer answer = {
                .state_token = query_text(req, "state"),
                .code = query_text(req, "code"),
                .error = query_text(req, "error"),
                .error_description = query_text(req, "error_description"),
        };
        const struct error_row *row;
        struct str problem = STR_NULL;
        struct connected done;
        int r;

        r = connect_complete(req, &answer, &done);
        row = error_row(r);
        if (r < 0 && (row->other_status >= 500 && r != -ERR_PROVIDER_NOT_CONFIGURED))
                return r;
        if (r < 0)
                problem = page_text(req, problem_text(req, r));
        else if (done.state.return_to.ptr &&
                 (done.missing.len == 0 || str_starts_with(done.state.return_to, STR("/auth/integrations/"))))
                return response_redirect(res, done.state.return_to); /* the wizard tells what is missing */
        return page_respond(req->context->theme, res, r < 0 ? row->other_status : 200, "oauth_callback",
                            page_data(req, &done, problem));
}
