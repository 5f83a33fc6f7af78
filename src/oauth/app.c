#include "oauth/app.h"

#include "oauth/redirect_uri.h"

int app_find(struct tx *tx, struct arena *arena, struct str client_id, struct app *ret) {
        struct str unknown;
        struct app app;
        int r;

        r = db_app_by_client_id(tx, arena, client_id, &app.row);
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_UNKNOWN_CLIENT;
        if (!scope_parse(app.row.scopes, &app.scopes, &unknown))
                return -ERR_INTERNAL; /* registration writes known names alone */
        *ret = app;
        return 0;
}

bool app_with_former_secret(const struct app *app, int64_t now, struct app *ret) {
        if (!app->row.former_hash.ptr || app->row.former_until <= now)
                return false;
        *ret = *app;
        ret->row.secret_hash = app->row.former_hash;
        ret->row.secret_salt = app->row.former_salt;
        return true;
}

bool app_has_redirect_uri(const struct app *app, struct str redirect_uri) {
        struct str rest = app->row.redirect_uris, registered;

        while (str_next(&rest, ' ', &registered))
                if (redirect_uri_matches(registered, redirect_uri))
                        return true;
        return false;
}

bool app_has_grant(const struct app *app, struct str grant_type) {
        struct str rest = app->row.grant_types, registered;

        while (str_next(&rest, ' ', &registered))
                if (str_eq(registered, grant_type))
                        return true;
        return false;
}

struct str app_logo_path(const struct settings *settings, struct str logo_url) {
        struct str own = settings->public_url;

        if (!logo_url.ptr || !str_starts_with(logo_url, own) || str_at(str_from(logo_url, own.len), 0) != '/')
                return STR_NULL;
        return str_from(logo_url, own.len);
}

void app_write_json(const struct app_row *row, struct json_writer *w) {
        json_object_begin(w);
        json_member_str(w, "id", row->id);
        json_member_str(w, "name", row->name);
        json_member_str(w, "description", row->description);
        json_member_str(w, "logo_url", row->logo_url);
        json_member_str(w, "client_id", row->client_id);
        json_member_words(w, "redirect_uris", row->redirect_uris);
        json_member_words(w, "grant_types", row->grant_types);
        json_member_words(w, "scopes", row->scopes);
        json_member_str(w, "owner_id", row->owner_id);
        json_member_bool(w, "is_active", row->is_active);
        json_member_time(w, "created_at", row->created_at);
        json_member_time(w, "updated_at", row->updated_at);
        json_object_end(w);
}
