/* `oauth-tool hash-secret` and `oauth-tool validate-secret`: client secrets as the database keeps them. */
#include <argp.h>
#include <stdio.h>

#include "base/errors.h"
#include "cli/command.h"
#include "cli/process.h"
#include "oauth/client_secret.h"

enum { OPERANDS_MAX = 3 };

struct operands {
        const char *given[OPERANDS_MAX];
        unsigned n, wanted;
};

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct operands *o = state->input;

        switch (key) {
        case ARGP_KEY_ARG:
                if (o->n == o->wanted)
                        argp_error(state, "there is one argument too many: '%s'", arg);
                o->given[o->n++] = arg;
                return 0;
        case ARGP_KEY_END:
                if (o->n < o->wanted)
                        argp_error(state, "%u argument%s missing", o->wanted - o->n,
                                   o->wanted - o->n == 1 ? " is" : "s are");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const struct argp argp_hash = {
        .parser = parse,
        .args_doc = "SECRET",
        .doc = "Hash a client secret as the database keeps it: scrypt (N=16384, r=8, p=1), hash and salt in "
               "hex.\v"
               "Other users of this machine can see a command's arguments: hash secrets that matter where "
               "you are alone.\n\n"
               "Example:\n  oauth-tool hash-secret agpt_secret_...",
};

static const struct argp argp_validate = {
        .parser = parse,
        .args_doc = "SECRET HASH SALT",
        .doc = "Check a client secret against its hash and salt. With an empty SALT the hash is a SHA-256.\v"
               "Exit status: 0 when the secret is valid, 1 when it is not.\n\n"
               "Example:\n  oauth-tool validate-secret agpt_secret_... 0a1b... 2c3d...",
};

int command_hash_secret(int argc, char **argv) {
        char hash[CLIENT_SECRET_HEX_LENGTH], salt[CLIENT_SECRET_HEX_LENGTH];
        struct operands o = { .wanted = 1 };
        int r;

        process_protect_secrets();
        if (argp_parse(&argp_hash, argc, argv, 0, NULL, &o) != 0)
                return STATUS_USAGE;
        r = client_secret_hash(str_of(o.given[0]), &random_system, hash, salt);
        if (r < 0) {
                problem(argv[0], STR_FMT, STR_ARG(error_row(r)->text));
                return STATUS_FAILED;
        }
        printf("Hash: %.*s\nSalt: %.*s\n", CLIENT_SECRET_HEX_LENGTH, hash, CLIENT_SECRET_HEX_LENGTH, salt);
        if (!str_starts_with(str_of(o.given[0]), STR("agpt_")))
                problem(argv[0],
                        "warning: a secret that does not begin with \"agpt_\" is refused at sign-in");
        return STATUS_OK;
}

int command_validate_secret(int argc, char **argv) {
        struct operands o = { .wanted = 3 };

        process_protect_secrets();
        if (argp_parse(&argp_validate, argc, argv, 0, NULL, &o) != 0)
                return STATUS_USAGE;
        if (!client_secret_verify(str_of(o.given[0]), str_of(o.given[1]),
                                  *o.given[2] ? str_of(o.given[2]) : STR_NULL)) {
                fputs("✗ Secret is invalid!\n", stderr);
                return STATUS_FAILED;
        }
        puts("✓ Secret is valid!");
        return STATUS_OK;
}
