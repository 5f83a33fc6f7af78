#include "agents/schedule/schedule.h"

#include <stdlib.h>

#include "account/audit.h"
#include "agents/execution/credentials.h"
#include "base/errors.h"
#include "base/log.h"

/* What becomes of one that is due. */
struct verdict {
        int64_t next;        /* milliseconds; 0: never again */
        const char *problem; /* why it does not run; NULL if it does */
};

/* By its times alone. */
static void judge_time(const struct context *context, const struct due_schedule_row *row, int64_t now,
                       struct verdict *ret) {
        int64_t grace = context->settings->schedule_grace, due = row->next_run / 1000, next;
        char problem[CRON_PROBLEM_MAX + 1];
        const struct timezone_data *zone;
        struct cron cron;

        *ret = (struct verdict){ 0 };
        if (cron_parse(row->cron, &cron, problem) < 0 || timezone_find(row->timezone, &zone) < 0) {
                ret->problem = "The time zone, or the cron line, is not known any more";
                return;
        }
        now /= 1000;
        if (cron_next(&cron, zone, now, &next))
                ret->next = next * 1000;
        /* Of all that was missed the last counts: whether one lies within the grace. */
        if (due < now - grace && (!cron_next(&cron, zone, now - grace - 1, &due) || due > now))
                ret->problem = "The server was not running at that time";
}

/* Whether there still is somebody to run it, and something to run. */
static int judge(struct tx *tx, const struct context *context, struct arena *arena,
                 const struct due_schedule_row *row, int64_t now, struct verdict *ret) {
        struct graph_count_row graph;
        int r;

        judge_time(context, row, now, ret);
        if (ret->problem)
                return 0;
        if (!row->is_active) {
                ret->problem = "The account is disabled";
                return 0;
        }
        r = db_graph_runnable(tx, arena, row->graph_id, row->user_id, row->graph_version, &graph);
        if (r == 0)
                *ret = (struct verdict){ .problem = "The agent does not exist any more" };
        if (r <= 0)
                return r;
        r = execution_credentials_held(tx, arena, row->user_id, row->credentials);
        if (r == 0)
                ret->problem = "The credentials that it runs with do not exist any more";
        return MIN_OF(r, 0);
}

static int queue(struct tx *tx, const struct context *context, struct arena *arena,
                 const struct due_schedule_row *row, struct verdict *verdict,
                 char ret_id[EXECUTION_ID_LENGTH + 1]) {
        const struct execution_new new = { .user_id = row->user_id,
                                           .graph_id = row->graph_id,
                                           .version = row->graph_version,
                                           .inputs = row->inputs,
                                           .credentials = row->credentials };
        int r;

        r = execution_create(tx, context, arena, &new, ret_id);
        if (r == -ERR_EXECUTIONS_MANY)
                verdict->problem = "Too many executions were under way already";
        else if (r == -ERR_STORAGE_FULL)
                verdict->problem = "There was no storage left for more executions";
        return verdict->problem ? 0 : r;
}

static int fire_one(struct tx *tx, const struct context *context, struct arena *arena,
                    const struct due_schedule_row *row, struct schedule_batch *batch) {
        int64_t now = clock_now(context->clock);
        char execution_id[EXECUTION_ID_LENGTH + 1];
        struct verdict verdict;
        int r;

        r = judge(tx, context, arena, row, now, &verdict);
        if (r == 0 && !verdict.problem)
                r = queue(tx, context, arena, row, &verdict, execution_id);
        if (r < 0)
                return r;
        if (!verdict.problem)
                r = audit_job(context, tx, "scheduler",
                              &(struct audit){ AUDIT_EXECUTION_STARTED, .user_id = row->user_id,
                                               .subject = str_of(execution_id), .detail = row->id });
        if (r < 0)
                return r;
        if (verdict.problem)
                LOG(LOG_INFO, "a schedule was skipped", LOG_STR("schedule", row->id),
                    LOG_STR("reason", str_of(verdict.problem)));
        else
                batch->queued++;
        r = verdict.problem
                    ? db_schedule_skipped(tx, row->id, row->next_run, verdict.next, str_of(verdict.problem))
                    : db_schedule_ran(tx, row->id, row->next_run, verdict.next, now, str_of(execution_id));
        /* The row was locked, or there is one writer: nobody else can have moved it on. All of this is undone if so. */
        return r == 0 ? -ERR_CONFLICT : MIN_OF(r, 0);
}

/* Each batch goes through its people in the same order, as they are locked one after the other. */
static int by_person(const void *a, const void *b) {
        const struct due_schedule_row *x = a, *y = b;
        int r = memcmp(x->user_id.ptr, y->user_id.ptr, MIN_OF(x->user_id.len, y->user_id.len));

        return r != 0 ? r : (x->next_run > y->next_run) - (x->next_run < y->next_run);
}

int schedules_fire(struct tx *tx, const struct context *context, struct arena *arena,
                   struct schedule_batch *ret) {
        struct schedule_time_row next = { 0 };
        struct due_schedule_row *rows = NULL;
        size_t n = 0;
        int r;

        *ret = (struct schedule_batch){ 0 };
        r = db_schedules_due(tx, arena, clock_now(context->clock), SCHEDULES_AT_ONCE, &rows, &n);
        if (r >= 0 && n > 1)
                qsort(rows, n, sizeof(*rows), by_person);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = fire_one(tx, context, arena, &rows[i], ret);
        ret->due = n;
        if (r < 0 || n == SCHEDULES_AT_ONCE)
                return MIN_OF(r, 0);
        r = db_schedules_next(tx, arena, &next);
        ret->next = next.next_run;
        return MIN_OF(r, 0);
}
