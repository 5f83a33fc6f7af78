#include "cli/key_file.h"

#include <stdio.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/memory.h"

enum { KEY_TEXT_LENGTH = 2 * HASH_SIZE, PATH_ROOM = 4097 };

static int create(const struct private_file *file, const struct random *random,
                  char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        char text[KEY_TEXT_LENGTH + 1];
        uint8_t bytes[HASH_SIZE];
        int r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0) {
                snprintf(problem, PRIVATE_FILE_PROBLEM_MAX,
                         "The kernel gives no random bytes for the key file.");
                return r;
        }
        hex_encode(str_n(bytes, sizeof(bytes)), text);
        text[KEY_TEXT_LENGTH] = '\n';
        memory_wipe(bytes, sizeof(bytes));
        r = private_file_create(file, random, str_n(text, sizeof(text)), problem);
        memory_wipe(text, sizeof(text));
        return r;
}

static int take_key(struct str text, const char *path, struct mac_key *ret,
                    char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        uint8_t bytes[HASH_SIZE];
        int r = 0;

        if (text.len == KEY_TEXT_LENGTH + 1 && text.ptr[KEY_TEXT_LENGTH] == '\n')
                text.len--;
        if (text.len == KEY_TEXT_LENGTH && hex_decode(text, bytes, sizeof(bytes)) == HASH_SIZE) {
                mac_key_set(ret, bytes);
        } else {
                snprintf(problem, PRIVATE_FILE_PROBLEM_MAX,
                         "The key file %s does not hold a key: one line of 64 hexadecimal digits. Restore "
                         "it from a backup, or remove it to get a new one; everybody has to sign in again "
                         "then.",
                         path);
                r = -ERR_SETTINGS;
        }
        memory_wipe(bytes, sizeof(bytes));
        return r;
}

int key_file_load(const char *path, const struct random *random, struct mac_key *ret,
                  char ret_problem[PRIVATE_FILE_PROBLEM_MAX]) {
        const struct private_file file = { path, "key file", "GATEHOUSE_KEY_FILE" };
        char text[KEY_TEXT_LENGTH + 2];
        size_t len;
        int r;

        r = private_file_read(&file, text, sizeof(text), &len, ret_problem);
        if (r == 0) {
                r = create(&file, random, ret_problem);
                if (r >= 0)
                        r = private_file_read(&file, text, sizeof(text), &len, ret_problem);
                if (r == 0) {
                        snprintf(ret_problem, PRIVATE_FILE_PROBLEM_MAX, "The key file %s is gone again.",
                                 path);
                        r = -ERR_SETTINGS;
                }
        }
        if (r > 0)
                r = take_key(str_n(text, len), path, ret, ret_problem);
        memory_wipe(text, sizeof(text));
        return r;
}

int key_file_find(struct str path, struct mac_key *ret, char ret_problem[PRIVATE_FILE_PROBLEM_MAX]) {
        char copy[PATH_ROOM];
        int r;

        (void)snprintf(copy, sizeof(copy), STR_FMT, STR_ARG(path));
        if (access(copy, F_OK) < 0)
                return 0;
        r = key_file_load(copy, &random_system, ret, ret_problem);
        return r < 0 ? r : 1;
}
