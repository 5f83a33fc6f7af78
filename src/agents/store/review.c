/* Stars and comments of those who ran an agent of the store. */
#include "account/audit.h"
#include "account/identity.h"
#include "agents/body.h"
#include "agents/store/listing.h"
#include "agents/store/offer.h"
#include "agents/store/publish.h"
#include "agents/store/submit.h"
#include "base/json_write.h"

enum { SCORE_MIN = 1, SCORE_MAX = 5 };

static int find(struct request *req, struct store_listing_row *ret) {
        struct store_card_row card;
        int r;

        r = store_listing_find(req->tx, &req->arena, req->path_params[0], req->path_params[1], &card);
        if (r > 0)
                r = db_store_listing(req->tx, &req->arena, card.id, ret);
        if (r != 0)
                return r < 0 ? r : 0;
        return request_refuse(req, ERR_LISTING_NOT_FOUND, "Agent " STR_FMT "/" STR_FMT " not found",
                              STR_ARG(str_first(req->path_params[0], STORE_USERNAME_MAX)),
                              STR_ARG(str_first(req->path_params[1], STORE_SLUG_MAX)));
}

/* Who runs an agent knows it; who made it is no judge of it. */
static int check_may(struct request *req, const struct store_listing_row *listing) {
        struct store_count_row runs = { 0 };
        struct store_profile_row creator;
        int r;

        r = db_store_profile(req->tx, &req->arena, listing->profile_id, &creator);
        if (r < 0)
                return r;
        if (r > 0 && str_eq(creator.user_id, req->identity->user_id))
                return -ERR_REVIEW_OWN;
        r = db_store_run_of_user(req->tx, &req->arena, listing->id, req->identity->user_id, &runs);
        if (r < 0)
                return r;
        return runs.n > 0 ? 0 : -ERR_REVIEW_NOT_RUN;
}

static int answer(struct request *req, struct response *res, int64_t listing_id) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct store_review_row row;
        int r;

        r = db_store_review(req->tx, &req->arena, listing_id, req->identity->user_id, &row);
        if (r <= 0)
                return r < 0 ? r : -ERR_RATING_NOT_FOUND;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_int(&w, "score", row.score);
        json_member_str(&w, "comments", row.comments);
        json_member_time(&w, "created_at", row.created_at);
        json_member_time(&w, "updated_at", row.updated_at);
        json_object_end(&w);
        return STEP_DONE;
}

/* The counts change by what this review changes; others who rate the same agent wait meanwhile. */
static int put(struct request *req, const struct store_listing_row *listing, int64_t score,
               struct str comments) {
        struct str user_id = req->identity->user_id;
        struct store_review_row before = { 0 };
        int64_t ratings, stars;
        int r;

        r = db_store_listing_hold(req->tx, listing->id);
        if (r >= 0)
                r = db_store_review(req->tx, &req->arena, listing->id, user_id, &before);
        if (r < 0)
                return r;
        ratings = r > 0 ? 0 : 1;
        stars = score - before.score;
        r = db_store_review_put(req->tx, listing->id, user_id, score, comments,
                                clock_now(req->context->clock));
        if (r >= 0)
                r = db_store_listing_add_review(req->tx, listing->id, ratings, stars);
        if (r >= 0 && listing->is_live)
                r = db_store_profile_add_review(req->tx, listing->profile_id, ratings, stars);
        return r < 0 ? r : store_changed(req->tx);
}

int handle_store_review_put(struct request *req, struct response *res) {
        struct store_listing_row listing;
        json_auto_t *body = NULL;
        struct str comments;
        int64_t score = 0;
        int r;

        r = body_read(req, &body);
        if (r == 0)
                r = body_int(req, body, "score", SCORE_MIN, SCORE_MAX, &score);
        if (r == 0)
                r = body_text(req, body, "comments", false, STORE_NOTE_MAX, &comments);
        if (r == 0)
                r = find(req, &listing);
        if (r == 0)
                r = check_may(req, &listing);
        if (r == 0)
                r = put(req, &listing, score, comments);
        if (r == 0)
                r = audit(req, &(struct audit){ AUDIT_STORE_REVIEWED, .subject = listing.slug, .count = 0 });
        return r < 0 ? r : answer(req, res, listing.id);
}

int handle_store_review(struct request *req, struct response *res) {
        struct store_listing_row listing;
        int r;

        r = find(req, &listing);
        return r < 0 ? r : answer(req, res, listing.id);
}
