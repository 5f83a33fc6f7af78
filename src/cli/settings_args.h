/* Settings on the command line: the options that override environment variables, and the reading of all
 * settings. */
#pragma once

#include <argp.h>

#include "base/settings.h"

/* What was given on the command line; NULL where the environment or the default decides. */
struct settings_args {
        const char *listen;
        const char *database;
        const char *public_url;
};

/* Children for a command's argp, whose input is a struct settings_args: --listen, --database and
 * --public-url, or
 * --database alone. Their help comes from the table of settings. */
extern const struct argp settings_argp_serve;
extern const struct argp settings_argp_database;

/* Reads the settings: command line first, then environment, then defaults. What is wrong is said on standard
 * error.
 *
 * who      the command's argv[0]
 * ret      strings are borrowed from `args`, the environment, or constant
 * errors   ERR_SETTINGS
 */
_must_use_ int settings_load(const char *who, const struct settings_args *args, struct settings *ret);

/* The path behind "sqlite:", for messages; of another database the address without its password. */
_must_use_ const char *settings_database_name(const struct settings *s, char *out, size_t capacity);
