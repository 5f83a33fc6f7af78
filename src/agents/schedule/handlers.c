#include "agents/schedule/handlers.h"

#include "account/audit.h"
#include "account/identity.h"
#include "agents/execution/check.h"
#include "agents/paging.h"
#include "agents/schedule/read.h"
#include "agents/schedule/schedule.h"
#include "base/log.h"

enum {
        ROWS_MAX = SCHEDULES_LISTED_MAX *
                   (SCHEDULE_INPUTS_MAX + SCHEDULE_CREDENTIALS_MAX + 4096), /* bytes of one answer's rows */
};

static int refuse_unknown(struct request *req, struct str id) {
        return request_refuse(req, ERR_SCHEDULE_NOT_FOUND, "Schedule #" STR_FMT " not found",
                              STR_ARG(str_first(id, 100)));
}

static int answer(struct response *res, const struct schedule_row *row) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        schedule_write(&w, row);
        return STEP_DONE;
}

/* Who calls is found out before the first step, with the database; all else is left to a thread that may take its time. */
int handle_schedule_admit(struct request *req _unused_, struct response *res _unused_) {
        return STEP_NEXT;
}

int handle_schedule_prepare(struct request *req, struct response *res _unused_) {
        struct schedule_new *new = arena_new(&req->arena, struct schedule_new);
        int r;

        req->step_data = new;
        if (!new)
                return -ERR_NO_MEMORY;
        r = schedule_read(req, new);
        if (r < 0)
                return r;
        r = execution_check(req, new->graph_id, new->graph_version, new->inputs, new->credentials,
                            &new->graph_version);
        return r < 0 ? r : STEP_NEXT;
}

int handle_schedule_create(struct request *req, struct response *res) {
        const struct schedule_new *new = req->step_data;
        char problem[CRON_PROBLEM_MAX + 1];
        struct schedule_row row;
        int r;

        r = schedule_create(req->tx, req->context, &req->arena, new, &row, problem);
        if (r < 0)
                return r;
        r = audit(req, &(struct audit){ AUDIT_SCHEDULE_CREATED, .subject = row.id, .detail = row.name });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "schedule created", LOG_STR("schedule", row.id), LOG_STR("graph", row.graph_id),
            LOG_STR("user", row.user_id));
        return answer(res, &row);
}

/* Page by page, as one array. */
static int list(struct request *req, struct response *res, struct str graph_id) {
        _cleanup_(arena_done) struct arena arena;
        struct json_writer w = JSON_WRITER(&res->body);
        struct schedule_row *rows = NULL;
        struct paging page = { .page = 1, .size = SCHEDULES_LISTED_MAX };
        size_t n = 0;
        int r;

        arena_init(&arena, ROWS_MAX);
        r = paging_read_number(req, "page", "Page", INT32_MAX, &page.page);
        if (r < 0)
                return r;
        r = db_schedules_list(req->tx, &arena, req->identity->user_id, graph_id, page.size,
                              paging_offset(&page), &rows, &n);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                schedule_write(&w, &rows[i]);
        json_array_end(&w);
        return STEP_DONE;
}

int handle_schedules_of_graph(struct request *req, struct response *res) {
        return list(req, res, req->path_params[0]);
}

int handle_schedules(struct request *req, struct response *res) {
        return list(req, res, STR(""));
}

/* The schedule that the path names, if it is the person's. */
static int find(struct request *req, struct schedule_row *ret) {
        struct str id = req->path_params[0];
        int r;

        r = db_schedule_find(req->tx, &req->arena, id, req->identity->user_id, ret);
        if (r == 0)
                return refuse_unknown(req, id);
        return MIN_OF(r, 0);
}

int handle_schedule(struct request *req, struct response *res) {
        struct schedule_row row;
        int r;

        r = find(req, &row);
        return r < 0 ? r : answer(res, &row);
}

int handle_schedule_delete(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct str id = req->path_params[0];
        int r;

        r = db_schedule_delete(req->tx, id, req->identity->user_id);
        if (r <= 0)
                return r < 0 ? r : refuse_unknown(req, id);
        r = audit(req, &(struct audit){ AUDIT_SCHEDULE_CANCELLED, .subject = id });
        if (r < 0)
                return r;
        LOG(LOG_INFO, "schedule deleted", LOG_STR("schedule", id), LOG_STR("user", req->identity->user_id));
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "id", id);
        json_object_end(&w);
        return STEP_DONE;
}

/* One that is paused already stays so. */
int handle_schedule_pause(struct request *req, struct response *res) {
        struct schedule_row row;
        int r;

        r = db_schedule_pause(req->tx, req->path_params[0], req->identity->user_id,
                              clock_now(req->context->clock));
        if (r > 0)
                r = audit(req, &(struct audit){ AUDIT_SCHEDULE_PAUSED, .subject = req->path_params[0] });
        if (r < 0)
                return r;
        r = find(req, &row);
        return r < 0 ? r : answer(res, &row);
}

/* Goes on with its next time; what came while it was paused is left out. */
int handle_schedule_resume(struct request *req, struct response *res) {
        int64_t now = clock_now(req->context->clock), next;
        char problem[CRON_PROBLEM_MAX + 1];
        struct schedule_row row;
        int r;

        r = find(req, &row);
        if (r < 0)
                return r;
        r = schedule_next(row.cron, row.timezone, now, &next, problem);
        if (r == -ERR_TIMEZONE)
                return request_refuse(req, ERR_TIMEZONE, "The time zone " STR_FMT " is not known any more",
                                      STR_ARG(row.timezone));
        if (r < 0)
                return r;
        r = db_schedule_resume(req->tx, row.id, row.user_id, next, now);
        if (r > 0)
                r = audit(req, &(struct audit){ AUDIT_SCHEDULE_RESUMED, .subject = row.id });
        if (r < 0)
                return r;
        r = find(req, &row);
        return r < 0 ? r : answer(res, &row);
}
