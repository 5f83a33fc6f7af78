#include "jobs/cleanup.h"

#include "base/errors.h"
#include "db/statements.h"

const char *const cleanup_names[CLEANUP_KINDS] = { "codes",          "access_tokens", "refresh_tokens",
                                                   "authorizations", "sessions",      "links",
                                                   "throttles" };

struct batch {
        enum cleanup_kind kind;
        int64_t now;
        int64_t before; /* rows with ids below are old enough */
};

static int run_batch(struct tx *tx, void *data) {
        const struct batch *b = data;

        switch (b->kind) {
        case CLEANUP_CODES:
                return db_codes_delete_before(tx, b->before, CLEANUP_BATCH);
        case CLEANUP_ACCESS_TOKENS:
                return db_access_tokens_delete_before(tx, b->before, CLEANUP_BATCH);
        case CLEANUP_REFRESH_TOKENS:
                return db_refresh_tokens_delete_before(tx, b->before, CLEANUP_BATCH);
        case CLEANUP_AUTHORIZATIONS:
                return db_authorizations_delete_expired(tx, b->before, b->now - CLEANUP_KEEP_MS,
                                                        CLEANUP_BATCH);
        case CLEANUP_SESSIONS:
                return db_sessions_delete_expired(tx, b->before, b->now, CLEANUP_BATCH);
        case CLEANUP_LINKS:
                return db_links_delete_expired(tx, b->now, CLEANUP_BATCH);
        case CLEANUP_THROTTLES:
                return db_throttles_delete_expired(tx, b->now, CLEANUP_BATCH);
        case CLEANUP_KINDS:
                break;
        }
        return -ERR_INTERNAL;
}

/* Ids carry the time at which they were made: rows of a kind whose lifetime is fixed are removed by a range
 * of ids. Those that have an end of their own are only searched below `now`. */
static int64_t before_of(enum cleanup_kind kind, const struct settings *s, int64_t now) {
        switch (kind) {
        case CLEANUP_CODES:
                return id_at(now - s->code_lifetime * 1000 - CLEANUP_KEEP_MS);
        case CLEANUP_ACCESS_TOKENS:
                return id_at(now - s->access_token_lifetime * 1000 - CLEANUP_KEEP_MS);
        case CLEANUP_REFRESH_TOKENS:
                return id_at(now - s->refresh_token_lifetime * 1000 - CLEANUP_KEEP_MS);
        default:
                return id_at(now);
        }
}

int cleanup_run(const struct cleanup *cleanup, struct cleanup_counts *ret) {
        *ret = (struct cleanup_counts){ 0 };
        for (enum cleanup_kind kind = 0; kind < CLEANUP_KINDS; kind++) {
                int64_t now = clock_now(cleanup->clock);
                struct batch b = { kind, now, before_of(kind, cleanup->settings, now) };
                int removed;

                do {
                        removed = database_write_now(cleanup->database, run_batch, &b);
                        if (removed < 0)
                                return removed;
                        ret->removed[kind] += removed;
                        if (cleanup->go_on && !cleanup->go_on(cleanup->data, kind, ret))
                                return 0;
                } while (removed == CLEANUP_BATCH);
        }
        return 1;
}
