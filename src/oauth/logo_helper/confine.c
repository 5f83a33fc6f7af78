#include "oauth/logo_helper/confine.h"

#include <seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* 2048 x 2048 pixels take 16 MiB, in several forms at a time. */
enum { MEMORY_MAX = 256 * 1024 * 1024 };

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static bool limit(__rlimit_resource_t what, rlim_t most) {
        struct rlimit both = { most, most };

        return setrlimit(what, &both) == 0;
}

static bool limit_calls(void) {
        static const int allowed[] = {
                SCMP_SYS(read),         SCMP_SYS(write),         SCMP_SYS(exit),   SCMP_SYS(exit_group),
                SCMP_SYS(brk),          SCMP_SYS(mmap),          SCMP_SYS(munmap), SCMP_SYS(mremap),
                SCMP_SYS(mprotect),     SCMP_SYS(madvise),       SCMP_SYS(futex),  SCMP_SYS(getrandom),
                SCMP_SYS(rt_sigreturn), SCMP_SYS(clock_gettime), SCMP_SYS(close),
        };
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
        bool good = filter;

        for (size_t i = 0; good && i < sizeof(allowed) / sizeof(allowed[0]); i++)
                good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
        good = good && seccomp_load(filter) == 0;
        seccomp_release(filter);
        return good;
}

/* A sanitizer wants address space without end, and calls that no decoder makes. */
bool confine(void) {
        if (!limit(RLIMIT_CPU, CONFINE_CPU_MAX_S) || !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_CORE, 0) ||
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return false;
        if (SANITIZED)
                return true;
        return limit(RLIMIT_NOFILE, 3) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_AS, MEMORY_MAX) &&
               limit_calls();
}
