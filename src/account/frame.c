#include "account/frame.h"

#include "account/form.h"
#include "pages/text.h"

static const struct {
        const char *page, *url;
        struct str label;
} entries[] = {
        { "profile", "/profile", TEXT_INIT("Profile") },
        { "connected_apps", "/profile/connected-apps", TEXT_INIT("Connected apps") },
        { "api_keys", "/profile/api-keys", TEXT_INIT("API keys") },
        { "oauth_apps", "/profile/oauth-apps", TEXT_INIT("OAuth apps") },
        { "integrations", "/profile/integrations", TEXT_INIT("Integrations") },
        { "sessions", "/profile/sessions", TEXT_INIT("Sessions") },
        { "activity", "/profile/activity", TEXT_INIT("Activity") },
};

/* What a page says once a form has done its work. Addresses carry the names, so that nobody can put words on a page. */
static const struct {
        struct str name, text;
} notices[] = {
        { STR_INIT("saved"), TEXT_INIT("Saved.") },
        { STR_INIT("password"), TEXT_INIT("Your password is changed.") },
        { STR_INIT("password-sessions"),
          TEXT_INIT("Your password is changed, and all other sessions are ended.") },
        { STR_INIT("session-ended"), TEXT_INIT("That session is ended.") },
        { STR_INIT("sessions-ended"), TEXT_INIT("All other sessions are ended.") },
        { STR_INIT("access-removed"), TEXT_INIT("The app no longer has access to your account.") },
        { STR_INIT("credential-deleted"), TEXT_INIT("The credential is deleted.") },
        { STR_INIT("credential-renamed"), TEXT_INIT("The credential has its new name.") },
        { STR_INIT("app-enabled"), TEXT_INIT("Application enabled successfully") },
        { STR_INIT("app-disabled"), TEXT_INIT("Application disabled successfully") },
        { STR_INIT("app-saved"), TEXT_INIT("Application saved") },
        { STR_INIT("app-made"),
          TEXT_INIT("That application was registered already; its secret was shown once, and only then.") },
        { STR_INIT("secret-made"),
          TEXT_INIT("The secret was replaced already; the new one was shown once, and only then. "
                    "If it is lost, replace it again.") },
        { STR_INIT("secret-ended"), TEXT_INIT("The former secret is ended.") },
        { STR_INIT("tokens-revoked"), TEXT_INIT("All tokens of the application are revoked.") },
        { STR_INIT("logo-uploaded"), TEXT_INIT("Logo uploaded successfully") },
        { STR_INIT("logo-removed"), TEXT_INIT("Logo removed") },
        { STR_INIT("key-made"),
          TEXT_INIT("That key was made already; its text was shown once, and only then.") },
        { STR_INIT("key-suspended"),
          TEXT_INIT("The key is suspended: calls with it are refused until you activate it.") },
        { STR_INIT("key-active"), TEXT_INIT("The key is active again.") },
        { STR_INIT("key-revoked"), TEXT_INIT("The key is revoked.") },
        { STR_INIT("person-disabled"), TEXT_INIT("The account is disabled, and its sessions are ended.") },
        { STR_INIT("person-enabled"), TEXT_INIT("The account is enabled.") },
        { STR_INIT("person-sessions-ended"), TEXT_INIT("All sessions of this account are ended.") },
        { STR_INIT("admin-granted"), TEXT_INIT("This person is an administrator now.") },
        { STR_INIT("admin-app-enabled"), TEXT_INIT("The app is enabled.") },
        { STR_INIT("admin-app-disabled"), TEXT_INIT("The app is disabled.") },
        { STR_INIT("submission-approved"), TEXT_INIT("The agent is in the store.") },
        { STR_INIT("submission-refused"),
          TEXT_INIT("The submission is refused, and its maker is told why.") },
        { STR_INIT("admin-taken"), TEXT_INIT("This person is no longer an administrator.") },
};

static json_t *entry_json(const struct request *req, const char *url, struct str label, bool current) {
        json_t *entry = json_object();

        form_set(&entry, "url", str_of(url));
        form_set_text(req, &entry, "label", label);
        form_set_bool(&entry, "current", current);
        return entry;
}

static json_t *nav(const struct request *req, const char *page) {
        json_t *list = json_array();

        for (size_t i = 0; i < ARRAY_LENGTH(entries); i++)
                json_array_append_new(list, entry_json(req, entries[i].url, entries[i].label,
                                                       strcmp(entries[i].page, page) == 0));
        if (req->identity->is_admin)
                json_array_append_new(list, entry_json(req, "/admin", TEXT("Administration"), false));
        return list;
}

static struct str notice_of(struct request *req) {
        const struct param *done;

        if (request_parse_query(req) < 0)
                return STR_NULL;
        done = params_find(&req->query_params, STR("done"));
        for (size_t i = 0; done && i < ARRAY_LENGTH(notices); i++) {
                if (str_eq(done->value, notices[i].name))
                        return notices[i].text;
        }
        return STR_NULL;
}

json_t *frame_data(struct request *req, const char *page) {
        json_t *data = form_data(req, STR_NULL);

        form_set_person(&data, req->identity);
        form_set_object(&data, "nav", nav(req, page));
        form_set_text(req, &data, "notice", notice_of(req));
        return data;
}

int frame_done_at(struct response *res, struct str path, const char *done) {
        struct str location = arena_printf(&res->request->arena, STR_FMT "?done=%s", STR_ARG(path), done);

        return location.ptr ? response_redirect(res, location) : -ERR_NO_MEMORY;
}

int frame_done(struct response *res, const char *path, const char *done) {
        return frame_done_at(res, str_of(path), done);
}
