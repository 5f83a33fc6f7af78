/* The file of keys: one a line, the newest last; empty lines and those that begin with # say nothing. */
#include <stdio.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/memory.h"
#include "integrations/vault_int.h"

static const char head[] =
        "# Keys of Gatehouse's vault, the newest last. Whoever lacks them lacks every stored\n"
        "# credential: back this file up, apart from the database.\n";

struct file_text {
        size_t len;
        char bytes[VAULT_FILE_MAX];
};

static void wipe_text(struct file_text *text) {
        memory_wipe(text->bytes, MIN_OF(text->len, sizeof(text->bytes)));
}

static struct private_file file_of(const struct vault *v) {
        return (struct private_file){ v->path, "vault's key file", "ENCRYPTION_KEY_FILE" };
}

static int refuse_line(const struct vault *v, unsigned line, char problem[VAULT_PROBLEM_MAX]) {
        snprintf(problem, VAULT_PROBLEM_MAX,
                 "Line %u of the vault's key file %.*s is no key, or one too many: each is 32 bytes as 44 "
                 "characters of "
                 "base64, or as 64 hexadecimal digits; at most %d of them. Restore the file from a backup.",
                 line, VAULT_PROBLEM_MAX / 2, v->path, VAULT_KEYS_MAX);
        return -ERR_SETTINGS;
}

static int take_lines(struct vault *v, struct str text, char problem[VAULT_PROBLEM_MAX]) {
        struct str line;
        unsigned number = 0;

        while (text.len && str_next(&text, '\n', &line)) {
                size_t at;

                number++;
                if (line.len && line.ptr[line.len - 1] == '\r')
                        line.len--;
                line = str_trim(line);
                if (line.len == 0 || line.ptr[0] == '#')
                        continue;
                if (vault_take_text(v, line, &at) < 0)
                        return refuse_line(v, number, problem);
                atomic_store(&v->newest, at);
        }
        return 0;
}

/* 1, or 0 when there is no file. */
static int read_text(const struct vault *v, struct file_text *ret, char problem[VAULT_PROBLEM_MAX]) {
        const struct private_file file = file_of(v);
        int r = private_file_read(&file, ret->bytes, sizeof(ret->bytes), &ret->len, problem);

        if (r <= 0 || ret->len < sizeof(ret->bytes))
                return r;
        snprintf(problem, VAULT_PROBLEM_MAX, "The vault's key file %.*s is longer than %d bytes.",
                 VAULT_PROBLEM_MAX / 2, v->path, VAULT_FILE_MAX - 1);
        return -ERR_SETTINGS;
}

int vault_read_file(struct vault *v, char problem[VAULT_PROBLEM_MAX]) {
        _cleanup_(wipe_text) struct file_text text = { .len = 0 };
        int r;

        r = read_text(v, &text, problem);
        if (r <= 0)
                return r;
        r = take_lines(v, str_n(text.bytes, text.len), problem);
        if (r < 0)
                return r;
        if (atomic_load(&v->n))
                return 1;
        snprintf(problem, VAULT_PROBLEM_MAX,
                 "The vault's key file %.*s holds no key. Restore it from a backup; where nobody has stored "
                 "a credential "
                 "yet, remove it to get a new one.",
                 VAULT_PROBLEM_MAX / 2, v->path);
        return -ERR_SETTINGS;
}

static int append_key(struct vault *v, struct file_text *text, char problem[VAULT_PROBLEM_MAX]) {
        uint8_t bytes[VAULT_KEY_SIZE];
        int r;

        if (VAULT_KEY_TEXT_LENGTH + 2 > sizeof(text->bytes) - text->len ||
            atomic_load(&v->n) == VAULT_KEYS_MAX) {
                snprintf(problem, VAULT_PROBLEM_MAX,
                         "The vault's key file %.*s is full: remove the keys that `gatehouse vault check` "
                         "calls retired, "
                         "unless a backup still needs them.",
                         VAULT_PROBLEM_MAX / 2, v->path);
                return -ERR_SETTINGS;
        }
        r = random_fill(v->random, bytes, sizeof(bytes));
        if (r < 0) {
                snprintf(problem, VAULT_PROBLEM_MAX, "The kernel gives no random bytes for a key.");
                return r;
        }
        if (text->len && text->bytes[text->len - 1] != '\n')
                text->bytes[text->len++] = '\n';
        base64url_encode(str_n(bytes, sizeof(bytes)), text->bytes + text->len);
        memory_wipe(bytes, sizeof(bytes));
        memcpy(text->bytes + text->len + VAULT_KEY_TEXT_LENGTH - 1, "=\n", 2);
        text->len += VAULT_KEY_TEXT_LENGTH + 1;
        return 0;
}

int vault_make_file(struct vault *v, char problem[VAULT_PROBLEM_MAX]) {
        _cleanup_(wipe_text) struct file_text text = { .len = sizeof(head) - 1 };
        const struct private_file file = file_of(v);
        int r;

        memcpy(text.bytes, head, sizeof(head) - 1);
        r = append_key(v, &text, problem);
        if (r == 0)
                r = private_file_create(&file, v->random, str_n(text.bytes, text.len), problem);
        if (r == 0)
                r = vault_read_file(v, problem); /* another process may have been first */
        return MIN_OF(r, 0);
}

int vault_add_key(struct vault *v, char ret_id[VAULT_KEY_ID_LENGTH + 1], char problem[VAULT_PROBLEM_MAX]) {
        _cleanup_(wipe_text) struct file_text text = { .len = 0 };
        const struct private_file file = file_of(v);
        int r;

        r = read_text(v, &text, problem);
        if (r == 0) {
                snprintf(problem, VAULT_PROBLEM_MAX, "There is no key file %.*s.", VAULT_PROBLEM_MAX / 2,
                         v->path);
                r = -ERR_SETTINGS;
        }
        if (r > 0)
                r = append_key(v, &text, problem);
        if (r == 0)
                r = private_file_replace(&file, v->random, str_n(text.bytes, text.len), problem);
        if (r == 0)
                r = vault_read_file(v, problem);
        if (r < 0)
                return r;
        memcpy(ret_id, vault_newest(v).ptr, VAULT_KEY_ID_LENGTH);
        ret_id[VAULT_KEY_ID_LENGTH] = '\0';
        return 0;
}
