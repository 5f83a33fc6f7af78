/* What the vault's files share. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "integrations/vault_keys.h"

struct vault_key {
        char id[VAULT_KEY_ID_LENGTH];
        uint8_t seal[VAULT_KEY_SIZE]; /* derived from the key, so that it may serve other ends elsewhere */
};

/* In memory that is not swapped out. Keys are added behind the others, and `n` is raised last: readers need no lock. */
struct vault {
        struct vault_key keys[VAULT_KEYS_MAX];
        atomic_size_t n;
        atomic_size_t newest;
        pthread_mutex_t changes; /* who adds keys */
        pthread_mutex_t reading; /* who looks into the file */
        struct stat seen;        /* the file as it was read last */
        const struct random *random;
        bool has_file;
        char path[VAULT_PATH_MAX];
};

/* The key with this id; NULL when it is not at hand, also after another look into the file. */
const struct vault_key *vault_key_find(struct vault *vault, struct str id);

/* Takes what was added to the file since it was read. */
void vault_look_again(struct vault *vault);

/* Adds the key that is written in a text, if it is new: 44 or 43 characters of base64 or base64url, or 64 of hex.
 *
 * ret_index   where it stands
 * errors      ERR_SETTINGS (no key; too many of them) */
_must_use_ int vault_take_text(struct vault *vault, struct str text, size_t *ret_index);

/* Takes every key of the file: 1, or 0 when there is no file. */
_must_use_ int vault_read_file(struct vault *vault, char problem[VAULT_PROBLEM_MAX]);

/* Makes the file with a first key, and takes it. */
_must_use_ int vault_make_file(struct vault *vault, char problem[VAULT_PROBLEM_MAX]);

/* Seals and opens under one key: the form of what is stored.
 *
 * bound   what it belongs to
 * out     room for VAULT_OVERHEAD more bytes than the plain text
 */
_must_use_ int vault_seal_under(const struct vault_key *key, const struct random *random,
                                const struct vault_binding *bound, struct str plain, uint8_t *out);
_must_use_ int vault_open_under(const struct vault_key *key, const struct vault_binding *bound,
                                struct str sealed, void *out, size_t *ret_len);
