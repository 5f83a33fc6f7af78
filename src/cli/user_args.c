#include "cli/user_args.h"

#include "cli/output.h"

enum { KEY_EMAIL = 0x2001, KEY_PASSWORD_STDIN, KEY_GENERATE };
enum { OUTPUT_MAX = 64 * 1024 };

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct user_args *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                state->child_inputs[1] = &a->json;
                return 0;
        case KEY_EMAIL:
                a->email = arg;
                return 0;
        case ARGP_KEY_END:
                if (!a->email)
                        argp_error(state, "--email is missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static error_t parse_password(int key, char *arg, struct argp_state *state) {
        struct user_args *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = a;
                return 0;
        case KEY_PASSWORD_STDIN:
                a->password_stdin = true;
                return 0;
        case KEY_GENERATE:
                a->generate = true;
                return 0;
        case ARGP_KEY_END:
                if (a->password_stdin == a->generate)
                        argp_error(state, "give one of --password-stdin and --generate-password");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const struct argp_option options[] = {
        { .name = "email",
          .key = KEY_EMAIL,
          .arg = "EMAIL",
          .doc = "Address that the person signs in with (required)" },
        { 0 },
};

static const struct argp_option options_password[] = {
        { .name = "password-stdin",
          .key = KEY_PASSWORD_STDIN,
          .doc = "Read the password from the first line of standard input" },
        { .name = "generate-password", .key = KEY_GENERATE, .doc = "Make a strong password and print it" },
        { 0 },
};

static const struct argp_child children[] = { { .argp = &settings_argp_database },
                                              { .argp = &output_argp },
                                              { 0 } };
const struct argp user_argp = { .options = options, .parser = parse, .children = children };

static const struct argp_child children_password[] = { { .argp = &user_argp }, { 0 } };
const struct argp user_argp_password = { .options = options_password,
                                         .parser = parse_password,
                                         .children = children_password };

static void write_json(struct strbuf *out, const struct user_row *user, struct str password) {
        struct json_writer w = JSON_WRITER(out);

        json_object_begin(&w);
        json_member_str(&w, "id", user->id);
        json_member_str(&w, "email", user->email);
        json_member_str(&w, "name", user->name);
        json_member_bool(&w, "is_admin", user->is_admin);
        json_member_bool(&w, "is_active", user->is_active);
        if (password.ptr)
                json_member_str(&w, "password", password);
        json_object_end(&w);
        strbuf_append_char(out, '\n');
}

int user_print(const char *who, const struct user_args *args, const char *done, const struct user_row *user,
               struct str password) {
        struct strbuf out = STRBUF_INIT(OUTPUT_MAX);

        if (!args->generate)
                password = STR_NULL;
        if (args->json) {
                write_json(&out, user, password);
        } else {
                strbuf_printf(&out, "%s: " STR_FMT "%s\nUser ID:  " STR_FMT "\n", done, STR_ARG(user->email),
                              user->is_admin ? " (administrator)" : "", STR_ARG(user->id));
                if (password.ptr)
                        strbuf_printf(&out, "Password: " STR_FMT "\n", STR_ARG(password));
        }
        return output_print(who, &out);
}
