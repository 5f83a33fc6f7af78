#include "account/frame.h"

#include "account/form.h"

static const struct {
        const char *page, *url, *label;
} entries[] = {
        { "profile", "/profile", "Profile" },
        { "connected_apps", "/profile/connected-apps", "Connected apps" },
        { "api_keys", "/profile/api-keys", "API keys" },
        { "oauth_apps", "/profile/oauth-apps", "OAuth apps" },
        { "integrations", "/profile/integrations", "Integrations" },
        { "sessions", "/profile/sessions", "Sessions" },
        { "activity", "/profile/activity", "Activity" },
};

/* What a page says once a form has done its work. Addresses carry the names, so that nobody can put words on a page. */
static const struct {
        struct str name;
        const char *text;
} notices[] = {
        { STR_INIT("saved"), "Saved." },
        { STR_INIT("password"), "Your password is changed." },
        { STR_INIT("password-sessions"), "Your password is changed, and all other sessions are ended." },
        { STR_INIT("session-ended"), "That session is ended." },
        { STR_INIT("sessions-ended"), "All other sessions are ended." },
        { STR_INIT("access-removed"), "The app no longer has access to your account." },
        { STR_INIT("credential-deleted"), "The credential is deleted." },
        { STR_INIT("app-enabled"), "Application enabled successfully" },
        { STR_INIT("app-disabled"), "Application disabled successfully" },
        { STR_INIT("app-saved"), "Application saved" },
        { STR_INIT("app-made"),
          "That application was registered already; its secret was shown once, and only then." },
        { STR_INIT("secret-made"),
          "The secret was replaced already; the new one was shown once, and only then. "
          "If it is lost, replace it again." },
        { STR_INIT("secret-ended"), "The former secret is ended." },
        { STR_INIT("tokens-revoked"), "All tokens of the application are revoked." },
        { STR_INIT("logo-uploaded"), "Logo uploaded successfully" },
        { STR_INIT("logo-removed"), "Logo removed" },
        { STR_INIT("key-made"), "That key was made already; its text was shown once, and only then." },
        { STR_INIT("key-suspended"),
          "The key is suspended: calls with it are refused until you activate it." },
        { STR_INIT("key-active"), "The key is active again." },
        { STR_INIT("key-revoked"), "The key is revoked." },
        { STR_INIT("person-disabled"), "The account is disabled, and its sessions are ended." },
        { STR_INIT("person-enabled"), "The account is enabled." },
        { STR_INIT("person-sessions-ended"), "All sessions of this account are ended." },
        { STR_INIT("admin-granted"), "This person is an administrator now." },
        { STR_INIT("admin-taken"), "This person is no longer an administrator." },
};

static json_t *nav(struct request *req, const char *page) {
        json_t *list = json_array();

        for (size_t i = 0; i < ARRAY_LENGTH(entries); i++)
                json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "url", entries[i].url, "label",
                                                      entries[i].label, "current",
                                                      strcmp(entries[i].page, page) == 0));
        if (req->identity->is_admin)
                json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "url", "/admin", "label",
                                                      "Administration", "current", 0));
        return list;
}

static const char *notice_of(struct request *req) {
        const struct param *done;

        if (request_parse_query(req) < 0)
                return NULL;
        done = params_find(&req->query_params, STR("done"));
        for (size_t i = 0; done && i < ARRAY_LENGTH(notices); i++) {
                if (str_eq(done->value, notices[i].name))
                        return notices[i].text;
        }
        return NULL;
}

json_t *frame_data(struct request *req, const char *page) {
        json_t *data = form_data(req, STR_NULL);
        const char *notice = notice_of(req);

        form_set_person(&data, req->identity);
        form_set_object(&data, "nav", nav(req, page));
        if (notice)
                form_set(&data, "notice", str_of(notice));
        return data;
}

int frame_done_at(struct response *res, struct str path, const char *done) {
        struct str location = arena_printf(&res->request->arena, STR_FMT "?done=%s", STR_ARG(path), done);

        return location.ptr ? response_redirect(res, location) : -ERR_NO_MEMORY;
}

int frame_done(struct response *res, const char *path, const char *done) {
        return frame_done_at(res, str_of(path), done);
}
