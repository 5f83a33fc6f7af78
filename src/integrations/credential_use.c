#include "integrations/credential_use.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "db/database.h"
#include "integrations/credential_renew.h"

enum { PAUSE_MS = 50 };

/* A renewal that is under way in this process: who comes later waits for it, and shares what it came to. */
struct flight {
        struct flight *next;
        struct str id;  /* of the credential; the leader's */
        size_t waiting; /* besides the leader */
        bool landed;
        int result;
        struct oauth_problem problem;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t landing = PTHREAD_COND_INITIALIZER;
static struct flight *flights;

static struct flight *find_flight(struct str id) {
        for (struct flight *f = flights; f; f = f->next)
                if (str_eq(f->id, id))
                        return f;
        return NULL;
}

static int wait_for(struct flight *f, struct oauth_problem *problem) {
        int r;

        f->waiting++;
        while (!f->landed)
                (void)pthread_cond_wait(&landing, &lock);
        r = f->result;
        *problem = f->problem;
        if (--f->waiting == 0)
                free(f);
        return r;
}

static void land(struct flight *f) {
        struct flight **at = &flights;

        while (*at != f)
                at = &(*at)->next;
        *at = f->next;
        f->landed = true;
        if (f->waiting == 0)
                free(f);
        else
                (void)pthread_cond_broadcast(&landing);
}

/* Renews, or waits for who does so in this process. */
static int renew_once(const struct context *context, const struct credential *c,
                      struct oauth_problem *problem) {
        struct flight *f;
        int r;

        (void)pthread_mutex_lock(&lock);
        f = find_flight(c->id);
        if (f) {
                r = wait_for(f, problem);
                (void)pthread_mutex_unlock(&lock);
                return r;
        }
        f = calloc(1, sizeof(*f));
        if (f) {
                f->id = c->id;
                f->next = flights;
                flights = f;
        }
        (void)pthread_mutex_unlock(&lock);
        if (!f)
                return -ERR_NO_MEMORY;
        r = credential_renew(context, c, problem);
        (void)pthread_mutex_lock(&lock);
        f->result = r;
        f->problem = *problem;
        land(f);
        (void)pthread_mutex_unlock(&lock);
        return r;
}

struct reading {
        struct arena *arena;
        struct str user_id, provider, id;
        struct credential *ret;
};

static int read_it(struct tx *tx, void *data) {
        struct reading *g = data;

        return credential_find(tx, g->arena, g->user_id, g->provider, g->id, g->ret);
}

/* Whether its token is good for a moment yet: better than nothing while the provider can't be reached. */
static bool still_works(const struct context *context, const struct credential *c) {
        return c->state == CREDENTIAL_OK && c->expires_at - clock_now(context->clock) > OAUTH_OTHER_MS;
}

/* Has it renewed, here or by whoever is at it. */
static int renew_or_wait(const struct context *context, const struct credential *c, int64_t end,
                         struct oauth_problem *problem) {
        int r;

        for (;;) {
                r = renew_once(context, c, problem);
                if (r < 0)
                        return r;
                if (atomic_load_explicit(context->stopping, memory_order_relaxed))
                        return -ERR_STOPPED;
                if (clock_monotonic_ms() > end)
                        return -ERR_BUSY;
                if (r != CREDENTIAL_ELSEWHERE)
                        return r;
                (void)nanosleep(&(struct timespec){ .tv_nsec = PAUSE_MS * 1000000L }, NULL);
        }
}

/* Reads it, and has it renewed when it is due; what was renewed for this use is good for it, however short its life. What is read
 * stays on the caller's arena, so it is not read while others are waited for. */
static int bring_up_to_date(const struct context *context, struct reading *g, struct oauth_problem *problem) {
        int64_t end = clock_monotonic_ms() + CREDENTIAL_WAIT_MS;
        bool renewed = false;
        int r;

        for (;;) {
                r = database_read_now(context->database, read_it, g);
                if (r <= 0)
                        return r < 0 ? r : -ERR_CREDENTIAL_NOT_FOUND;
                if (g->ret->state == CREDENTIAL_RECONNECT_NEEDED)
                        return -ERR_CREDENTIAL_RECONNECT;
                if (renewed || !credential_is_due(context, g->ret))
                        return 0;
                r = renew_or_wait(context, g->ret, end, problem);
                if (r < 0)
                        return r == -ERR_OUTBOUND && still_works(context, g->ret) ? 0 : r;
                renewed = true;
        }
}

static int touch(struct tx *tx, void *data) {
        const struct reading *g = ((const void **)data)[1];

        return credential_touch(((const void **)data)[0], tx, g->ret);
}

int credential_use(const struct context *context, struct arena *arena, struct str user_id,
                   struct str provider, struct str id, struct credential *ret,
                   struct credential_secret *ret_secret, struct oauth_problem *problem) {
        struct reading g = { arena, user_id, provider, id, ret };
        const void *both[] = { context, &g };
        int r;

        credential_secret_init(ret_secret);
        *problem = (struct oauth_problem){ 0 };
        r = bring_up_to_date(context, &g, problem);
        if (r == 0)
                r = credential_open(context, ret, ret_secret);
        if (r < 0)
                return r;
        /* When it was used last is only told to people: that it can't be noted hinders nobody. */
        if (!ret->is_system && clock_now(context->clock) - ret->last_used_at > CREDENTIAL_TOUCH_MS)
                (void)!database_write_now(context->database, touch, both);
        return 0;
}
