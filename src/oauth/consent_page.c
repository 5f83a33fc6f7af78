#include "oauth/consent_page.h"

#include <jansson.h>

#include "account/form.h"
#include "account/identity.h"
#include "account/user.h"
#include "base/context.h"
#include "pages/page.h"

static json_t *json_of(struct str s) {
        return s.ptr ? json_stringn(s.ptr, s.len) : json_null();
}

static void hide(json_t *list, const char *name, struct str value) {
        if (value.ptr)
                json_array_append_new(list, json_pack("{s:s, s:o}", "name", name, "value", json_of(value)));
}

/* The request, carried by the form. */
static json_t *hidden_fields(const struct authorize *a) {
        json_t *list = json_array();

        hide(list, "client_id", a->client_id);
        hide(list, "redirect_uri", a->redirect_uri);
        hide(list, "response_type", a->response_type);
        hide(list, "scope", a->scope);
        hide(list, "state", a->state);
        hide(list, "code_challenge", a->code_challenge);
        hide(list, "code_challenge_method", a->code_challenge_method);
        hide(list, "prompt", a->prompt);
        if (!str_eq(a->issuer, a->req->context->settings->public_url))
                hide(list, "issuer", a->issuer);
        return list;
}

static json_t *scope_list(const struct authorize *a) {
        json_t *list = json_array();

        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                const struct scope_row *row = &scope_rows[bit];

                if (!(a->scopes & 1u << bit))
                        continue;
                json_array_append_new(list,
                                      json_pack("{s:o, s:o, s:o, s:b}", "name", json_of(row->name), "title",
                                                json_of(page_text(a->req, row->title)), "detail",
                                                json_of(page_text(a->req, row->detail)), "is_new",
                                                a->granted != 0 && !(a->granted & 1u << bit)));
        }
        return list;
}

/* Where the person will be sent, in as few words as tell it: the host, or the scheme of a native app. */
static struct str destination_of(struct str redirect_uri) {
        ptrdiff_t colon = str_find(redirect_uri, ':');
        struct str rest = str_from(redirect_uri, (size_t)colon + 1);
        size_t n = 0;

        if (!str_starts_with(rest, STR("//")))
                return str_first(redirect_uri, (size_t)colon);
        rest = str_from(rest, 2);
        while (n < rest.len && !strchr("/?", rest.ptr[n]))
                n++;
        return str_first(rest, n);
}

/* Signing in as somebody else leads back to this very request, unless no address could hold it twice encoded. */
static struct str switch_url(const struct authorize *a) {
        _cleanup_(strbuf_done) struct strbuf b = STRBUF_INIT(REQUEST_TARGET_MAX);

        strbuf_append(&b, STR("/logout?next="));
        strbuf_append_percent(&b, a->req->target, false);
        return b.failed ? STR("/logout") : arena_copy(&a->req->arena, strbuf_str(&b));
}

static int owner_name(const struct authorize *a, struct str *ret) {
        struct user_row owner;
        int r;

        *ret = STR_NULL;
        if (!a->app.row.owner_id.ptr)
                return 0;
        r = db_user_by_id(a->req->tx, &a->req->arena, a->app.row.owner_id, &owner);
        if (r <= 0)
                return r;
        *ret = owner.name.ptr ? owner.name : owner.email;
        return 0;
}

static json_t *initials_json(struct str name, struct str fallback) {
        char text[USER_INITIALS_MAX];

        return json_stringn(text, initials_of(name, fallback, text));
}

static json_t *app_json(const struct authorize *a, struct str owner) {
        return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", json_of(a->app.row.name), "initials",
                         initials_json(a->app.row.name, STR("")), "logo_url",
                         json_of(app_logo_path(a->req->context->settings, a->app.row.logo_url)),
                         "description", json_of(a->app.row.description), "owner", json_of(owner));
}

int consent_page(struct response *res, struct authorize *a) {
        struct request *req = a->req;
        struct str owner;
        json_t *data;
        int r;

        r = owner_name(a, &owner);
        if (r < 0)
                return r;
        data = json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "csrf",
                         json_of(req->identity->csrf), "app", app_json(a, owner), "redirect_host",
                         json_of(destination_of(a->redirect_uri)), "redirect_uri", json_of(a->redirect_uri),
                         "scopes", scope_list(a), "has_new",
                         a->granted != 0 && (a->scopes & ~a->granted) != 0, "first_time", a->granted == 0,
                         "hidden", hidden_fields(a), "switch_url", json_of(switch_url(a)));
        form_set_person(&data, req->identity);
        return page_respond(req->context->theme, res, 200, "authorize", data);
}

static struct str heading_of(int result) {
        switch (-result) {
        case ERR_UNKNOWN_CLIENT:
        case ERR_APP_INACTIVE:
                return TEXT("Application Not Found");
        case ERR_INVALID_SCOPE:
                return TEXT("Invalid Scopes");
        default:
                return TEXT("Invalid Request");
        }
}

static struct str text_of(const struct authorize *a, int result) {
        if (result == -ERR_UNKNOWN_CLIENT || result == -ERR_APP_INACTIVE)
                return TEXT(
                        "The application that sent you here could not be found, or it has been disabled.");
        if (result == -ERR_REDIRECT_URI)
                return TEXT("Invalid redirect_uri: the application asked to send you to an address that it "
                            "has not registered.");
        if (a->req->error_detail.ptr)
                return a->req->error_detail;
        return error_row(result)->text;
}

int consent_page_refusal(struct response *res, struct authorize *a, int result) {
        struct str back = STR_NULL;
        json_t *data;
        int r;

        if (a->redirectable) {
                r = authorize_error_location(a, result, &back);
                if (r < 0)
                        return r;
        }
        data = json_pack("{s:o, s:o, s:b, s:s, s:o}", "heading",
                         json_of(page_text(a->req, heading_of(result))), "text",
                         json_of(page_text(a->req, text_of(a, result))), "by_app", true, "request_id",
                         a->req->id, "return_url", json_of(back));
        if (data && a->app_known)
                json_object_set_new(data, "app", json_pack("{s:o}", "name", json_of(a->app.row.name)));
        return page_respond(a->req->context->theme, res, 400, "error", data);
}
