#include "integrations/credential_leave.h"

#include "account/identity.h"
#include "base/log.h"
#include "db/statements.h"
#include "integrations/oauth_call.h"

/* One that its provider can be told of; the sealed secret is read with the whole row. */
static int take(struct request *req, const struct credential *c, struct credentials_left *left) {
        int r;

        if (left->n == CREDENTIALS_TOLD_MAX) {
                left->more++;
                return 0;
        }
        r = credential_find(req->tx, &req->arena, c->user_id, c->provider, c->id, &left->list[left->n]);
        if (r > 0)
                left->n++;
        return MIN_OF(r, 0);
}

int credentials_leave(struct request *req, struct credentials_left *ret) {
        struct str user_id = req->identity->user_id;
        struct credentials_left left = { .n = 0 };
        struct credential *all;
        size_t n;
        int r;

        r = credential_list(req->tx, &req->arena, user_id, STR_NULL, &all, &n);
        if (r < 0)
                return r;
        left.list = arena_alloc_array(&req->arena, CREDENTIALS_TOLD_MAX, sizeof(*left.list));
        if (!left.list)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < n && r >= 0; i++)
                if (!all[i].is_system && credential_is_revocable(req->context, &all[i]))
                        r = take(req, &all[i], &left);
        if (r >= 0)
                r = db_credentials_delete_of_user(req->tx, user_id);
        if (r < 0)
                return r;
        *ret = left;
        return 0;
}

static bool tell(const struct context *context, struct arena *arena, const struct credential *c) {
        _cleanup_(credential_secret_done) struct credential_secret secret;
        struct oauth_problem problem = { .text = "its secret cannot be opened" };
        struct oauth_tokens tokens;

        credential_secret_init(&secret);
        if (credential_open(context, c, &secret) >= 0) {
                tokens = (struct oauth_tokens){ .access_token = secret.access_token,
                                                .refresh_token = secret.refresh_token };
                if (oauth_revoke(context, provider_find(context, c->provider), arena, &tokens, &problem) > 0)
                        return true;
        }
        LOG(LOG_WARNING, "a provider could not be told that an account was disconnected",
            LOG_STR("provider", c->provider), LOG_STR("problem", str_of(problem.text)));
        return false;
}

static void note(struct str *names, size_t *n, struct str title) {
        for (size_t i = 0; i < *n; i++)
                if (str_eq(names[i], title))
                        return;
        names[(*n)++] = title;
}

int credentials_tell(const struct request *req, struct arena *arena, const struct credentials_left *left,
                     struct provider_names *ret) {
        int64_t until = clock_monotonic_ms() + CREDENTIALS_TELL_MS;
        struct str *names = arena_alloc_array(arena, left->n + 1, sizeof(*names));
        size_t n = 0;

        if (!names)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < left->n; i++) {
                const struct credential *c = &left->list[i];

                if (clock_monotonic_ms() >= until || !tell(req->context, arena, c))
                        note(names, &n, provider_find(req->context, c->provider)->title);
        }
        if (left->more)
                LOG(LOG_WARNING, "providers were not told of all accounts that were disconnected",
                    LOG_INT("accounts", (int64_t)left->more));
        *ret = (struct provider_names){ names, n };
        return 0;
}
