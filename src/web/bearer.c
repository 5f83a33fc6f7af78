#include "web/bearer.h"

#include <stdlib.h>

#include "account/platform_issuer.h"
#include "base/context.h"

bool route_takes_bearer(const struct route *route) {
        return (route->access == ACCESS_SESSION || route->access == ACCESS_ADMIN) &&
               !(route->flags & (ROUTE_PAGE | ROUTE_FORM));
}

/* What stands behind "Bearer " (RFC 6750 §2.1); STR_NULL when no bearer token was sent. */
static struct str token_of(const struct request *req) {
        struct str header = request_header(req, STR("Authorization"));

        if (!header.ptr || !str_eq_ignore_case(str_first(header, 7), STR("Bearer ")))
                return STR_NULL;
        return str_trim(str_from(header, 7));
}

/* A request that waits for keys; in its arena. */
struct waiting {
        struct jwks_waiter waiter;
        struct http_loop *loop;
        struct http_task *resume;
};

static void wake(struct jwks_waiter *waiter) {
        const struct waiting *w = CONTAINER_OF(waiter, struct waiting, waiter);

        http_loop_post(w->loop, w->resume);
}

/* A fetch on the pool belongs to no request: the one that began it may be answered before it ends. */
struct fetching {
        struct http_task task;
        struct jwks *jwks;
};

static void run_fetch(struct http_task *task) {
        struct fetching *f = CONTAINER_OF(task, struct fetching, task);

        jwks_fetch(f->jwks);
        free(f);
}

static void start_fetch(struct http_loop *loop, struct jwks *jwks) {
        struct fetching *f = calloc(1, sizeof(*f));

        if (f) {
                f->task.run = run_fetch;
                f->jwks = jwks;
                if (http_loop_work(loop, &f->task) >= 0)
                        return;
        }
        free(f);
        jwks_give_up(jwks);
}

/* Has the keys fetched behind this request, which goes on. */
static void refresh_behind(struct http_exchange *x, struct jwks *jwks) {
        if (jwks_ask(jwks, NULL) == JWKS_YOURS)
                start_fetch(x->loop, jwks);
}

/* Waits for keys, unless they were fetched a moment ago. */
static int wait_for_keys(struct http_exchange *x, struct jwks *jwks, struct http_task *resume) {
        struct waiting *w = arena_new(&x->request.arena, struct waiting);
        enum jwks_turn turn;

        if (!w)
                return -ERR_NO_MEMORY;
        *w = (struct waiting){ { .wake = wake }, x->loop, resume };
        turn = jwks_ask(jwks, &w->waiter);
        if (turn == JWKS_TOO_SOON)
                return BEARER_GO_ON;
        if (turn == JWKS_YOURS)
                start_fetch(x->loop, jwks);
        return BEARER_WAITS;
}

static int verify(struct request *req, const struct jwt_keys *public, struct str token) {
        const struct platform_issuer *issuer = req->context->platform;
        const struct platform_jwt_check check = { .secret = issuer->secret,
                                                  .public = public,
                                                  .public_configured = issuer->jwks,
                                                  .now = clock_now(req->context->clock) };
        struct platform_person *person = arena_new(&req->arena, struct platform_person);
        const char *reason = "";
        int r;

        if (!person)
                return -ERR_NO_MEMORY;
        r = platform_jwt_verify(&check, &req->arena, token, person, &reason);
        if (r >= 0)
                req->bearer = person;
        return r == -ERR_JWT_INVALID ? request_refuse(req, ERR_JWT_INVALID, "Invalid token: %s", reason) : r;
}

/* What the keys at hand say of a token, and how they were when they were looked at. */
struct look {
        enum jwks_age age;
        bool failed, none;
        int result;
};

static struct look look(struct http_exchange *x, struct jwks *jwks, struct str token) {
        struct look look = { .age = JWKS_OLD };
        struct jwt_keys *keys = jwks_keys(jwks, &look.age, &look.failed);

        look.none = !keys;
        look.result = verify(&x->request, keys, token);
        jwt_keys_release(keys);
        if (look.age == JWKS_AGEING || (look.age == JWKS_OLD && look.failed && !look.none))
                refresh_behind(x, jwks);
        return look;
}

/* Keys that are too old are fetched before one of them opens anything, unless that has just failed; what is refused anyway
 * need not wait. */
static bool wants_newer(const struct request *req, const struct look *look) {
        return look->result == -ERR_JWKS ||
               (look->result >= 0 && look->age == JWKS_OLD && !look->failed && !req->bearer->by_secret);
}

/* A token of a key that is not among those at hand: theirs are asked for once, then it is refused. */
static int verify_by_jwks(struct http_exchange *x, struct jwks *jwks, struct str token,
                          struct http_task *resume) {
        struct request *req = &x->request;
        struct look at_hand = look(x, jwks, token);

        if (resume && wants_newer(req, &at_hand)) {
                int waits = wait_for_keys(x, jwks, resume);

                req->bearer = NULL;
                if (waits != BEARER_GO_ON)
                        return waits;
                at_hand = look(x, jwks, token); /* a fetch may have ended since the first look */
        }
        if (at_hand.result != -ERR_JWKS || at_hand.none || at_hand.failed)
                return at_hand.result;
        return request_refuse(req, ERR_JWT_INVALID,
                              "Invalid token: Unable to find a signing key that matches");
}

int bearer_check(struct http_exchange *x, const struct route *route, struct http_task *resume) {
        const struct platform_issuer *issuer = x->request.context->platform;
        struct str token;

        if (!issuer || !route_takes_bearer(route))
                return BEARER_GO_ON;
        token = token_of(&x->request);
        if (!token.ptr)
                return BEARER_GO_ON;
        return issuer->jwks ? verify_by_jwks(x, issuer->jwks, token, resume)
                            : verify(&x->request, NULL, token);
}
