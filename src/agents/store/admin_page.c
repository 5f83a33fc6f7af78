/* /admin/submissions: agents that people handed in, and what an administrator says to them. */
#include "account/admin.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/identity.h"
#include "account/moment.h"
#include "agents/paging.h"
#include "agents/store/decide.h"
#include "agents/store/offer.h"
#include "agents/store/submission.h"
#include "agents/store/submit.h"
#include "base/context.h"
#include "pages/page.h"

enum { COMMENT_SHOWN_MAX = 16 * 1024 };

static const char path[] = "/admin/submissions";

static const struct status {
        struct str name;
        struct str label;
} statuses[] = {
        { STR_INIT("PENDING"), TEXT_INIT("Waiting") },
        { STR_INIT("APPROVED"), TEXT_INIT("Approved") },
        { STR_INIT("REJECTED"), TEXT_INIT("Refused") },
};

static const struct status *status_named(struct str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++)
                if (str_eq(statuses[i].name, name))
                        return &statuses[i];
        return NULL;
}

static json_t *tabs_json(struct request *req, const struct status *chosen) {
        json_t *list = json_array();

        for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++) {
                json_t *tab = json_object();

                form_set(&tab, "url",
                         arena_printf(&req->arena, "%s?status=" STR_FMT, path, STR_ARG(statuses[i].name)));
                form_set_text(req, &tab, "label", statuses[i].label);
                form_set_bool(&tab, "current", &statuses[i] == chosen);
                json_array_append_new(list, tab);
        }
        return list;
}

static json_t *submission_json(struct request *req, const struct store_submission_row *row) {
        const struct status *status = status_named(row->status);
        json_t *data = json_object();

        form_set(&data, "url", arena_printf(&req->arena, "%s/" STR_FMT, path, STR_ARG(row->id)));
        form_set(&data, "name", row->name);
        form_set(&data, "sub_heading", row->sub_heading);
        form_set(&data, "creator", row->username);
        form_set_text(req, &data, "status", status ? status->label : STR_NULL);
        form_set_object(&data, "number", json_integer(row->number));
        form_set_object(&data, "submitted", moment_json(req, row->submitted_at));
        return data;
}

static uint64_t page_number(struct request *req) {
        uint64_t page = 1;

        if (!str_to_uint(admin_query(req, "page", ADMIN_SEARCH_MAX), 100000, &page) || page == 0)
                return 1;
        return page;
}

static void set_pages(struct request *req, json_t **data, const struct status *status, uint64_t page,
                      bool more) {
        if (page > 1)
                form_set(data, "previous_url",
                         arena_printf(&req->arena, "%s?status=" STR_FMT "&page=%llu", path,
                                      STR_ARG(status->name), (unsigned long long)page - 1));
        if (more)
                form_set(data, "next_url",
                         arena_printf(&req->arena, "%s?status=" STR_FMT "&page=%llu", path,
                                      STR_ARG(status->name), (unsigned long long)page + 1));
}

int handle_admin_submissions_page(struct request *req, struct response *res) {
        struct store_submission_row *rows;
        const struct status *status;
        json_t *data, *list;
        uint64_t page;
        size_t n;
        int r;

        request_allow(req, STORE_SUBMISSIONS_BYTES);
        r = request_parse_query(req);
        if (r < 0)
                return r;
        status = status_named(admin_query(req, "status", ADMIN_SEARCH_MAX));
        if (!status)
                status = &statuses[0];
        page = page_number(req);
        r = db_store_submissions_by_status(req->tx, &req->arena, status->name, PAGE_SIZE + 1,
                                           (int64_t)(page - 1) * PAGE_SIZE, &rows, &n);
        if (r < 0)
                return r;
        list = json_array();
        for (size_t i = 0; i < MIN_OF(n, (size_t)PAGE_SIZE); i++)
                json_array_append_new(list, submission_json(req, &rows[i]));
        data = admin_data(req, "submissions");
        form_set_object(&data, "tabs", tabs_json(req, status));
        form_set_bool(&data, "found", n > 0);
        form_set_object(&data, "submissions", list);
        set_pages(req, &data, status, page, n > PAGE_SIZE);
        return page_respond(req->context->theme, res, 200, "admin_submissions", data);
}

/* --- one of them --- */

/* Texts of a JSON array. */
static json_t *texts_json(struct str text) {
        json_t *list = json_loadb(text.ptr, text.len, 0, NULL);

        return json_is_array(list) ? list : json_array();
}

static void set_details(struct request *req, json_t **data, const struct store_submission_row *row) {
        form_set(data, "description", row->description);
        form_set(data, "instructions", row->instructions);
        form_set(data, "changes", row->changes_summary);
        form_set(data, "video_url", row->video_url);
        form_set(data, "demo_url", row->output_demo_url);
        form_set(data, "cron", row->recommended_schedule_cron);
        form_set_object(data, "images", texts_json(row->image_urls));
        form_set_object(data, "categories", texts_json(row->categories));
        form_set(data, "graph",
                 arena_printf(&req->arena, STR_FMT " version %lld", STR_ARG(row->graph_id),
                              (long long)row->graph_version));
        form_set(data, "slug", row->slug);
        form_set_object(data, "reviewed", moment_json(req, row->reviewed_at));
        form_set(data, "review", row->review_comments);
        if (row->user_id.ptr)
                form_set(data, "owner_url",
                         arena_printf(&req->arena, "/admin/people/" STR_FMT, STR_ARG(row->user_id)));
}

static int show(struct request *req, struct response *res, int status, const struct store_submission_row *row,
                struct str problem, struct str failed) {
        json_t *data = admin_data(req, "submissions"), *one = submission_json(req, row);

        set_details(req, &one, row);
        form_set_object(&data, "submission", one);
        form_set(&data, "action", arena_printf(&req->arena, "%s/" STR_FMT, path, STR_ARG(row->id)));
        form_set(&data, "seen", arena_printf(&req->arena, "%lld", (long long)row->submitted_at));
        form_set_bool(&data, "open", str_eq(row->status, STR("PENDING")));
        form_set(&data, "comments", form_echo(req, "comments", COMMENT_SHOWN_MAX));
        form_set_text(req, &data, "error", problem);
        form_set(&data, "failed", failed);
        return page_respond(req->context->theme, res, status, "admin_submission", data);
}

static int find_one(struct request *req, struct store_submission_row *ret) {
        int r = db_store_submission(req->tx, &req->arena, req->path_params[0], ret);

        if (r < 0)
                return r;
        return r == 0 || str_eq(ret->status, STR("DRAFT")) ? -ERR_NOT_FOUND : 0;
}

int handle_admin_submission_page(struct request *req, struct response *res) {
        struct store_submission_row row;
        int r;

        request_allow(req, STORE_SUBMISSIONS_BYTES);
        r = find_one(req, &row);
        return r < 0 ? r : show(req, res, 200, &row, STR_NULL, STR_NULL);
}

/* What stands between the administrator and the decision, in words; the page then shows what is there now. */
static bool is_in_the_way(int result) {
        return result == -ERR_SUBMISSION_DECIDED || result == -ERR_SUBMISSION_CHANGED ||
               result == -ERR_GRAPH_NOT_FOUND;
}

int handle_admin_submission_form(struct request *req, struct response *res) {
        struct str comments, problem = STR_NULL, decision = STR_NULL, seen = STR_NULL;
        struct store_submission_row row;
        uint64_t submitted_at;
        bool yes;
        int r;

        request_allow(req, STORE_SUBMISSIONS_BYTES);
        r = form_text(req, "comments", STORE_NOTE_MAX, &comments, &problem);
        if (r == 0)
                r = request_text(req, "decision", ADMIN_SEARCH_MAX, &decision);
        if (r == 0)
                r = request_text(req, "seen", ADMIN_SEARCH_MAX, &seen);
        if (r == 0)
                r = find_one(req, &row);
        if (r < 0)
                return r;
        yes = str_eq(decision, STR("approve"));
        if ((!yes && !str_eq(decision, STR("refuse"))) || !str_to_uint(seen, INT64_MAX, &submitted_at))
                return -ERR_BAD_REQUEST;
        if (!problem.ptr && !yes && str_trim(comments).len == 0)
                problem = TEXT("Say why it is refused: its maker reads this");
        if (problem.ptr)
                return show(req, res, error_row(-ERR_INVALID_FIELD)->other_status, &row, problem, STR_NULL);
        r = (int64_t)submitted_at == row.submitted_at ? store_submission_decide(req, &row, yes, comments)
                                                      : -ERR_SUBMISSION_CHANGED;
        if (is_in_the_way(r))
                return show(req, res, error_row(r)->other_status, &row, STR_NULL,
                            req->error_detail.ptr ? req->error_detail : error_row(r)->text);
        return r < 0 ? r : frame_done(res, path, yes ? "submission-approved" : "submission-refused");
}
