#include "cli/app_sql.h"

void sql_append_text(struct strbuf *out, struct str text) {
        bool escape = str_find(text, '\\') >= 0;

        if (!text.ptr) {
                strbuf_append(out, STR("NULL"));
                return;
        }
        strbuf_append(out, escape ? STR("E'") : STR("'"));
        for (size_t i = 0; i < text.len; i++) {
                if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
                        strbuf_append_char(out, text.ptr[i]);
                strbuf_append_char(out, text.ptr[i]);
        }
        strbuf_append_char(out, '\'');
}

void sql_append_array(struct strbuf *out, struct str words) {
        struct strbuf array = STRBUF_INIT(out->max);
        struct str rest = words, word;

        strbuf_append_char(&array, '{');
        while (words.len && str_next(&rest, ' ', &word)) {
                if (array.len > 1)
                        strbuf_append_char(&array, ',');
                strbuf_append_char(&array, '"');
                for (size_t i = 0; i < word.len; i++) {
                        if (word.ptr[i] == '"' || word.ptr[i] == '\\')
                                strbuf_append_char(&array, '\\');
                        strbuf_append_char(&array, word.ptr[i]);
                }
                strbuf_append_char(&array, '"');
        }
        strbuf_append_char(&array, '}');
        if (array.failed)
                out->failed = true;
        else
                sql_append_text(out, strbuf_str(&array));
        strbuf_done(&array);
}

static const char columns[] =
        "INSERT INTO \"OAuthApplication\" (\n"
        "  id, \"createdAt\", \"updatedAt\", name, description, \"clientId\", \"clientSecret\",\n"
        "  \"clientSecretSalt\", \"redirectUris\", \"grantTypes\", scopes, \"ownerId\", \"isActive\"\n"
        ") VALUES (\n";

static void append_value(struct strbuf *out, struct str text) {
        strbuf_append(out, STR("  "));
        sql_append_text(out, text);
        strbuf_append(out, STR(",\n"));
}

static void append_list(struct strbuf *out, struct str words) {
        strbuf_append(out, STR("  "));
        sql_append_array(out, words);
        strbuf_append(out, STR(",\n"));
}

static void append_owner(struct strbuf *out, struct str owner_email) {
        if (!owner_email.ptr) {
                strbuf_append(out, STR("  '" APP_SQL_OWNER_PLACEHOLDER
                                       "', -- replace this by the id of the app's owner\n"));
                return;
        }
        strbuf_append(out, STR("  (SELECT id FROM \"User\" WHERE email = "));
        sql_append_text(out, owner_email);
        strbuf_append(out, STR("),\n"));
}

void app_sql_write(struct strbuf *out, const struct registration *app, struct str secret,
                   struct str owner_email, int64_t now) {
        struct str client_id = str_n(app->client_id, sizeof(app->client_id));
        char time[CLOCK_ISO_LENGTH];

        /* A name has no line breaks (registration_check), so it can't end the comment. */
        clock_format_iso(now, time);
        strbuf_printf(out, "-- OAuth application: " STR_FMT "\n-- Generated: %.*s\n\n", STR_ARG(app->name),
                      CLOCK_ISO_LENGTH, time);

        strbuf_append(out, str_of(columns));
        append_value(out, str_n(app->id, sizeof(app->id)));
        strbuf_append(out, STR("  NOW(),\n  NOW(),\n"));
        append_value(out, app->name);
        append_value(out, app->description);
        append_value(out, client_id);
        append_value(out, str_n(app->secret_hash, sizeof(app->secret_hash)));
        append_value(out, str_n(app->secret_salt, sizeof(app->secret_salt)));
        append_list(out, app->redirect_uris);
        append_list(out, app->grant_types);
        append_list(out, app->scopes);
        append_owner(out, owner_email);
        strbuf_append(out, STR("  TRUE\n);\n\n"));

        strbuf_printf(out,
                      "-- Credentials for the app's maker. The secret is shown here only: the database holds "
                      "its hash.\n"
                      "-- Client ID:     " STR_FMT "\n"
                      "-- Client secret: " STR_FMT "\n"
                      "-- Hand them over on a safe way, keep them out of repositories, and delete this text "
                      "afterwards.\n\n",
                      STR_ARG(client_id), STR_ARG(secret));

        strbuf_append(
                out,
                STR("-- Verify:\nSELECT id, name, \"clientId\", \"redirectUris\", \"grantTypes\", scopes, "
                    "\"ownerId\", \"isActive\"\nFROM \"OAuthApplication\" WHERE \"clientId\" = "));
        sql_append_text(out, client_id);
        strbuf_append(out, STR(";\n"));
}
