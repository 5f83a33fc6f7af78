#include "base/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/errors.h"

enum { SUFFIX_BYTES = 8, PATH_LENGTH_MAX = 4096, PRIVATE_FILE = 0600, PRIVATE_FOLDER = 0700 };

static void close_fd(const int *fd) {
        if (*fd >= 0)
                close(*fd);
}

_printf_(2, 3) static int refuse(char problem[PRIVATE_FILE_PROBLEM_MAX], const char *format, ...) {
        va_list args;

        va_start(args, format);
        vsnprintf(problem, PRIVATE_FILE_PROBLEM_MAX, format, args);
        va_end(args);
        return -ERR_SETTINGS;
}

/* Makes the folders above the file; those that exist stay as they are. */
static int make_folders(const struct private_file *file, char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        char part[PATH_LENGTH_MAX];
        size_t len = strlen(file->path);

        if (len >= sizeof(part))
                return refuse(problem, "The path of the %s is too long: set %s to a shorter one.", file->what,
                              file->variable);
        memcpy(part, file->path, len + 1);
        for (size_t i = 1; i < len; i++) {
                if (part[i] != '/')
                        continue;
                part[i] = '\0';
                if (mkdir(part, PRIVATE_FOLDER) < 0 && errno != EEXIST)
                        return refuse(problem, "The folder %s for the %s cannot be made: %m. Set %s.", part,
                                      file->what, file->variable);
                part[i] = '/';
        }
        return 0;
}

/* What the file's folder says of it must be on the disk too. */
static bool sync_folder(const char *path) {
        _cleanup_(close_fd) int fd = -1;
        char folder[PATH_LENGTH_MAX] = ".";
        const char *slash = strrchr(path, '/');

        if (slash)
                snprintf(folder, sizeof(folder), "%.*s", (int)MAX_OF(slash - path, (ptrdiff_t)1), path);
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd >= 0 && fsync(fd) == 0;
}

static int draft_path(const struct private_file *file, const struct random *random,
                      char ret[PATH_LENGTH_MAX + 32], char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        char suffix[2 * SUFFIX_BYTES + 1] = "";
        uint8_t bytes[SUFFIX_BYTES];
        int r;

        r = random_fill(random, bytes, sizeof(bytes));
        if (r < 0) {
                refuse(problem, "The kernel gives no random bytes for the %s.", file->what);
                return r;
        }
        hex_encode(str_n(bytes, sizeof(bytes)), suffix);
        snprintf(ret, PATH_LENGTH_MAX + 32, "%s.%s", file->path, suffix);
        return 0;
}

/* Writes to a file of another name, and gives it its own when it is whole. */
static int put(const struct private_file *file, const struct random *random, struct str text, bool replace,
               char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        _cleanup_(close_fd) int fd = -1;
        char draft[PATH_LENGTH_MAX + 32];
        int r;

        r = draft_path(file, random, draft, problem);
        if (r < 0)
                return r;
        fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, PRIVATE_FILE);
        if (fd < 0)
                return refuse(problem, "The %s %s cannot be made: %m. Set %s to a place for it.", file->what,
                              file->path, file->variable);
        if (write(fd, text.ptr, text.len) != (ssize_t)text.len || fsync(fd) < 0)
                r = refuse(problem, "The %s %s cannot be written: %m.", file->what, file->path);
        else if (replace ? rename(draft, file->path) < 0 : link(draft, file->path) < 0 && errno != EEXIST)
                r = refuse(problem, "The %s %s cannot be made: %m.", file->what, file->path);
        else if (!sync_folder(file->path))
                r = refuse(problem, "The folder of the %s %s cannot be written: %m.", file->what, file->path);
        unlink(draft); /* gone already where it was renamed */
        return r;
}

int private_file_create(const struct private_file *file, const struct random *random, struct str text,
                        char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        int r = make_folders(file, problem);

        return r < 0 ? r : put(file, random, text, false, problem);
}

int private_file_replace(const struct private_file *file, const struct random *random, struct str text,
                         char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        return put(file, random, text, true, problem);
}

int private_file_read(const struct private_file *file, char *out, size_t capacity, size_t *ret_len,
                      char problem[PRIVATE_FILE_PROBLEM_MAX]) {
        _cleanup_(close_fd) int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        struct stat st;
        ssize_t n = 0;
        size_t len = 0;

        if (fd < 0 && errno == ENOENT)
                return 0;
        if (fd < 0)
                return refuse(problem, "The %s %s cannot be opened: %m.", file->what, file->path);
        if (fstat(fd, &st) < 0)
                return refuse(problem, "The %s %s cannot be read: %m.", file->what, file->path);
        if (!S_ISREG(st.st_mode))
                return refuse(problem, "The %s %s is not a file. Set %s to another path.", file->what,
                              file->path, file->variable);
        if (st.st_mode & (S_IRWXG | S_IRWXO))
                return refuse(problem, "The %s %s can be read by others. Remedy: chmod 600 '%s'", file->what,
                              file->path, file->path);
        while (len < capacity && (n = read(fd, out + len, capacity - len)) > 0)
                len += (size_t)n;
        if (n < 0)
                return refuse(problem, "The %s %s cannot be read: %m.", file->what, file->path);
        *ret_len = len;
        return 1;
}
