#include "integrations/vault_keys.h"

#include <sodium.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/log.h"
#include "base/memory.h"
#include "integrations/vault_int.h"

enum { HEX_LENGTH = 2 * VAULT_KEY_SIZE, BASE64_LENGTH = 43 };

/* Base64, as the Platform writes its own (url-safe, padded), or hex. False for anything else. */
static bool decode(struct str text, uint8_t out[VAULT_KEY_SIZE]) {
        char padded[VAULT_KEY_TEXT_LENGTH];
        int n;

        if (text.len == HEX_LENGTH)
                return hex_decode(text, out, VAULT_KEY_SIZE) == VAULT_KEY_SIZE;
        if (text.len == VAULT_KEY_TEXT_LENGTH && text.ptr[BASE64_LENGTH] == '=')
                text.len--;
        if (text.len != BASE64_LENGTH)
                return false;
        n = base64url_decode(text, out, VAULT_KEY_SIZE);
        if (n == VAULT_KEY_SIZE)
                return true;
        memcpy(padded, text.ptr, BASE64_LENGTH);
        padded[BASE64_LENGTH] = '=';
        n = base64_decode(str_n(padded, sizeof(padded)), out, VAULT_KEY_SIZE);
        memory_wipe(padded, sizeof(padded));
        return n == VAULT_KEY_SIZE;
}

static void derive(const uint8_t bytes[VAULT_KEY_SIZE], struct vault_key *ret) {
        struct mac_key key;
        struct hash digest;

        mac_key_set(&key, bytes);
        digest = hash_mac(&key, STR("vault key id"), NULL, 0);
        hex_encode(str_n(digest.bytes, sizeof(ret->id) / 2), ret->id);
        digest = hash_mac(&key, STR("vault seal"), NULL, 0);
        memcpy(ret->seal, digest.bytes, sizeof(ret->seal));
        memory_wipe(&digest, sizeof(digest));
        memory_wipe(&key, sizeof(key));
}

/* Its place, or `n`. */
static size_t place_of(const struct vault *v, size_t n, struct str id) {
        size_t i = 0;

        while (i < n && !str_eq(str_n(v->keys[i].id, sizeof(v->keys[i].id)), id))
                i++;
        return i;
}

int vault_take_text(struct vault *v, struct str text, size_t *ret_index) {
        uint8_t bytes[VAULT_KEY_SIZE];
        struct vault_key key;
        size_t n, at;
        int r = -ERR_SETTINGS;

        if (!decode(text, bytes))
                return r;
        derive(bytes, &key);
        memory_wipe(bytes, sizeof(bytes));
        pthread_mutex_lock(&v->changes);
        n = atomic_load(&v->n);
        at = place_of(v, n, str_n(key.id, sizeof(key.id)));
        if (at < VAULT_KEYS_MAX) {
                if (at == n) {
                        v->keys[at] = key;
                        atomic_store(&v->n, n + 1);
                }
                *ret_index = at;
                r = 0;
        }
        pthread_mutex_unlock(&v->changes);
        memory_wipe(&key, sizeof(key));
        return r;
}

static const struct vault_key *find(const struct vault *v, struct str id) {
        size_t n = atomic_load(&v->n), at = place_of(v, n, id);

        return at < n ? &v->keys[at] : NULL;
}

/* Whether the file is another one than was read last; it counts as read then. */
static bool has_changed(struct vault *v) {
        struct stat now = { 0 };
        bool changed;

        if (stat(v->path, &now) < 0)
                return false;
        changed = now.st_ino != v->seen.st_ino || now.st_dev != v->seen.st_dev ||
                  now.st_size != v->seen.st_size || now.st_mtim.tv_sec != v->seen.st_mtim.tv_sec ||
                  now.st_mtim.tv_nsec != v->seen.st_mtim.tv_nsec || now.st_mode != v->seen.st_mode;
        v->seen = now;
        return changed;
}

static void look_again(struct vault *v) {
        char text[VAULT_PROBLEM_MAX];

        if (has_changed(v) && vault_read_file(v, text) < 0)
                LOG(LOG_ERROR, "the vault's keys cannot be read anew", LOG_STR("problem", str_of(text)));
}

void vault_look_again(struct vault *v) {
        if (!v->has_file)
                return;
        pthread_mutex_lock(&v->reading);
        look_again(v);
        pthread_mutex_unlock(&v->reading);
}

/* Whoever else lacks the key meanwhile waits, and then has it. */
const struct vault_key *vault_key_find(struct vault *v, struct str id) {
        const struct vault_key *key = find(v, id);

        if (key || !v->has_file)
                return key;
        pthread_mutex_lock(&v->reading);
        key = find(v, id);
        if (!key) {
                look_again(v);
                key = find(v, id);
        }
        pthread_mutex_unlock(&v->reading);
        return key;
}

bool vault_holds(struct vault *v, struct str key_id) {
        return vault_key_find(v, key_id) != NULL;
}

struct str vault_newest(const struct vault *v) {
        const struct vault_key *key = &v->keys[atomic_load(&v->newest)];

        return atomic_load(&v->n) ? str_n(key->id, sizeof(key->id)) : STR_NULL;
}

bool vault_has_file(const struct vault *v) {
        return v->has_file;
}

const char *vault_source_name(const struct vault *v) {
        return v->has_file ? v->path : "ENCRYPTION_KEY";
}

/* --- from the settings --- */

static int refuse_text(const char *variable, char problem[VAULT_PROBLEM_MAX]) {
        snprintf(problem, VAULT_PROBLEM_MAX,
                 "%s is no key: write 32 random bytes as 44 characters of base64, as `openssl rand -base64 "
                 "32` "
                 "prints them, or as 64 hexadecimal digits.",
                 variable);
        return -ERR_SETTINGS;
}

static int take_settings(struct vault *v, const struct settings *s, char problem[VAULT_PROBLEM_MAX]) {
        struct str rest = s->encryption_keys_old, piece;
        size_t at;

        if (vault_take_text(v, str_trim(s->encryption_key), &at) < 0)
                return refuse_text("ENCRYPTION_KEY", problem);
        atomic_store(&v->newest, at);
        while (rest.len && str_next(&rest, ',', &piece)) {
                if (str_trim(piece).len == 0)
                        continue;
                if (atomic_load(&v->n) == VAULT_KEYS_MAX) {
                        snprintf(problem, VAULT_PROBLEM_MAX, "ENCRYPTION_KEYS_OLD holds more than %d keys.",
                                 VAULT_KEYS_MAX - 1);
                        return -ERR_SETTINGS;
                }
                if (vault_take_text(v, str_trim(piece), &at) < 0)
                        return refuse_text("A part of ENCRYPTION_KEYS_OLD", problem);
        }
        return 0;
}

/* Beside the database where that is a file, else beside the server's other key. */
static int choose_path(struct vault *v, const struct settings *s, char problem[VAULT_PROBLEM_MAX]) {
        static const struct str scheme = STR_INIT("sqlite:"), name = STR_INIT("vault.keys");
        bool embedded = str_starts_with(s->database_url, scheme);
        struct str beside = embedded ? str_from(s->database_url, scheme.len) : s->key_file;
        int n;

        if (s->encryption_key_file.len) {
                n = snprintf(v->path, sizeof(v->path), STR_FMT, STR_ARG(s->encryption_key_file));
        } else {
                while (beside.len && beside.ptr[beside.len - 1] != '/')
                        beside.len--;
                n = snprintf(v->path, sizeof(v->path), STR_FMT STR_FMT, STR_ARG(beside), STR_ARG(name));
        }
        if (n >= 0 && (size_t)n < sizeof(v->path))
                return 0;
        snprintf(problem, VAULT_PROBLEM_MAX,
                 "The path of the vault's key file is too long: set ENCRYPTION_KEY_FILE to a shorter one.");
        return -ERR_SETTINGS;
}

static int load(struct vault *v, const struct settings *s, char problem[VAULT_PROBLEM_MAX]) {
        if (s->encryption_key.len)
                return take_settings(v, s, problem);
        if (s->encryption_keys_old.len) {
                snprintf(problem, VAULT_PROBLEM_MAX,
                         "ENCRYPTION_KEYS_OLD is set, but not ENCRYPTION_KEY: set that to the newest key.");
                return -ERR_SETTINGS;
        }
        v->has_file = true;
        if (choose_path(v, s, problem) < 0)
                return -ERR_SETTINGS;
        return MIN_OF(vault_read_file(v, problem), 0);
}

int vault_new(const struct settings *settings, const struct random *random, struct vault **ret,
              char problem[VAULT_PROBLEM_MAX]) {
        struct vault *v;
        int r;

        if (sodium_init() < 0 || !(v = sodium_malloc(sizeof(*v)))) {
                snprintf(problem, VAULT_PROBLEM_MAX, "There is not enough memory for the vault's keys.");
                return -ERR_NO_MEMORY;
        }
        memset(v, 0, sizeof(*v));
        pthread_mutex_init(&v->changes, NULL);
        v->random = random;
        pthread_mutex_init(&v->reading, NULL);
        r = load(v, settings, problem);
        if (r < 0)
                v = vault_free(v);
        else
                *ret = v;
        return r;
}

struct vault *vault_free(struct vault *v) {
        if (v) {
                pthread_mutex_destroy(&v->changes);
                pthread_mutex_destroy(&v->reading);
                sodium_free(v); /* which wipes it */
        }
        return NULL;
}
