#include "integrations/vault_nodes.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "integrations/vault_int.h"

enum { PLACE_LENGTH = 2 * HASH_SIZE, BOOT_MAX = 64 };

/* This machine, since it was started: paths mean nothing beyond it. */
static size_t read_boot(char out[BOOT_MAX]) {
        int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, out, BOOT_MAX);

        if (fd >= 0)
                (void)close(fd);
        return n > 0 ? (size_t)n : 0;
}

/* Where the key file lies: the same text for all who see the same folder, whatever they call it. Empty where that can't be told. */
static struct str place_of(const struct vault *v, char out[PLACE_LENGTH]) {
        const char *slash = v->has_file ? strrchr(v->path, '/') : NULL;
        char text[BOOT_MAX + 64 + VAULT_PATH_MAX], folder[VAULT_PATH_MAX] = ".";
        struct hash digest;
        struct stat at;
        size_t len;

        if (!v->has_file)
                return STR("");
        if (slash)
                (void)snprintf(folder, sizeof(folder), "%.*s", (int)MAX_OF(slash - v->path, 1), v->path);
        len = read_boot(text);
        if (len == 0 || stat(folder, &at) < 0)
                return STR("unknown");
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%llu:%llu:%s", (unsigned long long)at.st_dev,
                                (unsigned long long)at.st_ino, slash ? slash + 1 : v->path);
        digest = hash_sha256(str_n(text, MIN_OF(len, sizeof(text) - 1)));
        hex_encode(hash_str(&digest), out);
        return str_n(out, PLACE_LENGTH);
}

int vault_nodes_announce(struct tx *tx, struct vault *vault, const struct node *node) {
        _cleanup_(strbuf_done) struct strbuf keys = STRBUF_INIT(VAULT_KEYS_MAX * (VAULT_KEY_ID_LENGTH + 1));
        char place[PLACE_LENGTH];
        size_t n;
        int r;

        vault_look_again(vault);
        n = atomic_load(&vault->n);
        for (size_t i = 0; i < n; i++)
                strbuf_printf(&keys, "%s%.*s", i ? " " : "", VAULT_KEY_ID_LENGTH, vault->keys[i].id);
        if (keys.failed)
                return -ERR_NO_MEMORY;
        r = db_node_vault_set(tx, node->number, str_of(node->owner), place_of(vault, place),
                              strbuf_str(&keys));
        return MIN_OF(r, 0);
}

static bool has(struct str keys, struct str id) {
        struct str one;

        while (keys.len > 0 && str_next(&keys, ' ', &one))
                if (str_eq(one, id))
                        return true;
        return false;
}

int vault_nodes_without(struct tx *tx, struct arena *arena, const struct vault *vault, struct str key_id,
                        int64_t now, struct node_vault_row **ret, size_t *ret_n) {
        struct node_vault_row *rows;
        char text[PLACE_LENGTH];
        struct str place = place_of(vault, text);
        size_t n, kept = 0;
        int r;

        r = db_node_vaults_live(tx, arena, now, VAULT_NODES_MAX, &rows, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                if (!has(rows[i].keys, key_id) &&
                    (place.len != PLACE_LENGTH || !str_eq(rows[i].place, place)))
                        rows[kept++] = rows[i];
        *ret = rows;
        *ret_n = kept;
        return 0;
}
