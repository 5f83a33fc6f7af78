/* How people appear in the store. */
#include "account/audit.h"
#include "account/identity.h"
#include "agents/body.h"
#include "agents/store/answer.h"
#include "agents/store/offer.h"
#include "agents/store/publish.h"
#include "agents/store/submit.h"

enum { USERNAMES_MAX = 20 }; /* that are kept for one creator */

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

/* Whether a username is kept for its creator: what agents were found under stays theirs. Looked at after the change, which a
 * refusal undoes: then nobody who gives a name up at the same time is overlooked.
 *
 * returns   1 if it is kept for this one, 0 if for nobody
 * errors    ERR_USERNAME_TAKEN
 */
static int check_kept(struct request *req, struct str username, int64_t profile_id) {
        struct store_username_row kept;
        int r;

        r = db_store_username(req->tx, &req->arena, username, &kept);
        return r > 0 && kept.profile_id != profile_id ? -ERR_USERNAME_TAKEN : r;
}

/* A new one beside those that are kept. */
static int check_room(struct request *req, int64_t profile_id) {
        struct store_count_row count;
        int r;

        r = db_store_usernames_count(req->tx, &req->arena, profile_id, &count);
        return r > 0 && count.n >= USERNAMES_MAX ? -ERR_USERNAMES_MANY : MIN_OF(r, 0);
}

static int make(struct request *req, const struct store_person *p) {
        int64_t id = id_next(req->context->ids);
        int r;

        r = db_store_profile_insert(req->tx, id, req->identity->user_id, p->username, p->name, p->description,
                                    p->avatar_url, p->links, clock_now(req->context->clock));
        if (r <= 0)
                return r == 0 ? -ERR_USERNAME_TAKEN : r;
        return check_kept(req, p->username, id);
}

static int change(struct request *req, const struct store_profile_row *mine, const struct store_person *p) {
        int64_t now = clock_now(req->context->clock);
        int r = 0;

        if (!str_eq(mine->username, p->username))
                r = db_store_username_keep(req->tx, mine->username, mine->id, now);
        if (r >= 0)
                r = db_store_profile_update(req->tx, mine->id, p->username, p->name, p->description,
                                            p->avatar_url, p->links, now);
        if (r >= 0)
                r = check_kept(req, p->username, mine->id);
        if (r == 0 && !str_eq(mine->username, p->username))
                r = check_room(req, mine->id);
        if (r >= 0)
                r = store_profile_refresh(req->tx, &req->arena, mine->id);
        return r < 0 ? r : store_changed(req->tx);
}

/* A username that somebody else has is refused, before and within the change: two may ask for it at once. */
static int store(struct request *req, const struct store_person *p) {
        struct store_profile_row mine, other;
        int has, r;

        has = db_store_profile_of_user(req->tx, &req->arena, req->identity->user_id, &mine);
        if (has < 0)
                return has;
        r = db_store_profile_by_username(req->tx, &req->arena, p->username, &other);
        if (r < 0)
                return r;
        if (r > 0 && (!has || other.id != mine.id))
                return -ERR_USERNAME_TAKEN;
        r = has ? change(req, &mine, p) : make(req, p);
        if (r < 0)
                return r;
        return audit(req,
                     &(struct audit){ AUDIT_STORE_PROFILE, .subject = p->username,
                                      .detail = has && !str_eq(mine.username, p->username) ? mine.username
                                                                                           : STR("") });
}

int handle_store_profile_put(struct request *req, struct response *res) {
        json_auto_t *body = NULL;
        struct store_person person;
        struct store_fault fault;
        int r;

        r = body_read(req, &body);
        if (r < 0)
                return r;
        r = store_person_read(body, &req->arena, &person, &fault);
        if (r == -ERR_INVALID_FIELD)
                return request_refuse_field(req, fault.field, fault.type, "%s", fault.text);
        if (r == 0)
                r = store(req, &person);
        return r < 0 ? r : answer(req, res);
}
