/* `oauth-tool generate-app`: makes an app's credentials; prints the SQL for the Platform's database, or
 * registers the app in Gatehouse's own. Asks for what the options leave open. */
#include <argp.h>
#include <stdio.h>

#include "account/audit.h"
#include "account/user.h"
#include "base/errors.h"
#include "base/json_write.h"
#include "cli/app_input.h"
#include "cli/app_sql.h"
#include "cli/command.h"
#include "cli/process.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"

enum {
        KEY_NAME = 0x2001,
        KEY_DESCRIPTION,
        KEY_REDIRECT_URIS,
        KEY_SCOPES,
        KEY_GRANT_TYPES,
        KEY_OWNER,
        KEY_REGISTER,
        KEY_PUBLIC,
        KEY_JSON,
};

enum { ARENA_MAX = 1024 * 1024, OUTPUT_MAX = 1024 * 1024 };

struct arguments {
        struct settings_args settings;
        struct app_input app;
        const char *owner; /* e-mail address */
        bool do_register;
        bool json;
};

static const struct argp_option options[] = {
        { .name = "name",
          .key = KEY_NAME,
          .arg = "NAME",
          .doc = "Name that people see when the app asks them (at most 100 characters)" },
        { .name = "description",
          .key = KEY_DESCRIPTION,
          .arg = "TEXT",
          .doc = "What the app does, shown beside its name; default: none" },
        { .name = "redirect-uris",
          .key = KEY_REDIRECT_URIS,
          .arg = "A,B",
          .doc = "Where people are sent back to, separated by commas: https, or http to localhost; at most "
                 "10" },
        { .name = "scopes",
          .key = KEY_SCOPES,
          .arg = "X,Y",
          .doc = "What the app may ask for, separated by commas: IDENTITY, EXECUTE_GRAPH, READ_GRAPH, "
                 "WRITE_GRAPH, EXECUTE_BLOCK, READ_BLOCK, READ_STORE, WRITE_LIBRARY, USE_TOOLS, "
                 "MANAGE_INTEGRATIONS, READ_INTEGRATIONS, DELETE_INTEGRATIONS" },
        { .name = "grant-types",
          .key = KEY_GRANT_TYPES,
          .arg = "X,Y",
          .doc = "Default: authorization_code,refresh_token" },
        { .name = "owner",
          .key = KEY_OWNER,
          .arg = "EMAIL",
          .doc = "Address of the app's owner, who can switch it off; default: nobody" },
        { .name = "register",
          .key = KEY_REGISTER,
          .doc = "Add the app to Gatehouse's database instead of printing SQL" },
        { .name = "public",
          .key = KEY_PUBLIC,
          .doc = "Without a secret: for apps on people's own devices, which can't keep one (needs "
                 "--register)" },
        { .name = "json", .key = KEY_JSON, .doc = "Print the result as JSON" },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                return 0;
        case KEY_NAME:
                a->app.name = arg;
                return 0;
        case KEY_DESCRIPTION:
                a->app.description = arg;
                return 0;
        case KEY_REDIRECT_URIS:
                a->app.redirect_uris = arg;
                return 0;
        case KEY_SCOPES:
                a->app.scopes = arg;
                return 0;
        case KEY_GRANT_TYPES:
                a->app.grant_types = arg;
                return 0;
        case KEY_OWNER:
                a->owner = arg;
                return 0;
        case KEY_REGISTER:
                a->do_register = true;
                return 0;
        case KEY_PUBLIC:
                a->app.public_client = true;
                return 0;
        case KEY_JSON:
                a->json = true;
                return 0;
        case ARGP_KEY_END:
                if (a->app.public_client && !a->do_register)
                        argp_error(state, "--public needs --register: the Platform's database has no apps "
                                          "without a secret");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char doc[] =
        "Make an app's client id and secret. Prints the SQL that adds the app to the Platform's PostgreSQL "
        "database, or with "
        "--register adds it to Gatehouse's own database. Asks for what no option gives.\v"
        "The secret is shown once; databases hold its hash.\n\n"
        "Examples:\n"
        "  oauth-tool generate-app > app.sql\n"
        "  oauth-tool generate-app --register --name 'My App' \\\n"
        "      --redirect-uris https://app.example.com/callback \\\n"
        "      --scopes IDENTITY,READ_GRAPH\n"
        "  oauth-tool generate-app --register --public --json --name 'My Phone App' \\\n"
        "      --redirect-uris com.example.app:/callback --scopes IDENTITY";

static const struct argp_child children[] = { { .argp = &settings_argp_database }, { 0 } };
static const struct argp argp = { .options = options, .parser = parse, .doc = doc, .children = children };

struct storing {
        const char *who;
        struct arena *arena;
        struct registration *app;
        struct str owner_email;
        int64_t now;
};

static int store(struct tx *tx, void *data) {
        const struct context context = { .clock = &clock_system, .random = &random_system };
        struct storing *s = data;
        struct user_row owner;
        struct str id = str_n(s->app->id, sizeof(s->app->id));
        int r;

        if (s->owner_email.ptr) {
                r = db_user_by_email(tx, s->arena, s->owner_email, &owner);
                if (r < 0)
                        return r;
                if (r == 0)
                        return -ERR_NOT_FOUND;
                s->app->owner_id = owner.id;
        }
        r = registration_store(tx, s->app, s->now);
        if (r < 0)
                return r;
        return audit_command(&context, tx, s->arena, s->who,
                             &(struct audit){ AUDIT_APP_REGISTERED, .user_id = s->app->owner_id, .app_id = id,
                                              .subject = id });
}

static int register_app(const char *who, const struct arguments *a, struct arena *arena,
                        struct registration *app) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        struct storing s = { .who = who, .arena = arena, .app = app, .now = clock_now(&clock_system) };
        struct settings settings;
        int r;

        if (settings_load(who, &a->settings, &settings) < 0 || tool_database_open(who, &settings, &db) < 0)
                return STATUS_FAILED;
        if (a->owner && email_normalise(arena, str_of(a->owner), &s.owner_email) < 0) {
                fprintf(stderr, "Error: --owner is not an e-mail address\n");
                return STATUS_FAILED;
        }
        r = database_write_now(db, store, &s);
        if (r == -ERR_NOT_FOUND)
                fprintf(stderr, "Error: Nobody has an account with the address %s\n", a->owner);
        else if (r < 0)
                fprintf(stderr, "Error: " STR_FMT "\n", STR_ARG(error_row(r)->text));
        return r < 0 ? STATUS_FAILED : STATUS_OK;
}

static void print_json(struct strbuf *out, const struct arguments *a, const struct registration *app,
                       struct str secret, struct str sql) {
        struct json_writer w = JSON_WRITER(out);

        json_object_begin(&w);
        json_member_str(&w, "id", str_n(app->id, sizeof(app->id)));
        json_member_str(&w, "name", app->name);
        json_member_str(&w, "description", app->description);
        json_member_str(&w, "client_id", str_n(app->client_id, sizeof(app->client_id)));
        json_member_str(&w, "client_secret", app->public_client ? STR_NULL : secret);
        json_member_words(&w, "redirect_uris", app->redirect_uris);
        json_member_words(&w, "grant_types", app->grant_types);
        json_member_words(&w, "scopes", app->scopes);
        json_member_str(&w, "owner_id", app->owner_id);
        json_member_bool(&w, "registered", a->do_register);
        if (!a->do_register)
                json_member_str(&w, "sql", sql);
        json_object_end(&w);
        strbuf_append_char(out, '\n');
}

static void print_registered(struct strbuf *out, const struct registration *app, struct str secret) {
        strbuf_printf(out, "The app " STR_FMT " is registered.\n\nClient ID:     " STR_FMT "\n",
                      STR_ARG(app->name), STR_ARG(str_n(app->client_id, sizeof(app->client_id))));
        if (app->public_client)
                strbuf_append(out, STR("Client secret: none (public client)\n"));
        else
                strbuf_printf(out,
                              "Client secret: " STR_FMT
                              "\n\nThe secret is shown only this once. Keep it safe.\n",
                              STR_ARG(secret));
}

static int print(const struct arguments *a, const struct registration *app, struct str secret) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX), sql = STRBUF_INIT(OUTPUT_MAX);
        struct str text;
        int status = STATUS_FAILED;

        if (!a->do_register)
                app_sql_write(&sql, app, secret, a->owner ? str_of(a->owner) : STR_NULL,
                              clock_now(&clock_system));
        if (a->json)
                print_json(&out, a, app, secret, strbuf_str(&sql));
        else if (a->do_register)
                print_registered(&out, app, secret);
        else
                strbuf_append(&out, strbuf_str(&sql));
        text = strbuf_str(&out);
        if (text.ptr && !sql.failed && fwrite(text.ptr, 1, text.len, stdout) == text.len &&
            fflush(stdout) == 0)
                status = STATUS_OK;
        else
                fprintf(stderr, "Error: The result cannot be written\n");
        strbuf_done(&out);
        strbuf_done(&sql);
        return status;
}

static int run(const char *who, struct arguments *a, struct arena *arena) {
        _cleanup_(secret_done) struct secret secret = SECRET_EMPTY;
        char text[REGISTRATION_PROBLEM_MAX] = "";
        struct registration app;
        int r, status;

        r = app_input_complete(&a->app, arena, &app, text);
        if (r >= 0) {
                snprintf(text, sizeof(text), "The system gives no memory or no random bytes");
                r = registration_credentials(&app, &clock_system, &random_system, &secret);
        }
        if (r < 0) {
                fprintf(stderr, "Error: %s\n", text);
                return STATUS_FAILED;
        }
        status = a->do_register ? register_app(who, a, arena, &app) : STATUS_OK;
        return status == STATUS_OK ? print(a, &app, secret_str(&secret)) : status;
}

int command_generate_app(int argc, char **argv) {
        struct arguments a = { 0 };
        struct arena arena;
        int status;

        process_protect_secrets();
        if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        arena_init(&arena, ARENA_MAX);
        status = run(argv[0], &a, &arena);
        arena_done(&arena);
        return status;
}
