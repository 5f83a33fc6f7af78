#include "integrations/vault_rotation.h"

#include "account/audit.h"
#include "base/errors.h"
#include "base/memory.h"
#include "integrations/credential_secret.h"

enum {
        BATCH = 50, /* credentials of a transaction */
        ARENA_MAX = 8 * 1024 * 1024,
        PAUSE_MS = 2,     /* between transactions: servers write as well */
        ROUNDS_MAX = 100, /* what changed while it was sealed anew is met in the next round */
};

/* --- the switch --- */

struct switching {
        struct vault_work *work;
        struct arena *arena;
        const char *command;
        struct str current;
        int64_t left;
};

static int look(struct tx *tx, void *data) {
        struct switching *s = data;
        struct vault_key_id_row current;
        struct total_row count;
        int r;

        r = db_vault_key_current(tx, s->arena, &current);
        if (r <= 0)
                return r < 0 ? r : -ERR_VAULT;
        r = db_credentials_other_keys_count(tx, s->arena, current.id, &count);
        if (r < 0)
                return r;
        s->current = current.id;
        s->left = count.total;
        return 0;
}

int vault_rotation_left(struct vault_work *work, struct arena *arena, struct str *ret_current,
                        int64_t *ret_left) {
        struct switching s = { .work = work, .arena = arena };
        int r = database_write_now(work->database, look, &s);

        if (r < 0)
                return r;
        *ret_current = s.current;
        *ret_left = s.left;
        return 0;
}

static int change_current(struct tx *tx, void *data) {
        struct switching *s = data;
        const struct context *context = s->work->context;
        struct str newest = vault_newest(context->vault), proof;
        int64_t now = clock_now(context->clock);
        int r;

        r = look(tx, s);
        if (r < 0 || str_eq(s->current, newest))
                return r;
        r = vault_make_proof(context->vault, s->arena, newest, &proof);
        if (r >= 0)
                r = db_vault_key_add(tx, newest, proof, now);
        if (r >= 0)
                r = db_vault_key_displace(tx);
        if (r >= 0)
                r = db_vault_key_make_current(tx, newest);
        if (r < 0)
                return r;
        return audit_command(
                context, tx, s->arena, s->command,
                &(struct audit){ .event = AUDIT_KEY_ROTATED, .subject = newest, .detail = STR("vault") });
}

int vault_rotation_begin(struct vault_work *work, struct arena *arena, const char *command) {
        struct switching s = { .work = work, .arena = arena, .command = command };

        return database_write_now(work->database, change_current, &s);
}

/* --- row after row --- */

enum { ID_MAX = 200 }; /* bytes of an id: of UUIDs it would be fewer, but it is looked at what is there */

struct batch {
        struct vault_work *work;
        struct arena arena;
        struct credential_secret secret;
        bool reseal;        /* else it is only looked at */
        struct str skip;    /* of what is sealed under this key nothing is to be done */
        char after[ID_MAX]; /* the last id that was dealt with */
        size_t after_len;
        struct str last;          /* of this batch */
        size_t n;                 /* rows of this batch */
        int64_t failed, resealed; /* of this batch */
};

static int reseal(struct batch *b, struct tx *tx, const struct credential_row *row,
                  const struct credential *c) {
        const struct vault_binding binding = credential_binding(c);
        struct vault_sealed sealed;
        int r;

        r = vault_seal(b->work->context, tx, &b->arena, &binding, str_n(b->secret.bytes, b->secret.len),
                       &sealed);
        if (r < 0)
                return r;
        r = db_credential_reseal(tx, row->id, row->sealed, sealed.key_id, sealed.bytes);
        b->resealed += r > 0;
        return MIN_OF(r, 0);
}

static int take(struct batch *b, struct tx *tx, const struct credential_row *row) {
        struct credential c;
        int r;

        r = credential_take_row(row, &c);
        if (r == 0)
                r = credential_open(b->work->context, &c, &b->secret);
        if (r == -ERR_VAULT) { /* logged there */
                b->failed++;
                return 0;
        }
        if (r == 0 && b->reseal)
                r = reseal(b, tx, row, &c);
        credential_secret_done(&b->secret);
        return r;
}

static int run_batch(struct tx *tx, void *data) {
        struct batch *b = data;
        struct credential_row *rows;
        size_t n;
        int r;

        arena_reset(&b->arena); /* it may be another attempt at the same rows */
        b->failed = b->resealed = 0;
        r = db_credentials_after(tx, &b->arena, str_n(b->after, b->after_len), b->skip, BATCH, &rows, &n);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = take(b, tx, &rows[i]);
        if (r < 0)
                return r;
        b->n = n;
        b->last = n ? rows[n - 1].id : STR("");
        return b->last.len <= sizeof(b->after) ? 0 : -ERR_VAULT;
}

/* All rows once; the first round's count as progress. */
static int run_round(struct batch *b, bool first, int64_t *ret_resealed) {
        struct vault_progress *progress = &b->work->progress;
        int64_t failed = 0, resealed = 0;
        int r;

        b->after_len = 0;
        do {
                r = database_write_now(b->work->database, run_batch, b);
                if (r < 0)
                        return r;
                memcpy(b->after, b->last.ptr, b->last.len);
                b->after_len = b->last.len;
                failed += b->failed;
                resealed += b->resealed;
                progress->failed = failed;
                if (first)
                        progress->done += (int64_t)b->n;
                if (b->work->show)
                        b->work->show(b->work->data, progress);
                b->work->pause(b->work->data, PAUSE_MS);
        } while (b->n == BATCH);
        *ret_resealed = resealed;
        return 0;
}

static int retire(struct tx *tx, void *data) {
        const struct vault_work *work = data;

        return MIN_OF(db_vault_keys_retire(tx, clock_now(work->context->clock)), 0);
}

static void batch_done(struct batch *b) {
        credential_secret_done(&b->secret);
        arena_done(&b->arena);
}

int vault_rotation_run(struct vault_work *work) {
        _cleanup_(batch_done) struct batch b = { .work = work, .reseal = true };
        char current[ID_MAX];
        int64_t resealed = 1;
        int r;

        arena_init(&b.arena, ARENA_MAX);
        r = vault_rotation_left(work, &b.arena, &b.skip, &work->progress.total);
        if (r < 0)
                return r;
        if (b.skip.len > sizeof(current))
                return -ERR_VAULT;
        memcpy(current, b.skip.ptr, b.skip.len);
        b.skip.ptr = current; /* the arena is emptied before each batch */
        for (unsigned i = 0; i < ROUNDS_MAX && resealed; i++) {
                r = run_round(&b, i == 0, &resealed);
                if (r < 0)
                        return r;
        }
        return database_write_now(work->database, retire, work);
}

static int count_all(struct tx *tx, void *data) {
        struct batch *b = data;
        struct total_row count;
        int r = db_credentials_other_keys_count(tx, &b->arena, STR(""), &count);

        if (r >= 0)
                b->work->progress.total = count.total;
        return MIN_OF(r, 0);
}

int vault_check_all(struct vault_work *work) {
        _cleanup_(batch_done) struct batch b = { .work = work, .skip = STR("") };
        int64_t resealed;
        int r;

        arena_init(&b.arena, ARENA_MAX);
        r = database_write_now(work->database, count_all, &b);
        return r < 0 ? r : run_round(&b, true, &resealed);
}
