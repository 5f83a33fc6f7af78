#include "cli/process.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum {
        ARENAS_MAX = 2,
        MMAP_THRESHOLD =
                128 * 1024, /* bytes; fixed, for glibc would raise it to the largest block that was freed */
        STACK_SIZE = 256 * 1024, /* bytes */
        STATUS_SIGNALLED = 128,  /* plus the signal's number, as shells count */
};

void process_protect_secrets(void) {
        const struct rlimit none = { 0, 0 };

        setrlimit(RLIMIT_CORE, &none);
        /* A core handler behind a pipe disregards the limit. */
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void process_prepare_server(int64_t workers) {
        pthread_attr_t attributes;
        struct rlimit files;
        char text[24];

        if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
                files.rlim_cur = files.rlim_max;
                setrlimit(RLIMIT_NOFILE, &files);
        }
        mallopt(M_ARENA_MAX, ARENAS_MAX);
        mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
        mallopt(M_TRIM_THRESHOLD, MMAP_THRESHOLD);
        if (pthread_attr_init(&attributes) == 0) {
                if (pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0)
                        pthread_setattr_default_np(&attributes);
                pthread_attr_destroy(&attributes);
        }
        snprintf(text, sizeof(text), "%lld", (long long)workers);
        setenv("UV_THREADPOOL_SIZE", text, 1);
}

void process_trim(void) {
        (void)malloc_trim(0);
}

static sigset_t end_signals(void) {
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGHUP);
        return set;
}

void signal_block_ends(void) {
        const struct sigaction ignore = { .sa_handler = SIG_IGN };
        sigset_t set = end_signals();

        sigaction(SIGPIPE, &ignore, NULL);
        pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int signal_wait(int64_t timeout_ms) {
        int64_t end = clock_monotonic_ms() + timeout_ms;
        sigset_t set = end_signals();

        for (;;) {
                int64_t left = timeout_ms < 0 ? 0 : MAX_OF(end - clock_monotonic_ms(), INT64_C(0));
                struct timespec time = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000 };
                int signal = timeout_ms < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &time);

                if (signal > 0)
                        return signal;
                if (errno != EINTR)
                        return 0;
        }
}

static void *end_at_next(void *data) {
        int signal = signal_wait((int64_t)(intptr_t)data);

        _exit(STATUS_SIGNALLED + (signal ? signal : SIGKILL));
}

void signal_end_at_next(int64_t grace_ms) {
        pthread_attr_t attributes;
        pthread_t thread;

        if (pthread_attr_init(&attributes) != 0)
                return;
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        if (pthread_create(&thread, &attributes, end_at_next, (void *)(intptr_t)grace_ms) != 0) {
                /* Without the thread the signals go back to what they do by themselves: end the process. */
                sigset_t set = end_signals();

                pthread_sigmask(SIG_UNBLOCK, &set, NULL);
        }
        pthread_attr_destroy(&attributes);
}

void process_sleep_ms(void *data _unused_, int64_t ms) {
        const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

        (void)nanosleep(&time, NULL);
}
