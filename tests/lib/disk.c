/* A disk that keeps a process waiting or fails, for one process under test: preloaded into it (disk.mjs). What fdatasync() does
 * says the first number of the file named by TEST_DISK, at each look; the second counts the calls. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORKS, HOLDS, FAILS };

struct disk {
        _Atomic int32_t mode;
        _Atomic int32_t calls;
};

static struct disk *disk;

__attribute__((constructor)) static void begin(void) {
        const char *path = getenv("TEST_DISK");
        int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
        void *map =
                fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        if (map == MAP_FAILED)
                abort();
        close(fd);
        disk = map;
}

int fdatasync(int fd) {
        atomic_fetch_add(&disk->calls, 1);
        while (atomic_load(&disk->mode) == HOLDS)
                (void)poll(NULL, 0, 5);
        if (atomic_load(&disk->mode) == FAILS) {
                errno = EIO;
                return -1;
        }
        return (int)syscall(SYS_fdatasync, fd);
}
