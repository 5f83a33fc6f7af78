/* A system whose clock is ahead of this one's, for one process under test: preloaded into it (system-clock.mjs). By how many
 * milliseconds says the file named by SYSTEM_CLOCK_AHEAD, at each look. Only the wall clock is moved: what waits, waits as long
 * as ever. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const _Atomic int64_t *ahead_ms;

__attribute__((constructor)) static void begin(void) {
        const char *path = getenv("SYSTEM_CLOCK_AHEAD");
        int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*ahead_ms), PROT_READ, MAP_SHARED, fd, 0);

        if (map == MAP_FAILED)
                abort();
        close(fd);
        ahead_ms = map;
}

int clock_gettime(clockid_t id, struct timespec *t) {
        int64_t ahead = ahead_ms && id == CLOCK_REALTIME ? atomic_load(ahead_ms) : 0;
        int r = (int)syscall(SYS_clock_gettime, id, t);

        if (r < 0)
                return r;
        t->tv_sec += ahead / 1000;
        t->tv_nsec += ahead % 1000 * 1000000;
        if (t->tv_nsec >= 1000000000) {
                t->tv_sec++;
                t->tv_nsec -= 1000000000;
        }
        return 0;
}
