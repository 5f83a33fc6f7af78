/* `gatehouse reset-clock`: forgets the greatest time that servers on this database have seen (db/node.h). For the case that
 * `serve` refuses to start because another machine's clock had gone wrong. */
#include <argp.h>
#include <stdio.h>

#include "base/errors.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/settings_args.h"
#include "cli/tool_database.h"
#include "db/statements.h"

static error_t parse(int key, char *arg, struct argp_state *state) {
        if (key != ARGP_KEY_INIT)
                return ARGP_ERR_UNKNOWN;
        state->child_inputs[0] = state->input;
        return 0;
}

static const char doc[] =
        "Forget the greatest time that any server's clock had. A server begins no earlier than that, so that "
        "nothing that "
        "has expired becomes valid again, and refuses to start when it is more than a day ahead.\v"
        "Only when that time was wrong, and only while no server runs on the database: a running one would "
        "note its time "
        "again. What was issued under the wrong clock ends later than it should; `gatehouse revoke-all` ends "
        "it.\n\n"
        "Example:\n  gatehouse reset-clock --database sqlite:/var/lib/gatehouse/gatehouse.db";

static const struct argp_child children[] = { { .argp = &settings_argp_database }, { 0 } };
static const struct argp argp = { .parser = parse, .doc = doc, .children = children };

static int forget(struct tx *tx, void *data) {
        return db_node_clocks_forget(tx);
}

int command_reset_clock(int argc, char **argv) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        struct settings_args args = { 0 };
        struct settings settings;
        int r;

        if (argp_parse(&argp, argc, argv, 0, NULL, &args) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &args, &settings) < 0 || tool_database_open(argv[0], &settings, &db) < 0)
                return STATUS_FAILED;
        if (command_audit(argv[0], db, &(struct audit){ .event = AUDIT_CLOCK_RESET }) < 0)
                return STATUS_FAILED;
        r = database_write_now(db, forget, NULL);
        if (r < 0) {
                problem(argv[0], STR_FMT, STR_ARG(error_row(r)->text));
                return STATUS_FAILED;
        }
        puts("Servers begin at the time of their machine's clock again.");
        return STATUS_OK;
}
