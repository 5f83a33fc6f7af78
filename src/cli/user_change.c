/* `gatehouse user disable`, `enable` and `set-password`: what an operator does with a person's account, beside a running
 * server. Servers judge every request by the person's row, so each of them holds at once. */
#include "account/audit.h"
#include "account/password.h"
#include "base/errors.h"
#include "cli/command.h"
#include "cli/password_input.h"
#include "cli/process.h"
#include "cli/tool_database.h"
#include "cli/user_args.h"

enum { ARENA_MAX = 256 * 1024 };

enum change { CHANGE_DISABLE, CHANGE_ENABLE, CHANGE_PASSWORD };

static error_t parse(int key, char *arg, struct argp_state *state) {
        if (key != ARGP_KEY_INIT)
                return ARGP_ERR_UNKNOWN;
        state->child_inputs[0] = state->input;
        return 0;
}

static const struct argp_child children[] = { { .argp = &user_argp }, { 0 } };
static const struct argp_child children_password[] = { { .argp = &user_argp_password }, { 0 } };

static const struct argp argps[] = {
        [CHANGE_DISABLE] = { .parser = parse,
                             .children = children,
                             .doc = "Disable a person's account: signing in is refused, every session of it "
                                    "ends, and no app can use its "
                                    "tokens. It holds at once, beside a running server too.\v"
                                    "Example:\n  gatehouse user disable --email bob@example.com" },
        [CHANGE_ENABLE] = { .parser = parse,
                            .children = children,
                            .doc = "Enable an account that was disabled. Its sessions stay ended; apps that "
                                   "the person had allowed can "
                                   "use their tokens again where these have not expired.\v"
                                   "Example:\n  gatehouse user enable --email bob@example.com" },
        [CHANGE_PASSWORD] = { .parser = parse,
                              .children = children_password,
                              .doc = "Set a person's password, for somebody who forgot it or was imported "
                                     "without one, and end every "
                                     "session of the account. Apps that the person allowed keep their "
                                     "access.\v"
                                     "Passwords have 8 to 128 characters of any kind; common ones are "
                                     "refused. They are never taken from "
                                     "the command line, where other users of the machine could see them.\n\n"
                                     "Examples:\n"
                                     "  gatehouse user set-password --email ada@example.com "
                                     "--generate-password\n"
                                     "  gatehouse user set-password --email bob@example.com --password-stdin "
                                     "< password.txt" },
};

struct changing {
        const char *who;
        const struct context *context;
        struct arena *arena;
        enum change change;
        struct str email, password_hash;
        struct user_row row;
};

static int set_password(struct changing *c, struct tx *tx) {
        int r;

        r = db_user_set_password(tx, c->row.id, c->password_hash, clock_now(c->context->clock));
        if (r < 0)
                return r;
        /* whoever knew the old one shall not stay (ASVS 7.4.3) */
        return db_sessions_delete_of_user(tx, c->row.id);
}

static const enum audit_event events[] = {
        [CHANGE_DISABLE] = AUDIT_USER_DISABLED,
        [CHANGE_ENABLE] = AUDIT_USER_ENABLED,
        [CHANGE_PASSWORD] = AUDIT_USER_PASSWORD_SET,
};

static int change(struct tx *tx, void *data) {
        struct changing *c = data;
        struct str id;
        int r;

        r = db_user_by_email(tx, c->arena, c->email, &c->row);
        if (r < 0)
                return r;
        if (r == 0)
                return -ERR_NOT_FOUND;
        id = c->row.id;
        r = c->change == CHANGE_PASSWORD ? set_password(c, tx)
                                         : user_set_active(c->context, tx, id, c->change == CHANGE_ENABLE);
        if (r >= 0)
                r = audit_command(c->context, tx, c->arena, c->who,
                                  &(struct audit){ events[c->change], .user_id = id });
        if (r < 0)
                return r;
        r = db_user_by_id(tx, c->arena, id, &c->row);
        return r == 0 ? -ERR_NOT_FOUND : MIN_OF(r, 0);
}

static const char *const done[] = {
        [CHANGE_DISABLE] = "Account disabled, its sessions ended",
        [CHANGE_ENABLE] = "Account enabled",
        [CHANGE_PASSWORD] = "Password set, the account's sessions ended",
};

static int run(const char *who, enum change what, const struct user_args *a, struct arena *arena) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        _cleanup_(secret_done) struct secret password = SECRET_EMPTY;
        struct settings settings;
        const struct context context = { .settings = &settings,
                                         .clock = &clock_system,
                                         .random = &random_system };
        struct changing c = { .who = who, .context = &context, .arena = arena, .change = what };
        char hash[PASSWORD_HASH_MAX];
        int r = 0;

        if (settings_load(who, &a->settings, &settings) < 0)
                return STATUS_FAILED;
        if (email_normalise(arena, str_of(a->email), &c.email) < 0) {
                problem(who, "The e-mail address is not valid.");
                return STATUS_FAILED;
        }
        if (what == CHANGE_PASSWORD && password_input(who, a->generate, c.email, &password) < 0)
                return STATUS_FAILED;
        if (tool_database_open(who, &settings, &db) < 0)
                return STATUS_FAILED;
        if (what == CHANGE_PASSWORD)
                r = password_hash(&random_system, secret_str(&password), hash);
        if (r >= 0) {
                c.password_hash = what == CHANGE_PASSWORD ? str_of(hash) : STR_NULL;
                r = database_write_now(db, change, &c);
        }
        if (r == -ERR_NOT_FOUND)
                problem(who, "Nobody has the address " STR_FMT ".", STR_ARG(c.email));
        else if (r < 0)
                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
        return r < 0 ? STATUS_FAILED : user_print(who, a, done[what], &c.row, secret_str(&password));
}

static int command(int argc, char **argv, enum change change) {
        struct user_args a = { 0 };
        struct arena arena;
        int status;

        process_protect_secrets();
        if (argp_parse(&argps[change], argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        arena_init(&arena, ARENA_MAX);
        status = run(argv[0], change, &a, &arena);
        arena_done(&arena);
        return status;
}

int command_user_disable(int argc, char **argv) {
        return command(argc, argv, CHANGE_DISABLE);
}

int command_user_enable(int argc, char **argv) {
        return command(argc, argv, CHANGE_ENABLE);
}

int command_user_set_password(int argc, char **argv) {
        return command(argc, argv, CHANGE_PASSWORD);
}
