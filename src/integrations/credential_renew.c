#include "integrations/credential_renew.h"

#include <time.h>

#include "account/audit.h"
#include "base/log.h"
#include "db/database.h"
#include "integrations/oauth_call_int.h"

enum { ARENA_MAX = 512 * 1024, PAUSE_MS = 200, LIFETIME_MIN_MS = 60 * 1000 };

static const char job[] = "renewal of credentials";

/* What the transactions of one renewal share. */
struct renewal {
        const struct context *context;
        const struct credential *asked;
        struct arena arena;
        struct arena attempt; /* of one run of a transaction that may be run often */
        struct credential c;  /* as it is now */
        int64_t until;
        bool reserved;
        struct credential_secret *secret;
        struct oauth_tokens tokens;
};

bool credential_is_due(const struct context *context, const struct credential *c) {
        /* The last change of the row is at most as old as the token, so this is no more than its life. */
        int64_t half = (c->expires_at - c->updated_at) / 2;

        return c->kind == CREDENTIAL_OAUTH2 && c->expires_at > 0 &&
               c->expires_at - clock_now(context->clock) < MIN_OF(half, (int64_t)CREDENTIAL_RENEW_MS);
}

static int reserve(struct tx *tx, void *data) {
        struct renewal *n = data;
        int r;

        n->reserved = false;
        r = credential_find(tx, &n->arena, n->asked->user_id, STR_NULL, n->asked->id, &n->c);
        if (r <= 0)
                return r < 0 ? r : -ERR_CREDENTIAL_NOT_FOUND;
        if (!credential_is_due(n->context, &n->c) || n->c.state != CREDENTIAL_OK)
                return CREDENTIAL_RENEWED;
        n->until = clock_now(n->context->clock) + CREDENTIAL_RESERVED_MS;
        r = credential_reserve_refresh(n->context, tx, &n->c, n->until);
        if (r < 0)
                return r;
        n->reserved = r > 0;
        return n->reserved ? CREDENTIAL_RENEWED : CREDENTIAL_ELSEWHERE;
}

/* --- a provider that fails is left alone for a while --- */

/* Where the clock was set back since, its time is over. */
static bool rests(struct renewal *n, struct oauth_problem *problem) {
        int64_t left = n->asked->rest.after - clock_now(n->context->clock);

        if (left <= 0 || left > CREDENTIAL_REST_MAX_MS)
                return false;
        problem->kind = OAUTH_UNAVAILABLE;
        (void)oauth_fail(problem, STR_FMT " (it is asked again in %lld seconds)",
                         STR_ARG(str_first(n->asked->rest.problem, OAUTH_PROBLEM_MAX - 80)),
                         (long long)(left + 999) / 1000);
        return true;
}

static void lay_to_rest(struct renewal *n, const struct oauth_problem *problem) {
        int64_t longer = CREDENTIAL_REST_MS << MIN_OF(n->c.rest.failures, 20);

        n->c.rest.failures++;
        n->c.rest.after = clock_now(n->context->clock) + MIN_OF(longer, (int64_t)CREDENTIAL_REST_MAX_MS);
        n->c.rest.problem = str_of(problem->text);
}

static int give_back(struct tx *tx, void *data) {
        struct renewal *n = data;

        return credential_release_refresh(tx, &n->c, n->until);
}

/* --- the provider says yes --- */

static int store(struct tx *tx, void *data) {
        struct renewal *n = data;
        struct credential c = n->c;
        int r;

        arena_reset(&n->attempt);
        c.scopes = n->tokens.scopes;
        c.expires_at = n->tokens.expires_at;
        if (n->tokens.refresh_expires_at)
                c.refresh_expires_at = n->tokens.refresh_expires_at;
        r = credential_store_secret(n->context, tx, &n->attempt, &c, n->secret);
        if (r <= 0)
                return r; /* connected anew, or deleted, in the meantime: that counts */
        return audit_job(n->context, tx, job,
                         &(struct audit){ AUDIT_CREDENTIAL_REFRESHED, .user_id = c.user_id, .subject = c.id,
                                          .detail = c.provider });
}

static int keep(struct renewal *n) {
        int64_t end = clock_monotonic_ms() + CREDENTIAL_STORE_AGAIN_MS;
        int r;

        n->secret->access_token = n->tokens.access_token;
        n->secret->refresh_token = n->tokens.refresh_token;
        for (;;) {
                r = database_write_now(n->context->database, store, n);
                if ((r != -ERR_STORAGE && r != -ERR_BUSY && r != -ERR_CONFLICT) || clock_monotonic_ms() > end)
                        break;
                (void)nanosleep(&(struct timespec){ .tv_nsec = PAUSE_MS * 1000000L }, NULL);
        }
        if (r < 0)
                LOG(LOG_ERROR, "renewed tokens could not be stored", LOG_STR("credential", n->c.id),
                    LOG_STR("error", str_of(error_row(r)->name)));
        return r < 0 ? r : CREDENTIAL_RENEWED;
}

/* --- or no --- */

static int give_up(struct tx *tx, void *data) {
        struct renewal *n = data;
        int r;

        r = credential_mark_reconnect(tx, &n->c);
        if (r <= 0)
                return r;
        return audit_job(n->context, tx, job,
                         &(struct audit){ AUDIT_CREDENTIAL_REFRESH_FAILED, .user_id = n->c.user_id,
                                          .subject = n->c.id, .detail = n->c.provider });
}

static int fail(struct renewal *n, int result, const struct oauth_problem *problem) {
        bool refused = result == -ERR_CREDENTIAL_RECONNECT ||
                       (result == -ERR_OUTBOUND && problem->kind == OAUTH_REFUSED);
        int r;

        LOG(LOG_WARNING, "the tokens of a connected account could not be renewed",
            LOG_STR("credential", n->c.id), LOG_STR("provider", n->c.provider),
            LOG_STR("problem",
                    result == -ERR_OUTBOUND ? str_of(problem->text) : str_of(error_row(result)->name)));
        if (result == -ERR_OUTBOUND)
                lay_to_rest(n, problem);
        r = database_write_now(n->context->database, refused ? give_up : give_back, n);
        if (r < 0)
                LOG(LOG_WARNING, "the state of a credential could not be stored",
                    LOG_STR("credential", n->c.id));
        return refused ? -ERR_CREDENTIAL_RECONNECT : result;
}

static int ask(struct renewal *n, struct oauth_problem *problem) {
        const struct provider *p = provider_find(n->context, n->c.provider);
        int r;

        r = credential_open(n->context, &n->c, n->secret);
        if (r < 0)
                return r;
        if (!n->secret->refresh_token.len)
                return -ERR_CREDENTIAL_RECONNECT;
        if (!p || !provider_is_configured(p)) {
                problem->kind = OAUTH_OTHER;
                (void)snprintf(problem->text, sizeof(problem->text),
                               "the provider is not configured on this server any more");
                return -ERR_OUTBOUND;
        }
        return oauth_renew(
                n->context, p, &n->arena, n->secret->refresh_token, n->c.scopes.ptr ? n->c.scopes : STR(""),
                MAX_OF(n->c.expires_at - n->c.updated_at, (int64_t)LIFETIME_MIN_MS), &n->tokens, problem);
}

/* Whether its token is good to its end, for there is nothing to renew it with. */
static bool just_ends(const struct renewal *n) {
        _cleanup_(credential_secret_done) struct credential_secret secret;

        credential_secret_init(&secret);
        return n->asked->expires_at > clock_now(n->context->clock) &&
               credential_open(n->context, n->asked, &secret) == 0 && !secret.refresh_token.len;
}

static int renew(struct renewal *n, struct oauth_problem *problem) {
        int r;

        if (rests(n, problem))
                return -ERR_OUTBOUND;
        if (just_ends(n))
                return CREDENTIAL_RENEWED;
        r = database_write_now(n->context->database, reserve, n);
        if (r != CREDENTIAL_RENEWED || !n->reserved)
                return r;
        n->secret = arena_new(&n->arena, struct credential_secret);
        if (!n->secret)
                return -ERR_NO_MEMORY; /* the reservation ends by itself */
        credential_secret_init(n->secret);
        r = ask(n, problem);
        return r < 0 ? fail(n, r, problem) : keep(n);
}

int credential_renew(const struct context *context, const struct credential *c,
                     struct oauth_problem *problem) {
        struct renewal n = { .context = context, .asked = c };
        int r;

        arena_init(&n.arena, ARENA_MAX);
        arena_init(&n.attempt, ARENA_MAX);
        r = renew(&n, problem);
        arena_done(&n.attempt);
        arena_done(&n.arena); /* which wipes it */
        return r;
}
