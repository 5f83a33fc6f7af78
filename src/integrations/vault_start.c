/* The keys are held against the database: as a server starts, and for commands. */
#include <stdio.h>

#include "base/errors.h"
#include "base/log.h"
#include "db/statements.h"
#include "integrations/vault_int.h"

enum { ARENA_MAX = 256 * 1024 };

static const struct str proof_text = STR_INIT("gatehouse vault");
static const struct vault_binding proof_binding = { .purpose = STR_INIT("proof") };

int vault_make_proof(struct vault *v, struct arena *arena, struct str key_id, struct str *ret) {
        const struct vault_key *key = vault_key_find(v, key_id);
        uint8_t *out;
        int r;

        if (!key)
                return -ERR_VAULT;
        out = arena_alloc(arena, proof_text.len + VAULT_OVERHEAD);
        if (!out)
                return -ERR_NO_MEMORY;
        r = vault_seal_under(key, v->random, &proof_binding, proof_text, out);
        if (r < 0)
                return r;
        *ret = str_n(out, proof_text.len + VAULT_OVERHEAD);
        return 0;
}

static bool proves(const struct vault_key *key, struct str proof) {
        uint8_t out[VAULT_OVERHEAD + VAULT_KEY_SIZE];
        size_t len;

        return proof.len <= sizeof(out) && vault_open_under(key, &proof_binding, proof, out, &len) == 0 &&
               str_eq(str_n(out, len), proof_text);
}

struct starting {
        struct vault *vault;
        struct arena arena;
        int64_t now;
        struct vault_key_row *rows;
        size_t n;
};

/* The keys that the database knows; the first one becomes its first. */
static int begin(struct tx *tx, void *data) {
        struct starting *s = data;
        struct str newest = vault_newest(s->vault), proof;
        int r;

        r = db_vault_keys_all(tx, &s->arena, VAULT_KEYS_MAX, &s->rows, &s->n);
        if (r < 0 || s->n || !newest.ptr)
                return r;
        r = vault_make_proof(s->vault, &s->arena, newest, &proof);
        if (r >= 0)
                r = db_vault_key_begin(tx, newest, proof, s->now);
        /* Whoever was faster, it has one now. */
        return r < 0 ? r : db_vault_keys_all(tx, &s->arena, VAULT_KEYS_MAX, &s->rows, &s->n);
}

static int refuse_missing(const struct vault *v, struct str id, char problem[VAULT_PROBLEM_MAX]) {
        if (v->has_file)
                snprintf(problem, VAULT_PROBLEM_MAX,
                         "The credentials in this database are sealed under key " STR_FMT
                         ", which is not in the vault's key "
                         "file %.*s. Restore that file from a backup, or copy it from another node, or set "
                         "ENCRYPTION_KEY_FILE or ENCRYPTION_KEY.",
                         STR_ARG(id), VAULT_PROBLEM_MAX / 2, v->path);
        else
                snprintf(problem, VAULT_PROBLEM_MAX,
                         "The credentials in this database are sealed under key " STR_FMT
                         ", which is neither ENCRYPTION_KEY (" STR_FMT
                         ") nor in ENCRYPTION_KEYS_OLD. Set ENCRYPTION_KEY to the key that it was; a new key "
                         "is brought in with "
                         "the former one in ENCRYPTION_KEYS_OLD, and with `gatehouse vault rotate-key`.",
                         STR_ARG(id), STR_ARG(vault_newest(v)));
        return -ERR_SETTINGS;
}

static int check(const struct starting *s, char problem[VAULT_PROBLEM_MAX]) {
        struct str current = STR_NULL;

        for (size_t i = 0; i < s->n; i++) {
                const struct vault_key_row *row = &s->rows[i];
                const struct vault_key *key;

                if (row->retired_at)
                        continue;
                if (row->is_current)
                        current = row->id;
                key = vault_key_find(s->vault, row->id);
                if (!key)
                        return refuse_missing(s->vault, row->id, problem);
                if (!proves(key, row->proof)) {
                        snprintf(problem, VAULT_PROBLEM_MAX,
                                 "The proof of key " STR_FMT
                                 " in the table vault_keys was changed: restore the database from a backup.",
                                 STR_ARG(row->id));
                        return -ERR_SETTINGS;
                }
        }
        if (current.ptr && !str_eq(current, vault_newest(s->vault)))
                LOG(LOG_INFO,
                    "the newest key of the vault is not in use yet: `gatehouse vault rotate-key` makes it so",
                    LOG_STR("newest", vault_newest(s->vault)), LOG_STR("current", current));
        return 0;
}

static int start(struct starting *s, struct database *database, char problem[VAULT_PROBLEM_MAX]) {
        int r;

        r = database_write_now(database, begin, s);
        if (r >= 0 && s->n == 0) { /* no key was given, and nothing is sealed yet */
                r = vault_make_file(s->vault, problem);
                if (r < 0)
                        return r;
                LOG(LOG_INFO, "the vault's key file was made: back it up",
                    LOG_STR("file", str_of(s->vault->path)));
                r = database_write_now(database, begin, s);
        }
        if (r < 0) {
                snprintf(problem, VAULT_PROBLEM_MAX,
                         "The vault's keys cannot be held against the database: " STR_FMT,
                         STR_ARG(error_row(r)->text));
                return r;
        }
        return check(s, problem);
}

int vault_start(struct vault *v, struct database *database, const struct clock *clock,
                char problem[VAULT_PROBLEM_MAX]) {
        struct starting s = { .vault = v, .now = clock_now(clock) };
        int r;

        arena_init(&s.arena, ARENA_MAX);
        r = start(&s, database, problem);
        arena_done(&s.arena);
        return r;
}
