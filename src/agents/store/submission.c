/* Agents that people hand in. */
#include "agents/store/submission.h"
#include "account/audit.h"
#include "account/identity.h"
#include "agents/body.h"
#include "agents/paging.h"
#include "agents/store/offer.h"
#include "agents/store/publish.h"
#include "agents/store/submit.h"
#include "agents/store/version.h"

static int my_profile(struct request *req, struct store_profile_row *ret) {
        int r;

        r = db_store_profile_of_user(req->tx, &req->arena, req->identity->user_id, ret);
        return r == 0 ? -ERR_PROFILE_NEEDED : r;
}

/* What the body says: the agent, one of the person's own, and the offer. */
struct sent {
        struct store_offer offer;
        struct store_draft draft;
};

/* DRAFT, or PENDING, which is what is meant when nothing is said. */
static int read_status(struct request *req, const json_t *body, struct str *ret) {
        struct str status;
        int r;

        r = body_text(req, body, "status", false, 20, &status);
        if (r < 0)
                return r;
        *ret = STR("PENDING");
        if (!status.ptr || str_eq(status, *ret))
                return 0;
        *ret = STR("DRAFT");
        if (str_eq(status, *ret))
                return 0;
        return request_refuse_field(req, "status", "enum", "Input should be 'DRAFT' or 'PENDING'");
}

static int read_graph(struct request *req, const json_t *body, struct store_draft *draft) {
        struct graph_version_row row;
        struct str id;
        int64_t version;
        int r;

        r = body_text(req, body, "graph_id", true, 100, &id);
        if (r == 0)
                r = body_int(req, body, "graph_version", 1, INT32_MAX, &version);
        if (r == 0)
                r = db_graph_version_find(req->tx, &req->arena, id, req->identity->user_id, version, &row);
        if (r < 0)
                return r;
        if (r == 0)
                return request_refuse(req, ERR_GRAPH_NOT_FOUND, "Graph #" STR_FMT " v%lld not found.",
                                      STR_ARG(id), (long long)version);
        if (row.parent_id.len)
                return -ERR_GRAPH_IS_PART;
        draft->graph_id = row.graph_id;
        draft->graph_version = row.version;
        return 0;
}

static int read_sent(struct request *req, bool needs_slug, struct sent *ret) {
        json_auto_t *body = NULL;
        struct store_fault fault;
        int r;

        r = body_read(req, &body);
        if (r < 0)
                return r;
        r = store_offer_read(body, needs_slug, &req->arena, &ret->offer, &fault);
        if (r == -ERR_INVALID_FIELD)
                return request_refuse_field(req, fault.field, fault.type, "%s", fault.text);
        ret->draft = (struct store_draft){ .offer = &ret->offer, .source = STR("") };
        if (r == 0)
                r = read_status(req, body, &ret->draft.status);
        return r < 0 ? r : read_graph(req, body, &ret->draft);
}

static int answer_one(struct request *req, struct response *res, struct str id, int status) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct store_submission_row row;
        int r;

        r = db_store_submission(req->tx, &req->arena, id, &row);
        if (r <= 0)
                return r < 0 ? r : -ERR_INTERNAL;
        response_begin(res, status, CONTENT_TYPE_JSON);
        response_no_store(res);
        store_submission_answer(&w, &row);
        return STEP_DONE;
}

int handle_submission_create(struct request *req, struct response *res) {
        struct store_profile_row profile;
        struct store_listing_row listing;
        struct store_version_id_row open;
        char *id = arena_alloc(&req->arena, ID_UUID_LENGTH + 1);
        struct sent sent;
        int r;

        if (!id)
                return -ERR_NO_MEMORY;
        r = read_sent(req, true, &sent);
        if (r == 0)
                r = my_profile(req, &profile);
        if (r < 0)
                return r;
        r = store_listing_open(req->tx, req->context, &req->arena, profile.id, sent.offer.slug,
                               sent.draft.graph_id, &listing);
        if (r == 0)
                r = db_store_version_open(req->tx, &req->arena, listing.id, &open);
        if (r > 0)
                return -ERR_SUBMISSION_OPEN;
        if (r == 0)
                r = store_version_add(req->tx, req->context, listing.id, listing.newest + 1, &sent.draft, id);
        if (r == 0)
                r = audit(req, &(struct audit){ AUDIT_STORE_SUBMITTED, .subject = str_of(id),
                                                .detail = sent.offer.slug });
        return r < 0 ? r : answer_one(req, res, str_of(id), 201);
}

/* One of the person's own; others' are unknown. */
static int find_mine(struct request *req, struct store_submission_row *ret) {
        int r;

        r = db_store_submission(req->tx, &req->arena, req->path_params[0], ret);
        if (r < 0)
                return r;
        if (r == 0 || ret->withdrawn_at > 0 || !str_eq(ret->user_id, req->identity->user_id))
                return -ERR_SUBMISSION_NOT_FOUND;
        return 0;
}

int handle_submission(struct request *req, struct response *res) {
        struct store_submission_row row;
        int r;

        r = find_mine(req, &row);
        return r < 0 ? r : answer_one(req, res, row.id, 200);
}

int handle_submission_change(struct request *req, struct response *res) {
        struct store_submission_row row;
        struct store_listing_row listing;
        struct sent sent;
        int r;

        r = find_mine(req, &row);
        if (r < 0)
                return r;
        if (str_eq(row.status, STR("APPROVED")))
                return -ERR_SUBMISSION_DECIDED;
        r = read_sent(req, false, &sent);
        if (r == 0)
                r = store_listing_open(req->tx, req->context, &req->arena, row.profile_id, row.slug,
                                       sent.draft.graph_id, &listing);
        if (r == 0)
                r = store_version_change(req->tx, req->context, row.id, row.status, &sent.draft);
        if (r == 0)
                r = audit(req,
                          &(struct audit){ AUDIT_STORE_SUBMITTED, .subject = row.id, .detail = row.slug });
        return r < 0 ? r : answer_one(req, res, row.id, 200);
}

/* What was approved leaves the store; what was not is forgotten. */
static int take_back(struct request *req, const struct store_submission_row *row) {
        int r;

        if (!str_eq(row->status, STR("APPROVED"))) {
                r = db_store_version_delete(req->tx, row->id);
                if (r == 0)
                        return -ERR_SUBMISSION_DECIDED; /* just now */
                return r < 0 ? r : MIN_OF(db_store_listing_delete_empty(req->tx, row->listing_id), 0);
        }
        r = db_store_version_withdraw(req->tx, row->id, clock_now(req->context->clock));
        if (r >= 0)
                r = store_listing_publish(req->tx, &req->arena, row->listing_id);
        if (r >= 0)
                r = store_profile_refresh(req->tx, &req->arena, row->profile_id);
        return r < 0 ? r : store_changed(req->tx);
}

int handle_submission_remove(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct store_submission_row row;
        int r;

        r = find_mine(req, &row);
        if (r == 0)
                r = take_back(req, &row);
        if (r == 0)
                r = audit(req,
                          &(struct audit){ AUDIT_STORE_WITHDRAWN, .subject = row.id, .detail = row.slug });
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_bool(&w, "deleted", true);
        json_object_end(&w);
        return STEP_DONE;
}

int handle_submissions(struct request *req, struct response *res) {
        struct store_count_row total = { 0 };
        struct store_submission_row *rows;
        struct paging paging;
        size_t n;
        int r;

        request_allow(req, STORE_SUBMISSIONS_BYTES);
        r = paging_read(req, &paging);
        if (r == 0)
                r = db_store_submissions_of_user_count(req->tx, &req->arena, req->identity->user_id, &total);
        if (r >= 0)
                r = db_store_submissions_of_user(req->tx, &req->arena, req->identity->user_id, paging.size,
                                                 paging_offset(&paging), &rows, &n);
        if (r < 0)
                return r;
        store_submissions_answer(res, rows, n, total.n, &paging);
        return STEP_DONE;
}
