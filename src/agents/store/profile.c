/* How people appear in the store. */
#include "account/identity.h"
#include "agents/store/answer.h"
#include "agents/store/body.h"
#include "agents/store/publish.h"
#include "agents/store/submit.h"

static int answer(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        struct store_profile_row profile;
        int r;

        r = db_store_profile_of_user(req->tx, &req->arena, req->identity->user_id, &profile);
        if (r <= 0)
                return r < 0 ? r : -ERR_PROFILE_NOT_FOUND;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        store_answer_creator(&w, &profile);
        return STEP_DONE;
}

int handle_store_profile(struct request *req, struct response *res) {
        return answer(req, res);
}

/* A username that somebody else has is refused, before and within the change: two may ask for it at once. */
static int store(struct request *req, const struct store_person *p) {
        struct store_profile_row mine, other;
        int64_t now = clock_now(req->context->clock);
        int has, r;

        has = db_store_profile_of_user(req->tx, &req->arena, req->identity->user_id, &mine);
        if (has < 0)
                return has;
        r = db_store_profile_by_username(req->tx, &req->arena, p->username, &other);
        if (r < 0)
                return r;
        if (r > 0 && (!has || other.id != mine.id))
                return -ERR_USERNAME_TAKEN;
        if (!has) {
                r = db_store_profile_insert(req->tx, id_next(req->context->ids), req->identity->user_id,
                                            p->username, p->name, p->description, p->avatar_url, p->links,
                                            now);
                return r == 0 ? -ERR_USERNAME_TAKEN : MIN_OF(r, 0);
        }
        r = db_store_profile_update(req->tx, mine.id, p->username, p->name, p->description, p->avatar_url,
                                    p->links, now);
        if (r >= 0)
                r = store_profile_refresh(req->tx, &req->arena, mine.id);
        return r < 0 ? r : store_changed(req->tx);
}

int handle_store_profile_put(struct request *req, struct response *res) {
        json_auto_t *body = NULL;
        struct store_person person;
        struct store_fault fault;
        int r;

        r = store_body_read(req, &body);
        if (r < 0)
                return r;
        r = store_person_read(body, &req->arena, &person, &fault);
        if (r == -ERR_INVALID_FIELD)
                return store_body_refuse(req, &fault);
        if (r == 0)
                r = store(req, &person);
        return r < 0 ? r : answer(req, res);
}
