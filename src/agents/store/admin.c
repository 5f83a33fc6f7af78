/* What administrators decide about the store. */
#include "account/audit.h"
#include "account/identity.h"
#include "agents/body.h"
#include "agents/store/answer.h"
#include "agents/store/decide.h"
#include "agents/store/offer.h"
#include "agents/store/publish.h"
#include "agents/store/submission.h"
#include "agents/store/submit.h"
#include "agents/store/version.h"

static bool is_status(struct str text) {
        return str_eq(text, STR("PENDING")) || str_eq(text, STR("APPROVED")) || str_eq(text, STR("REJECTED"));
}

int handle_admin_submissions(struct request *req, struct response *res) {
        const struct param *param;
        struct store_count_row total = { 0 };
        struct store_submission_row *rows;
        struct paging paging;
        struct str status;
        size_t n;
        int r;

        request_allow(req, STORE_SUBMISSIONS_BYTES);
        r = paging_read(req, &paging);
        if (r < 0)
                return r;
        param = params_find(&req->query_params, STR("status"));
        status = param ? param->value : STR("PENDING");
        if (!is_status(status)) /* drafts are their authors' own */
                return request_refuse(req, ERR_INVALID_FIELD, "status must be PENDING, APPROVED or REJECTED");
        r = db_store_submissions_by_status_count(req->tx, &req->arena, status, &total);
        if (r >= 0)
                r = db_store_submissions_by_status(req->tx, &req->arena, status, paging.size,
                                                   paging_offset(&paging), &rows, &n);
        if (r < 0)
                return r;
        store_submissions_answer(res, rows, n, total.n, &paging);
        return STEP_DONE;
}

static int publish(struct request *req, int64_t listing_id, int64_t profile_id) {
        int r;

        r = store_listing_publish(req->tx, &req->arena, listing_id);
        if (r >= 0)
                r = store_profile_refresh(req->tx, &req->arena, profile_id);
        return r < 0 ? r : store_changed(req->tx);
}

/* What stands behind it must still be there: its author may have deleted it. */
static int check_graph(struct request *req, const struct store_submission_row *row) {
        struct graph_version_row graph;
        int r;

        r = db_graph_version_find(req->tx, &req->arena, row->graph_id,
                                  row->user_id.ptr ? row->user_id : STR(""), row->graph_version, &graph);
        if (r < 0)
                return r;
        return r > 0 ? 0
                     : request_refuse(req, ERR_GRAPH_NOT_FOUND, "Graph #" STR_FMT " v%lld not found.",
                                      STR_ARG(row->graph_id), (long long)row->graph_version);
}

int store_submission_decide(struct request *req, const struct store_submission_row *row, bool yes,
                            struct str comments) {
        int r = yes ? check_graph(req, row) : 0;

        if (r == 0)
                r = db_store_version_decide(req->tx, row->id, row->submitted_at,
                                            yes ? STR("APPROVED") : STR("REJECTED"), req->identity->user_id,
                                            comments, clock_now(req->context->clock));
        if (r <= 0)
                return r < 0 ? r : -ERR_SUBMISSION_DECIDED;
        r = audit(req, &(struct audit){ yes ? AUDIT_STORE_APPROVED : AUDIT_STORE_REFUSED, .subject = row->id,
                                        .detail = row->slug });
        return r < 0 || !yes ? r : publish(req, row->listing_id, row->profile_id);
}

/* Whether it still is what the administrator has seen, where they say what that was: its author may have changed it. */
static bool is_as_seen(const struct store_submission_row *row, struct str seen) {
        char now[CLOCK_ISO_LENGTH];

        clock_format_iso(row->submitted_at, now);
        return !seen.ptr || str_eq(seen, str_n(now, sizeof(now)));
}

int handle_admin_decide(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct store_submission_row row;
        json_auto_t *body = NULL;
        struct str comments, seen;
        bool yes = false;
        int r;

        r = body_read(req, &body);
        if (r == 0)
                r = body_bool(req, body, "is_approved", &yes);
        if (r == 0)
                r = body_text(req, body, "comments", false, STORE_NOTE_MAX, &comments);
        if (r == 0)
                r = body_text(req, body, "date_submitted", false, CLOCK_ISO_LENGTH, &seen);
        if (r < 0)
                return r;
        if (!yes && (!comments.ptr || str_trim(comments).len == 0))
                return request_refuse_field(req, "comments", "missing", "Say why it is refused");
        r = db_store_submission(req->tx, &req->arena, req->path_params[0], &row);
        if (r <= 0 || str_eq(row.status, STR("DRAFT")))
                return r < 0 ? r : -ERR_SUBMISSION_NOT_FOUND;
        if (!is_as_seen(&row, seen))
                return -ERR_SUBMISSION_CHANGED;
        r = store_submission_decide(req, &row, yes, comments.ptr ? comments : STR(""));
        if (r == 0)
                r = db_store_submission(req->tx, &req->arena, row.id, &row);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        store_submission_answer(&w, &row);
        return STEP_DONE;
}

static int answer_featured(struct response *res, bool is_featured) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_bool(&w, "is_featured", is_featured);
        json_object_end(&w);
        return STEP_DONE;
}

static int read_featured(struct request *req, bool *ret) {
        json_auto_t *body = NULL;
        int r;

        r = body_read(req, &body);
        return r < 0 ? r : body_bool(req, body, "is_featured", ret);
}

int handle_admin_feature(struct request *req, struct response *res) {
        struct store_card_row card;
        struct store_listing_row listing;
        bool is_featured = false;
        int r;

        r = read_featured(req, &is_featured);
        if (r < 0)
                return r;
        r = store_listing_find(req->tx, &req->arena, req->path_params[0], req->path_params[1], &card);
        if (r > 0)
                r = db_store_listing(req->tx, &req->arena, card.id, &listing);
        if (r <= 0)
                return r < 0 ? r : -ERR_LISTING_NOT_FOUND;
        r = db_store_listing_feature(req->tx, card.id, is_featured);
        if (r >= 0)
                r = publish(req, card.id, listing.profile_id);
        if (r == 0)
                r = audit(req,
                          &(struct audit){ AUDIT_ADMIN_CHANGED, .subject = card.slug,
                                           .detail = is_featured ? STR("featured") : STR("not featured") });
        return r < 0 ? r : answer_featured(res, is_featured);
}

int handle_admin_feature_creator(struct request *req, struct response *res) {
        struct store_profile_row profile;
        bool is_featured = false;
        int r;

        r = read_featured(req, &is_featured);
        if (r < 0)
                return r;
        r = db_store_profile_by_username(req->tx, &req->arena, req->path_params[0], &profile);
        if (r <= 0)
                return r < 0 ? r : -ERR_LISTING_NOT_FOUND;
        r = db_store_profile_feature(req->tx, profile.id, is_featured);
        if (r >= 0)
                r = store_profile_refresh(req->tx, &req->arena, profile.id);
        if (r >= 0)
                r = store_changed(req->tx);
        if (r == 0)
                r = audit(req,
                          &(struct audit){ AUDIT_ADMIN_CHANGED, .subject = profile.username,
                                           .detail = is_featured ? STR("featured") : STR("not featured") });
        return r < 0 ? r : answer_featured(res, is_featured);
}
