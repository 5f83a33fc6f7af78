/* One step of talk with PostgreSQL: commands that are sent together, and their answers in the same order. Inside of the
 * driver. */
#pragma once

#include "db/postgres_int.h"

enum {
        /* Deferred inserts; BEGIN, a preparation, the statement, the transaction's number. */
        STEP_RUN_MAX = POSTGRES_DEFERRED_MAX + 4,
        /* A preparation and a question each. */
        STEP_COMMANDS_MAX = 2 * DB_QUESTIONS_MAX,
};
_Static_assert((int)STEP_RUN_MAX <= (int)STEP_COMMANDS_MAX, "a step holds either");

struct postgres_step {
        struct postgres_connection *c;
        unsigned n; /* commands sent */
        bool unsent;
        PGresult *results[STEP_COMMANDS_MAX];
};

/* What was deferred is answered first. */
static inline struct postgres_step postgres_step_begin(struct postgres_connection *c) {
        return (struct postgres_step){ .c = c, .n = c->n_deferred };
}

/* Counts a command.
 *
 * sent   libpq's result of sending it */
void postgres_step_note(struct postgres_step *s, int sent);

/* Sends what is still here and reads the answers. False when the connection was lost: then some of them may be missing. */
_must_use_ bool postgres_step_finish(struct postgres_step *s);

/* The answer that tells why a step failed: those behind it were only skipped. NULL when all are good. */
const PGresult *postgres_step_bad(const struct postgres_step *s);

/* Frees the answers that nobody took. */
void postgres_step_done(struct postgres_step *s);

static inline bool result_good(const PGresult *result) {
        ExecStatusType status = PQresultStatus(result);

        return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}
