/* The command line: programs, their commands, and how a command ends. One binary holds all programs; the name
 * under which it was started decides which of them it is. */
#pragma once

#include "base/attributes.h"

/* What a command's run function returns, and the process's exit status. */
enum exit_status {
        STATUS_OK = 0,
        STATUS_FAILED = 1, /* the command was understood, and could not be done */
        STATUS_USAGE = 2,  /* the command was not understood */
        STATUS_PARTLY = 3, /* done, but for rows of a file that were left out and told */
};

struct command {
        const char *name;    /* "serve", "user create" */
        const char *summary; /* one line for the list of commands */
        /* argv[0] is program and command, "gatehouse user create", as help and errors show it. */
        int (*run)(int argc, char **argv);
};

enum { COMMANDS_MAX = 32 };

struct program {
        const char *name;
        const char *summary;
        struct command commands[COMMANDS_MAX + 1]; /* ends with one without a name */
};

extern const struct program program_gatehouse;
extern const struct program program_oauth_tool;

/* Finds the command that argv names, and runs it. Handles --help, --version and `help COMMAND`. Returns an
 * exit status. */
_must_use_ int program_run(const struct program *program, int argc, char **argv);

/* Says on standard error what went wrong: "gatehouse serve: …". `who` is the command's argv[0]. */
_printf_(2, 3) void problem(const char *who, const char *format, ...);

/* The commands. */
int command_serve(int argc, char **argv);
int command_user_create(int argc, char **argv);
int command_user_disable(int argc, char **argv);
int command_user_enable(int argc, char **argv);
int command_user_set_password(int argc, char **argv);
int command_cleanup(int argc, char **argv);
int command_revoke_all(int argc, char **argv);
int command_import_platform(int argc, char **argv);
int command_store_import(int argc, char **argv);
int command_reset_clock(int argc, char **argv);
int command_vault_rotate_key(int argc, char **argv);
int command_vault_check(int argc, char **argv);
int command_audit_verify(int argc, char **argv);
int command_audit_export(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_export_api_schema(int argc, char **argv);
int command_version(int argc, char **argv);
int command_generate_app(int argc, char **argv);
int command_hash_secret(int argc, char **argv);
int command_validate_secret(int argc, char **argv);
int command_test_server(int argc, char **argv);
