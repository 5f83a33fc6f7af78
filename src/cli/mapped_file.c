#include "cli/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"
#include "cli/command.h"

int mapped_file_open(const char *who, const char *path, struct str *ret) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        struct stat about;
        void *at;

        if (fd < 0 || fstat(fd, &about) < 0 || !S_ISREG(about.st_mode)) {
                problem(who, "%s cannot be read: %m.", path);
                if (fd >= 0)
                        (void)close(fd);
                return -ERR_BAD_REQUEST;
        }
        at = about.st_size > 0 ? mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
        (void)close(fd);
        if (at == MAP_FAILED) {
                problem(who, "%s cannot be read: %m.", path);
                return -ERR_BAD_REQUEST;
        }
        *ret = at ? str_n(at, (size_t)about.st_size) : STR("");
        return 0;
}

void mapped_file_close(struct str text) {
        if (text.len > 0)
                (void)munmap((void *)text.ptr, text.len);
}
