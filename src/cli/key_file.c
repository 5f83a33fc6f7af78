#include "cli/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/secret.h"

enum {
        KEY_TEXT_LENGTH = 2 * HASH_SIZE,
        SUFFIX_BYTES = 8,
        PATH_LENGTH_MAX = 4096,
        PRIVATE_FILE = 0600,
        PRIVATE_FOLDER = 0700
};

static void close_fd(const int *fd) {
        if (*fd >= 0)
                close(*fd);
}

_printf_(2, 3) static int refuse(char problem[KEY_FILE_PROBLEM_MAX], const char *format, ...) {
        va_list args;

        va_start(args, format);
        vsnprintf(problem, KEY_FILE_PROBLEM_MAX, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

/* Makes the folders above the file; those that exist stay as they are. */
static int make_folders(const char *path, char problem[KEY_FILE_PROBLEM_MAX]) {
        char part[PATH_LENGTH_MAX];
        size_t len = strlen(path);

        if (len >= sizeof(part))
                return refuse(
                        problem,
                        "The path of the key file is too long: set GATEHOUSE_KEY_FILE to a shorter one.");
        memcpy(part, path, len + 1);
        for (size_t i = 1; i < len; i++) {
                if (part[i] != '/')
                        continue;
                part[i] = '\0';
                if (mkdir(part, PRIVATE_FOLDER) < 0 && errno != EEXIST)
                        return refuse(
                                problem,
                                "The folder %s for the key file cannot be made: %m. Set GATEHOUSE_KEY_FILE.",
                                part);
                part[i] = '/';
        }
        return 0;
}

/* Writes the key to a file of another name and links it to its own: nobody ever sees half a key, and of two
 * that do this at once one fails with EEXIST. */
static int create(const char *path, const struct random *random, char problem[KEY_FILE_PROBLEM_MAX]) {
        char text[KEY_TEXT_LENGTH + 1], suffix[2 * SUFFIX_BYTES + 1] = "", draft[PATH_LENGTH_MAX + 32];
        uint8_t bytes[HASH_SIZE + SUFFIX_BYTES];
        ssize_t written;
        int fd, r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0) {
                refuse(problem, "The kernel gives no random bytes for the key file.");
                return r;
        }
        hex_encode(str_n(bytes, HASH_SIZE), text);
        text[KEY_TEXT_LENGTH] = '\n';
        hex_encode(str_n(bytes + HASH_SIZE, SUFFIX_BYTES), suffix);
        memory_wipe(bytes, sizeof(bytes));

        snprintf(draft, sizeof(draft), "%s.%s", path, suffix);
        fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, PRIVATE_FILE);
        if (fd < 0) {
                r = refuse(problem,
                           "The key file %s cannot be made: %m. Set GATEHOUSE_KEY_FILE to a place for it.",
                           path);
                memory_wipe(text, sizeof(text));
                return r;
        }
        written = write(fd, text, sizeof(text));
        memory_wipe(text, sizeof(text));
        if (written != sizeof(text) || fsync(fd) < 0)
                r = refuse(problem, "The key file %s cannot be written: %m.", path);
        else if (link(draft, path) < 0 && errno != EEXIST)
                r = refuse(problem, "The key file %s cannot be made: %m.", path);
        close(fd);
        unlink(draft);
        return r < 0 ? r : 0;
}

static int read_key(int fd, const char *path, struct mac_key *ret, char problem[KEY_FILE_PROBLEM_MAX]) {
        char text[KEY_TEXT_LENGTH + 2];
        uint8_t bytes[HASH_SIZE];
        struct stat st;
        struct str key;
        ssize_t n;
        int r = 0;

        if (fstat(fd, &st) < 0)
                return refuse(problem, "The key file %s cannot be read: %m.", path);
        if (!S_ISREG(st.st_mode))
                return refuse(problem,
                              "The key file %s is not a file. Set GATEHOUSE_KEY_FILE to another path.", path);
        if (st.st_mode & (S_IRWXG | S_IRWXO))
                return refuse(problem, "The key file %s can be read by others. Remedy: chmod 600 '%s'", path,
                              path);
        n = read(fd, text, sizeof(text));
        key = str_n(text, n > 0 ? (size_t)n : 0);
        if (key.len == KEY_TEXT_LENGTH + 1 && key.ptr[KEY_TEXT_LENGTH] == '\n')
                key.len--;
        if (key.len == KEY_TEXT_LENGTH && hex_decode(key, bytes, sizeof(bytes)) == HASH_SIZE)
                mac_key_set(ret, bytes);
        else
                r = refuse(problem,
                           "The key file %s does not hold a key: one line of 64 hexadecimal digits. Restore "
                           "it from a "
                           "backup, or remove it to get a new one; everybody has to sign in again then.",
                           path);
        memory_wipe(text, sizeof(text));
        memory_wipe(bytes, sizeof(bytes));
        return r;
}

int key_file_load(const char *path, const struct random *random, struct mac_key *ret,
                  char ret_problem[KEY_FILE_PROBLEM_MAX]) {
        _cleanup_(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
        int r;

        if (fd < 0 && errno == ENOENT) {
                r = make_folders(path, ret_problem);
                if (r < 0)
                        return r;
                r = create(path, random, ret_problem);
                if (r < 0)
                        return r;
                fd = open(path, O_RDONLY | O_CLOEXEC);
        }
        if (fd < 0)
                return refuse(ret_problem, "The key file %s cannot be opened: %m.", path);
        return read_key(fd, path, ret, ret_problem);
}
