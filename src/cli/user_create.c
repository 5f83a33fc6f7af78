/* `gatehouse user create`: adds a person's account, beside a running server or on a fresh database. */
#include "account/audit.h"
#include "account/password.h"
#include "base/errors.h"
#include "base/secret.h"
#include "cli/command.h"
#include "cli/password_input.h"
#include "cli/process.h"
#include "cli/tool_database.h"
#include "cli/user_args.h"

enum { KEY_NAME = 0x3001, KEY_ADMIN };
enum { ARENA_MAX = 256 * 1024 };

struct arguments {
        struct user_args user;
        const char *name;
        bool admin;
};

static const struct argp_option options[] = {
        { .name = "name",
          .key = KEY_NAME,
          .arg = "NAME",
          .doc = "Name that apps and pages show; default: none" },
        { .name = "admin", .key = KEY_ADMIN, .doc = "Make the person an administrator" },
        { 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->user;
                return 0;
        case KEY_NAME:
                a->name = arg;
                return 0;
        case KEY_ADMIN:
                a->admin = true;
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

static const struct argp_child children[] = { { .argp = &user_argp_password }, { 0 } };
static const struct argp argp = { .options = options, .parser = parse, .doc = doc, .children = children };

struct storing {
        const char *who;
        const struct context *context;
        struct arena *arena;
        struct user_new user;
        struct user_row row;
};

static int store(struct tx *tx, void *data) {
        struct storing *s = data;
        int r;

        r = user_create(s->context, tx, s->arena, &s->user, &s->row);
        if (r < 0)
                return r;
        return audit_command(
                s->context, tx, s->arena, s->who,
                &(struct audit){ AUDIT_USER_CREATED, .user_id = s->row.id,
                                 .detail = s->user.is_admin ? STR("an administrator") : STR_NULL });
}

static int check(const char *who, const struct arguments *a, struct arena *arena, struct secret *password,
                 struct user_new *ret) {
        struct str text = STR("The e-mail address is not valid.");
        struct user_new user = { .is_admin = a->admin };
        int r;

        r = email_normalise(arena, str_of(a->user.email), &user.email);
        if (r >= 0 && a->name) {
                text = STR("The name must be one line of UTF-8 with at most 100 characters.");
                r = user_name_check(str_of(a->name), &user.name);
        }
        if (r < 0) {
                problem(who, STR_FMT, STR_ARG(text));
                return r;
        }
        r = password_input(who, a->user.generate, user.email, password);
        if (r < 0)
                return r;
        *ret = user;
        return 0;
}

static int run(const char *who, const struct arguments *a, struct arena *arena) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        _cleanup_(secret_done) struct secret password = SECRET_EMPTY;
        struct settings settings;
        const struct context context = { .settings = &settings,
                                         .clock = &clock_system,
                                         .random = &random_system };
        struct storing s = { .who = who, .context = &context, .arena = arena };
        char hash[PASSWORD_HASH_MAX];
        int r;

        if (settings_load(who, &a->user.settings, &settings) < 0 ||
            check(who, a, arena, &password, &s.user) < 0 || tool_database_open(who, &settings, &db) < 0)
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
        return user_print(who, &a->user, "Account made", &s.row, secret_str(&password));
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
