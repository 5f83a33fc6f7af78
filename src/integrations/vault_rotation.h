/* A new key for the vault, while servers run: it becomes current at once, and what was sealed under former ones is sealed anew,
 * a few rows a transaction. Nothing is lost whenever this ends: each secret is under a key that is at hand, and whoever
 * begins again goes on with what is left. */
#pragma once

#include "integrations/vault_keys.h"

struct vault_progress {
        int64_t total;  /* credentials to look at, as it began */
        int64_t done;   /* of these, looked at */
        int64_t failed; /* of these, that can't be opened; each is logged */
};

struct vault_work {
        const struct context *context; /* vault, clock, random */
        struct database *database;
        void (*show)(void *data,
                     const struct vault_progress *progress); /* after each batch; NULL for nothing */
        void (*pause)(void *data, int64_t ms);               /* waits; between batches */
        void *data;
        struct vault_progress progress;
};

/* Whether something is sealed under another key than the current one: a rotation that did not end.
 *
 * ret_current   on the arena
 * ret_left      credentials */
_must_use_ int vault_rotation_left(struct vault_work *work, struct arena *arena, struct str *ret_current,
                                   int64_t *ret_left);

/* Makes the newest key at hand the current one, if it is not, and puts that on record: from the commit on nothing is sealed
 * under another one. errors: ERR_VAULT, ERR_RANDOM, ERR_NO_MEMORY, ERR_STORAGE */
_must_use_ int vault_rotation_begin(struct vault_work *work, struct arena *arena, const char *command);

/* Seals everything under the current key. Keys under which nothing is sealed any more are retired.
 *
 * work     progress is kept, also where it fails
 * errors   ERR_VAULT, ERR_NO_MEMORY, ERR_STORAGE */
_must_use_ int vault_rotation_run(struct vault_work *work);

/* Opens every credential, to see that it can be. errors: ERR_NO_MEMORY, ERR_STORAGE */
_must_use_ int vault_check_all(struct vault_work *work);
