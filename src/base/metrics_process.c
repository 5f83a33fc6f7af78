#include "base/metrics_process.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { STAT_START_TIME = 22 }; /* number of the field, proc(5) */

static pthread_once_t start_once = PTHREAD_ONCE_INIT;
static double start_seconds;

static struct str read_file(const char *path, char *buffer, size_t size) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n;

        if (fd < 0)
                return STR_NULL;
        n = read(fd, buffer, size);
        close(fd);
        return n > 0 ? str_n(buffer, (size_t)n) : STR_NULL;
}

/* The number in the n-th word of s, counted from 0. */
static bool nth_number(struct str s, unsigned n, uint64_t *ret) {
        struct str word;

        while (str_next(&s, ' ', &word))
                if (n-- == 0)
                        return str_to_uint(word, UINT64_MAX, ret);
        return false;
}

static double seconds_of(clockid_t clock) {
        struct timespec t;

        return clock_gettime(clock, &t) < 0 ? 0 : (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The kernel counts from boot. Worked out once: two clocks read one after the other would make the result
 * tremble. */
static void find_start(void) {
        char buffer[1024];
        struct str stat = read_file("/proc/self/stat", buffer, sizeof(buffer));
        const char *paren = stat.len ? memrchr(stat.ptr, ')', stat.len) : NULL;
        uint64_t ticks;

        /* The command's name, the second field, may hold blanks and brackets: the third follows its last one.
         */
        if (!paren ||
            !nth_number(str_from(stat, (size_t)(paren - stat.ptr) + 2), STAT_START_TIME - 3, &ticks))
                return;
        start_seconds = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME) +
                        (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static void render(struct strbuf *out, const char *name, const char *type, const char *help, double value) {
        strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", name, help, name, type, name, value);
}

static double seconds(struct timeval t) {
        return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void metrics_render_process(struct strbuf *out) {
        char buffer[256];
        struct rusage usage;
        uint64_t pages;

        if (nth_number(read_file("/proc/self/statm", buffer, sizeof(buffer)), 1, &pages))
                render(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
                       (double)pages * (double)sysconf(_SC_PAGESIZE));
        if (getrusage(RUSAGE_SELF, &usage) == 0)
                render(out, "process_cpu_seconds_total", "counter",
                       "Total user and system CPU time spent in seconds.",
                       seconds(usage.ru_utime) + seconds(usage.ru_stime));
        (void)pthread_once(&start_once, find_start);
        if (start_seconds > 0)
                render(out, "process_start_time_seconds", "gauge",
                       "Start time of the process since unix epoch in seconds.", start_seconds);
}
