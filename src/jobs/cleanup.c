#include "jobs/cleanup.h"

#include "account/audit_retain.h"
#include "agents/store/tidy.h"
#include "base/errors.h"
#include "db/statements.h"
#include "jobs/cleanup_apps.h"
#include "jobs/cleanup_people.h"

const char *const cleanup_names[CLEANUP_KINDS] = {
        "codes",         "access_tokens",     "refresh_tokens", "authorizations",  "sessions",
        "links",         "deleted_accounts",  "deleted_apps",   "imported_tokens", "imported_families",
        "throttles",     "connection_states", "graph_versions", "graphs",          "executions",
        "audit_segments"
};

enum {
        BATCH_US = 4000,     /* what a batch should take: about as long as a commit */
        BUSY_TRIES = 100,    /* in a row */
        PAUSE_MAX_MS = 1000, /* after a batch, and between two tries */
        ARENA_MAX = 4096,
        PERSON_ARENA_MAX = 1024 * 1024, /* bytes, of ids */
        MINUTE_MS = 60 * 1000,
        AUDIT_SHARE = 25, /* rows of other kinds that count as much as a segment of the audit trail */
        GRAPH_SHARE = 25, /* rows of other kinds that count as much as a version of a graph */
        EXECUTIONS_AT_ONCE = 32,
};

/* What is over at one instant; milliseconds since 1970. */
struct limits {
        int64_t now;
        int64_t ended;   /* tokens and families that ended before that */
        int64_t revoked; /* families that were revoked before that */
        int64_t idle;    /* sessions that nobody used since then */
        int64_t kept;    /* executions that ended before that */
        int64_t audited; /* events from before that; 0 for none */
};

struct batch {
        const struct limits *limits;
        const struct mac_key *key;
        size_t n_old_keys;
        enum cleanup_kind kind;
        struct arena *arena;
        int64_t after;                /* ids up to here have been looked at */
        struct cleanup_person person; /* likewise */
        struct cleanup_apps apps;     /* likewise */
        int64_t size;

        /* set by each run */
        int64_t last;
        struct cleanup_person next_person;
        struct cleanup_apps next_apps;
        int64_t held_us; /* how long requests that write had to wait for it */
        bool elsewhere, finished;
};

struct round {
        const struct cleanup *cleanup;
        struct cleanup_counts *counts;
        struct limits limits;
        struct arena arena;
        unsigned size;
};

/* What a family gave rise to lives no longer than the longest lifetime behind its revocation, and no longer than the
 * family where that ended by itself. If the lifetimes were greater when a token was made, it outlives the family's row,
 * and is dead for want of it. */
static struct limits limits_at(int64_t now, const struct settings *s) {
        int64_t longest = MAX_OF(s->access_token_lifetime, s->refresh_token_lifetime);

        longest = MAX_OF(longest, s->code_lifetime);
        return (struct limits){
                .now = now,
                .ended = now - CLEANUP_KEEP_MS,
                .revoked = now - CLEANUP_KEEP_MS - longest * 1000,
                .idle = now - s->session_idle * 1000,
                .kept = now - s->execution_days * CLEANUP_KEEP_MS,
                .audited = s->audit_retention_days
                                   ? MAX_OF(now - s->audit_retention_days * CLEANUP_KEEP_MS, INT64_C(0))
                                   : 0,
        };
}

/* Each row's own end decides, not the lifetime that is set today: that may have been longer when the row was made. Its
 * id, which tells when it was made, only bounds the search: nothing ends before it begins. */
static int find_stretch(struct tx *tx, const struct batch *b, struct stretch_row *ret) {
        int64_t ended = id_at(b->limits->ended), now = id_at(b->limits->now), n = b->size;

        switch (b->kind) {
        case CLEANUP_CODES:
                return db_codes_stretch(tx, b->arena, b->after, ended, n, ret);
        case CLEANUP_ACCESS_TOKENS:
                return db_access_tokens_stretch(tx, b->arena, b->after, ended, n, ret);
        case CLEANUP_REFRESH_TOKENS:
                return db_refresh_tokens_stretch(tx, b->arena, b->after, ended, n, ret);
        case CLEANUP_AUTHORIZATIONS:
                return db_authorizations_stretch(tx, b->arena, b->after, ended, n, ret);
        case CLEANUP_SESSIONS:
                return db_sessions_stretch(tx, b->arena, b->after, now, n, ret);
        case CLEANUP_LINKS:
                return db_links_stretch(tx, b->arena, b->after, now, n, ret);
        case CLEANUP_DELETED_ACCOUNTS:
        case CLEANUP_DELETED_APPS:
        case CLEANUP_IMPORTED_TOKENS:
        case CLEANUP_IMPORTED_FAMILIES:
        case CLEANUP_THROTTLES:
        case CLEANUP_CONNECTION_STATES:
        case CLEANUP_GRAPH_VERSIONS:
        case CLEANUP_GRAPHS:
        case CLEANUP_EXECUTIONS:
        case CLEANUP_AUDIT:
        case CLEANUP_KINDS:
                break;
        }
        return -ERR_INTERNAL;
}

static int remove_ended(struct tx *tx, const struct batch *b) {
        const struct limits *l = b->limits;

        switch (b->kind) {
        case CLEANUP_CODES:
                return db_codes_delete_ended(tx, b->after, b->last, l->ended);
        case CLEANUP_ACCESS_TOKENS:
                return db_access_tokens_delete_ended(tx, b->after, b->last, l->ended);
        case CLEANUP_REFRESH_TOKENS:
                return db_refresh_tokens_delete_ended(tx, b->after, b->last, l->ended);
        case CLEANUP_AUTHORIZATIONS:
                return db_authorizations_delete_ended(tx, b->after, b->last, l->ended, l->revoked);
        case CLEANUP_SESSIONS:
                return db_sessions_delete_ended(tx, b->after, b->last, l->now, l->idle);
        case CLEANUP_LINKS:
                return db_links_delete_ended(tx, b->after, b->last, l->now);
        case CLEANUP_DELETED_ACCOUNTS:
        case CLEANUP_DELETED_APPS:
        case CLEANUP_IMPORTED_TOKENS:
        case CLEANUP_IMPORTED_FAMILIES:
        case CLEANUP_THROTTLES:
        case CLEANUP_CONNECTION_STATES:
        case CLEANUP_GRAPH_VERSIONS:
        case CLEANUP_GRAPHS:
        case CLEANUP_EXECUTIONS:
        case CLEANUP_AUDIT:
        case CLEANUP_KINDS:
                break;
        }
        return -ERR_INTERNAL;
}

/* Executions with the runs of their nodes, which may be many: as far as the batch reaches. */
static int remove_executions(struct tx *tx, struct batch *b) {
        _cleanup_(arena_done) struct arena arena;
        struct execution_id_row *ids = NULL;
        int64_t left = b->size;
        size_t n = 0;
        int r;

        arena_init(&arena, ARENA_MAX * 4);
        r = db_executions_ended(tx, &arena, b->limits->kept, EXECUTIONS_AT_ONCE, &ids, &n);
        if (r >= 0)
                r = cleanup_executions(tx, ids, n, &left);
        b->finished = n < EXECUTIONS_AT_ONCE && left > 0;
        return r < 0 ? r : (int)(b->size - left);
}

static int remove_of_people(struct tx *tx, struct batch *b) {
        _cleanup_(arena_done) struct arena arena;
        struct cleanup_person at = b->person;
        int r;

        arena_init(&arena, PERSON_ARENA_MAX);
        r = cleanup_person(tx, &arena, &at, b->limits->now, b->size, &b->finished);
        b->next_person = at;
        return r;
}

static int remove_of_apps(struct tx *tx, struct batch *b) {
        _cleanup_(arena_done) struct arena arena;

        arena_init(&arena, ARENA_MAX);
        b->next_apps = b->apps;
        return cleanup_apps(tx, &arena, &b->next_apps, b->limits->now, b->size, &b->finished);
}

/* What has no time-ordered id is found by its end instead. */
static int remove_without_id(struct tx *tx, struct batch *b) {
        int64_t size = b->size;
        int removed;

        switch (b->kind) {
        case CLEANUP_DELETED_ACCOUNTS:
                return remove_of_people(tx, b);
        case CLEANUP_DELETED_APPS:
                return remove_of_apps(tx, b);
        case CLEANUP_EXECUTIONS:
                return remove_executions(tx, b);
        case CLEANUP_AUDIT:
                size = size / AUDIT_SHARE + 1;
                removed =
                        b->key ? audit_remove_before(tx, b->key, 1 + b->n_old_keys, b->limits->audited, size)
                               : 0;
                break;
        case CLEANUP_IMPORTED_TOKENS:
                removed = db_imported_tokens_delete_expired(tx, b->limits->ended, size);
                break;
        case CLEANUP_IMPORTED_FAMILIES:
                removed = db_imported_families_delete_ended(tx, size);
                break;
        case CLEANUP_CONNECTION_STATES:
                removed = db_connection_states_delete_expired(tx, b->limits->now, size);
                break;
        case CLEANUP_GRAPH_VERSIONS: /* each may have megabytes */
                size = size / GRAPH_SHARE + 1;
                removed = db_graph_versions_delete_gone(tx, size);
                break;
        case CLEANUP_GRAPHS:
                removed = db_graphs_delete_gone(tx, size);
                break;
        default:
                removed = db_throttles_delete_expired(tx, b->limits->now, size);
        }
        b->finished = removed < size;
        return removed;
}

/* Returns the number of rows removed. */
static int clean_stretch(struct tx *tx, struct batch *b) {
        struct stretch_row stretch;
        struct held_row held;
        int r;

        b->elsewhere = b->finished = false;
        r = db_cleanup_lock(tx, b->arena, &held);
        if (r < 0)
                return r;
        if (r == 0) {
                b->elsewhere = true;
                return 0;
        }
        if (b->kind >= CLEANUP_DELETED_ACCOUNTS)
                return remove_without_id(tx, b);
        r = find_stretch(tx, b, &stretch);
        if (r < 0)
                return r;
        b->last = stretch.last;
        b->finished = stretch.rows < b->size;
        return stretch.rows == 0 ? 0 : remove_ended(tx, b);
}

static int run_batch(struct tx *tx, void *data) {
        int64_t begun = clock_monotonic_us();
        struct batch *b = data;
        int r;

        r = clean_stretch(tx, b);
        b->held_us = clock_monotonic_us() - begun;
        return r;
}

unsigned cleanup_next_size(unsigned size, int64_t took_us) {
        if (took_us > 2 * BATCH_US)
                return MAX_OF(size / 2, (unsigned)CLEANUP_BATCH_MIN);
        if (took_us < BATCH_US / 2)
                return MIN_OF(size * 2, (unsigned)CLEANUP_BATCH_MAX);
        return size;
}

int64_t cleanup_pause_ms(int64_t took_us) {
        return MIN_OF((took_us * 4 + 999) / 1000, (int64_t)PAUSE_MAX_MS);
}

static void pause_ms(const struct cleanup *cleanup, int64_t ms) {
        if (cleanup->pause)
                cleanup->pause(cleanup->data, ms);
}

/* One batch, tried again while requests leave no room for it. */
static int write_batch_now(struct round *round, struct batch *b) {
        const struct cleanup *cleanup = round->cleanup;

        for (unsigned i = 0;; i++) {
                int64_t begun = clock_monotonic_us(), took;
                int removed;

                b->size = round->size;
                removed = database_write_now(cleanup->database, run_batch, b);
                took = clock_monotonic_us() - begun;
                if (removed != -ERR_BUSY || i == BUSY_TRIES) {
                        round->size = cleanup_next_size(round->size, b->held_us);
                        if (!b->finished)
                                pause_ms(cleanup, cleanup_pause_ms(took));
                        return removed;
                }
                round->size = CLEANUP_BATCH_MIN;
                pause_ms(cleanup, PAUSE_MAX_MS);
                if (cleanup->go_on && !cleanup->go_on(cleanup->data, b->kind, round->counts))
                        return -ERR_BUSY;
        }
}

static int clean_kind(struct round *round, enum cleanup_kind kind) {
        const struct cleanup *cleanup = round->cleanup;
        struct batch b = { .limits = &round->limits,
                           .key = round->cleanup->key,
                           .n_old_keys = round->cleanup->n_old_keys,
                           .kind = kind,
                           .arena = &round->arena };
        int removed;

        do {
                removed = write_batch_now(round, &b);
                if (removed < 0)
                        return removed;
                if (b.elsewhere)
                        return CLEANUP_ELSEWHERE;
                round->counts->removed[kind] += removed;
                b.after = b.last;
                b.person = b.next_person;
                b.apps = b.next_apps;
                if (cleanup->go_on && !cleanup->go_on(cleanup->data, kind, round->counts))
                        return CLEANUP_STOPPED;
        } while (!b.finished);
        return CLEANUP_DONE;
}

struct ended {
        int64_t at, removed;
};

static int note_end(struct tx *tx, void *data) {
        const struct ended *e = data;
        int r = db_job_mark_put(tx, STR("cleanup"), e->at, e->removed);

        return MIN_OF(r, 0);
}

/* For those who look whether it happens (/admin/health). */
static int note(const struct cleanup *cleanup, const struct cleanup_counts *counts) {
        struct ended ended = { .at = clock_now(cleanup->clock) };
        int r;

        for (unsigned i = 0; i < CLEANUP_KINDS; i++)
                ended.removed += counts->removed[i];
        r = database_write_now(cleanup->database, note_end, &ended);
        return r < 0 ? r : CLEANUP_DONE;
}

int cleanup_run(const struct cleanup *cleanup, struct cleanup_counts *ret) {
        struct round round = { .cleanup = cleanup, .counts = ret, .size = CLEANUP_BATCH };
        int r = CLEANUP_DONE, tidied;

        *ret = (struct cleanup_counts){ 0 };
        round.limits = limits_at(clock_now(cleanup->clock), cleanup->settings);
        arena_init(&round.arena, ARENA_MAX);
        for (enum cleanup_kind kind = 0; r == CLEANUP_DONE && kind < CLEANUP_KINDS; kind++)
                r = clean_kind(&round, kind);
        arena_done(&round.arena);
        if (r == CLEANUP_DONE && (tidied = store_tidy(cleanup->database)) < 0)
                return tidied;
        return r == CLEANUP_DONE ? note(cleanup, ret) : r;
}

int64_t cleanup_delay_ms(const struct settings *settings, const struct random *random, bool first) {
        int64_t base = first ? MINUTE_MS : settings->cleanup_interval_hours * 60 * MINUTE_MS;
        int64_t spread = first ? MINUTE_MS : base / 10;
        uint32_t lot;

        /* Without randomness the nodes may meet, and all but one will end their rounds. */
        if (random_fill(random, &lot, sizeof(lot)) < 0)
                lot = 0;
        return base + (int64_t)lot % spread;
}
