/* `gatehouse user create`: adds a person's account, beside a running server or on a fresh database. */
#include <argp.h>
#include <stdio.h>

#include "account/password.h"
#include "account/user.h"
#include "base/errors.h"
#include "base/secret.h"
#include "cli/command.h"
#include "cli/password_input.h"
#include "cli/process.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"

enum { KEY_EMAIL = 0x3001, KEY_NAME, KEY_ADMIN, KEY_PASSWORD_STDIN, KEY_GENERATE, KEY_JSON };
enum { ARENA_MAX = 256 * 1024, OUTPUT_MAX = 64 * 1024 };

struct arguments {
        struct settings_args settings;
        const char *email;
        const char *name;
        bool admin, password_stdin, generate, json;
};

static const struct argp_option options[] = {
        { .name = "email",
          .key = KEY_EMAIL,
          .arg = "EMAIL",
          .doc = "Address that the person signs in with (required)" },
        { .name = "name",
          .key = KEY_NAME,
          .arg = "NAME",
          .doc = "Name that apps and pages show; default: none" },
        { .name = "admin", .key = KEY_ADMIN, .doc = "Make the person an administrator" },
        { .name = "password-stdin",
          .key = KEY_PASSWORD_STDIN,
          .doc = "Read the password from the first line of standard input" },
        { .name = "generate-password", .key = KEY_GENERATE, .doc = "Make a strong password and print it" },
        { .name = "json", .key = KEY_JSON, .doc = "Print the account as JSON" },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                return 0;
        case KEY_EMAIL:
                a->email = arg;
                return 0;
        case KEY_NAME:
                a->name = arg;
                return 0;
        case KEY_ADMIN:
                a->admin = true;
                return 0;
        case KEY_PASSWORD_STDIN:
                a->password_stdin = true;
                return 0;
        case KEY_GENERATE:
                a->generate = true;
                return 0;
        case KEY_JSON:
                a->json = true;
                return 0;
        case ARGP_KEY_END:
                if (!a->email)
                        argp_error(state, "--email is missing");
                if (a->password_stdin == a->generate)
                        argp_error(state, "give one of --password-stdin and --generate-password");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char doc[] =
        "Add a person's account. Works beside a running server, and on a fresh database.\v"
        "Passwords have 8 to 128 characters of any kind; common ones are refused. They are never taken from "
        "the command line, where other users of the machine could see them.\n\n"
        "Examples:\n"
        "  gatehouse user create --email ada@example.com --admin --generate-password\n"
        "  gatehouse user create --email bob@example.com --name Bob \\\n"
        "      --password-stdin < password.txt";

static const struct argp_child children[] = { { .argp = &settings_argp_database }, { 0 } };
static const struct argp argp = { .options = options, .parser = parse, .doc = doc, .children = children };

struct storing {
        const struct context *context;
        struct arena *arena;
        struct user_new user;
        struct user_row row;
};

static int store(struct tx *tx, void *data) {
        struct storing *s = data;

        return user_create(s->context, tx, s->arena, &s->user, &s->row);
}

static int check(const char *who, const struct arguments *a, struct arena *arena, struct secret *password,
                 struct user_new *ret) {
        struct str text = STR("The e-mail address is not valid.");
        struct user_new user = { .is_admin = a->admin };
        int r;

        r = email_normalise(arena, str_of(a->email), &user.email);
        if (r >= 0 && a->name) {
                text = STR("The name must be one line of UTF-8 with at most 100 characters.");
                r = user_name_check(str_of(a->name), &user.name);
        }
        if (r < 0) {
                problem(who, STR_FMT, STR_ARG(text));
                return r;
        }
        r = password_input(who, a->generate, user.email, password);
        if (r < 0)
                return r;
        *ret = user;
        return 0;
}

static int print(const struct arguments *a, const struct user_row *user, struct str password) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
        struct str text;
        int status;

        if (a->json) {
                struct json_writer w = JSON_WRITER(&out);

                json_object_begin(&w);
                json_member_str(&w, "id", user->id);
                json_member_str(&w, "email", user->email);
                json_member_str(&w, "name", user->name);
                json_member_bool(&w, "is_admin", user->is_admin);
                if (a->generate)
                        json_member_str(&w, "password", password);
                json_object_end(&w);
                strbuf_append_char(&out, '\n');
        } else {
                strbuf_printf(&out, "Account made: " STR_FMT "%s\nUser ID:  " STR_FMT "\n",
                              STR_ARG(user->email), user->is_admin ? " (administrator)" : "",
                              STR_ARG(user->id));
                if (a->generate)
                        strbuf_printf(&out, "Password: " STR_FMT "\n", STR_ARG(password));
        }
        text = strbuf_str(&out);
        status = text.ptr && fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0
                         ? STATUS_OK
                         : STATUS_FAILED;
        strbuf_done(&out);
        return status;
}

static int run(const char *who, const struct arguments *a, struct arena *arena) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        _cleanup_(secret_done) struct secret password = SECRET_EMPTY;
        struct settings settings;
        const struct context context = { .settings = &settings,
                                         .clock = &clock_system,
                                         .random = &random_system };
        struct storing s = { .context = &context, .arena = arena };
        char hash[PASSWORD_HASH_MAX];
        int r;

        if (settings_load(who, &a->settings, &settings) < 0 || check(who, a, arena, &password, &s.user) < 0 ||
            tool_database_open(who, &settings, &db) < 0)
                return STATUS_FAILED;
        r = password_hash(&random_system, secret_str(&password), hash);
        if (r >= 0) {
                s.user.password_hash = str_of(hash);
                r = database_write_now(db, store, &s);
        }
        if (r < 0) {
                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
                return STATUS_FAILED;
        }
        return print(a, &s.row, secret_str(&password));
}

int command_user_create(int argc, char **argv) {
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
