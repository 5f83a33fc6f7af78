#include "agents/schedule/schedule.h"

#include "account/quota.h"
#include "base/errors.h"

int schedule_next(struct str line, struct str timezone, int64_t after, int64_t *ret,
                  char cron_problem[CRON_PROBLEM_MAX + 1]) {
        const struct timezone_data *zone;
        struct cron cron;
        int64_t next;
        int r;

        r = cron_parse(line, &cron, cron_problem);
        if (r == 0)
                r = timezone_find(timezone, &zone);
        if (r < 0)
                return r;
        *ret = cron_next(&cron, zone, after / 1000, &next) ? next * 1000 : 0;
        return 0;
}

int schedule_create(struct tx *tx, const struct context *context, struct arena *arena,
                    const struct schedule_new *new, struct schedule_row *ret,
                    char cron_problem[CRON_PROBLEM_MAX + 1]) {
        int64_t now = clock_now(context->clock), next;
        struct schedule_count_row count = { 0 };
        char *id;
        int r;

        r = schedule_next(new->cron, new->timezone, now, &next, cron_problem);
        if (r < 0)
                return r;
        r = quota_check_storage(tx, context, arena, new->user_id, 0); /* the person's others wait */
        if (r == 0)
                r = db_schedules_count(tx, arena, new->user_id, &count);
        if (r < 0)
                return r;
        if (count.n >= context->settings->schedules_per_person)
                return -ERR_SCHEDULES_FULL;
        id = arena_alloc(arena, SCHEDULE_ID_LENGTH);
        if (!id)
                return -ERR_NO_MEMORY;
        r = id_uuid(context->clock, context->random, id);
        if (r < 0)
                return r;
        *ret = (struct schedule_row){
                .id = str_n(id, SCHEDULE_ID_LENGTH),
                .user_id = new->user_id,
                .graph_id = new->graph_id,
                .graph_version = new->graph_version,
                .name = new->name,
                .cron = new->cron,
                .timezone = new->timezone,
                .inputs = new->inputs,
                .credentials = new->credentials,
                .next_run = next,
                .created_at = now,
        };
        r = db_schedule_insert(tx, ret->id, new->user_id, new->graph_id, new->graph_version, new->name,
                               new->cron, new->timezone, new->inputs, new->credentials, next, now);
        return MIN_OF(r, 0);
}
