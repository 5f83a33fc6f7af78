/* What the commands for people's accounts share: whose account, where a password comes from, and what they print. */
#pragma once

#include "account/user.h"
#include "cli/settings_args.h"

struct user_args {
        struct settings_args settings;
        const char *email; /* given, once parsed */
        bool password_stdin, generate, json;
};

/* Children for a command's argp, whose input is a struct user_args: --email, --json and --database; the second also takes
 * one of --password-stdin and --generate-password. */
extern const struct argp user_argp, user_argp_password;

/* Prints an account.
 *
 * who        the command's argv[0]
 * done       what was done with it, as in "Account enabled"
 * password   printed where it was made (--generate-password)
 * returns    an exit status
 */
_must_use_ int user_print(const char *who, const struct user_args *args, const char *done,
                          const struct user_row *user, struct str password);
