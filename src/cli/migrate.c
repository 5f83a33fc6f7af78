/* `gatehouse migrate`: brings the database's schema up to date, as `serve` does by itself when it starts. */
#include <argp.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/settings_args.h"
#include "db/database.h"

static const char doc[] = "Bring the database's schema up to date. `gatehouse serve` does the same when it "
                          "starts; use this to do "
                          "it at a time of your own.\v"
                          "A database that is newer than this program is refused and stays as it is.\n\n"
                          "Example:\n  gatehouse migrate --database sqlite:/var/lib/gatehouse/gatehouse.db";

static error_t parse(int key, char *arg, struct argp_state *state) {
        if (key != ARGP_KEY_INIT)
                return ARGP_ERR_UNKNOWN;
        state->child_inputs[0] = state->input;
        return 0;
}

static const struct argp_child children[] = { { .argp = &settings_argp_database }, { 0 } };
static const struct argp argp = { .parser = parse, .doc = doc, .children = children };

int command_migrate(int argc, char **argv) {
        char text[DATABASE_PROBLEM_MAX];
        struct settings_args args = { 0 };
        struct settings settings;
        struct database *db = NULL;
        unsigned applied = 0, current = 0, newest = 0;
        int r;

        if (argp_parse(&argp, argc, argv, 0, NULL, &args) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &args, &settings) < 0)
                return STATUS_FAILED;
        snprintf(text, sizeof(text), "The version of the database cannot be read.");
        r = database_open(settings.database_url, &db, text);
        if (r >= 0)
                r = database_migrate(db, &applied, text);
        if (r >= 0)
                r = database_version(db, &current, &newest);
        database_close(db);
        if (r < 0) {
                problem(argv[0], "%s", text);
                return STATUS_FAILED;
        }
        printf("The database is at version %u: %u migration%s applied.\n", current, applied,
               applied == 1 ? "" : "s");
        return STATUS_OK;
}
