/* Schedules: agents that run at the times of a cron line in a time zone (base/cron.h; dialect: Schedules).
 *
 * A schedule's next time stands in its row. Whoever finds it due moves it on and queues the execution in one transaction
 * (schedules_fire()), so whatever dies when, each due time has one execution or none, and it has none only by these rules:
 *
 * - Times that passed while no node ran are made up for by one run, if the last of them is no longer ago than the setting
 *   GATEHOUSE_SCHEDULE_GRACE_SECONDS. Else they are skipped.
 * - While the person's account is disabled, or has all the executions waiting that it may have, due times are skipped.
 * - While credentials that it was given are not there, or are another kind now, due times are skipped.
 * - Once the agent is gone, or its version, the schedule never is due again.
 *
 * What was skipped last, and why, is told with the schedule. */
#pragma once

#include "agents/execution/store.h"
#include "base/cron.h"
#include "base/json_write.h"
#include "db/statements.h"

enum {
        SCHEDULE_ID_LENGTH = 36,     /* UUID */
        SCHEDULE_NAME_MAX = 200,     /* characters */
        SCHEDULE_INPUTS_MAX = 40000, /* bytes of JSON text */
        SCHEDULE_CREDENTIALS_MAX = 8000,
        SCHEDULES_LISTED_MAX = 100, /* in one answer */
        SCHEDULE_TIMES = 5,         /* next ones that are told */
        SCHEDULES_AT_ONCE = 50,     /* that are worked off in one transaction */
};

struct schedule_new {
        struct str user_id, graph_id;
        int64_t graph_version;
        struct str name, cron, timezone;
        struct str inputs, credentials; /* JSON text of objects */
};

/* Checks and stores a schedule.
 *
 * ret      its row; strings are those of `new`, the id is on the arena
 * errors   ERR_CRON with cron_problem; ERR_TIMEZONE; ERR_SCHEDULES_FULL, ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int schedule_create(struct tx *tx, const struct context *context, struct arena *arena,
                               const struct schedule_new *new, struct schedule_row *ret,
                               char cron_problem[CRON_PROBLEM_MAX + 1]);

/* When a line comes next in a zone.
 *
 * after    milliseconds since 1970
 * ret      likewise; 0 for never
 * errors   ERR_CRON, ERR_TIMEZONE, ERR_NO_MEMORY
 */
_must_use_ int schedule_next(struct str cron, struct str timezone, int64_t after, int64_t *ret,
                             char cron_problem[CRON_PROBLEM_MAX + 1]);

/* A schedule as it is answered. */
void schedule_write(struct json_writer *w, const struct schedule_row *row);

struct schedule_batch {
        size_t due;    /* were looked at; SCHEDULES_AT_ONCE if there may be more */
        size_t queued; /* executions: the engine is to be woken after the commit */
        int64_t next; /* when the next of all is due, milliseconds; 0 for never; known when there are no more */
};

/* Works off what is due.
 *
 * ret      set anew with each run
 * errors   ERR_STORAGE, ERR_RANDOM, ERR_NO_MEMORY
 */
_must_use_ int schedules_fire(struct tx *tx, const struct context *context, struct arena *arena,
                              struct schedule_batch *ret);
