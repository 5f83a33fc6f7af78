#include "oauth/logo/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errors.h"
#include "base/log.h"
#include "oauth/logo/limits.h"

static const char program[] = "gatehouse-logo";

struct child {
        pid_t pid;
        int in, out; /* ours: to its standard input, from its standard output; -1 once closed */
};

static void close_fd(int *fd) {
        if (*fd >= 0)
                (void)close(*fd);
        *fd = -1;
}

/* Beside this process's own program. */
static bool find_program(char path[PATH_MAX]) {
        ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof(program) - 1);

        while (n > 0 && path[n - 1] != '/')
                n--;
        if (n <= 0)
                return false;
        memcpy(path + n, program, sizeof(program));
        return true;
}

static int spawn_with(const char *path, const int in[2], const int out[2], pid_t *ret) {
        char *const argv[] = { (char *)program, NULL }, *const envp[] = { NULL };
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none, defaults;
        int e;

        (void)sigemptyset(&none);
        (void)sigemptyset(&defaults);
        (void)sigaddset(&defaults, SIGPIPE);
        if (posix_spawn_file_actions_init(&actions) != 0)
                return ENOMEM;
        e = posix_spawnattr_init(&attributes);
        if (e == 0) {
                (void)posix_spawnattr_setsigmask(&attributes, &none);
                (void)posix_spawnattr_setsigdefault(&attributes, &defaults);
                (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
                e = posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
                if (e == 0)
                        e = posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
                if (e == 0)
                        e = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
                                                             0);
                if (e == 0)
                        e = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
                if (e == 0)
                        e = posix_spawn(ret, path, &actions, &attributes, argv, envp);
                (void)posix_spawnattr_destroy(&attributes);
        }
        (void)posix_spawn_file_actions_destroy(&actions);
        return e;
}

static int child_start(struct child *ret) {
        int in[2] = { -1, -1 }, out[2] = { -1, -1 }, e = 0;
        char path[PATH_MAX];

        if (!find_program(path))
                return -ERR_LOGO_FAILED;
        if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
                e = errno;
        if (e == 0)
                e = spawn_with(path, in, out, &ret->pid);
        close_fd(&in[0]);
        close_fd(&out[1]);
        if (e == 0 && (fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 || fcntl(out[0], F_SETFL, O_NONBLOCK) < 0))
                LOG(LOG_WARNING, "a pipe can't be set up", LOG_INT("errno", errno));
        ret->in = in[1];
        ret->out = out[0];
        if (e == 0)
                return 0;
        close_fd(&ret->in);
        close_fd(&ret->out);
        LOG(LOG_ERROR, "the program that decodes logos can't be run", LOG_STR("program", str_of(path)),
            LOG_INT("errno", e));
        return -ERR_LOGO_FAILED;
}

/* A child that has closed its end wants no more. */
static void feed(struct child *child, struct str *image) {
        ssize_t n = write(child->in, image->ptr, image->len);

        if (n > 0)
                *image = str_from(*image, (size_t)n);
        if (image->len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
                close_fd(&child->in);
}

static void drain(struct child *child, struct strbuf *out) {
        char part[8192];
        ssize_t n = read(child->out, part, sizeof(part));

        if (n > 0)
                strbuf_append(out, str_n(part, (size_t)n));
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || out->failed)
                close_fd(&child->out);
}

/* Until the child has said all; errors   ERR_LOGO_COSTLY (its time is over), ERR_LOGO_REFUSED (it says too much) */
static int talk(struct child *child, struct str image, int64_t time_ms, struct strbuf *out) {
        int64_t end = clock_monotonic_ms() + time_ms;

        while (child->out >= 0) {
                struct pollfd fds[] = { { .fd = child->out, .events = POLLIN },
                                        { .fd = child->in, .events = POLLOUT } };
                int64_t left = end - clock_monotonic_ms();

                if (left <= 0)
                        return -ERR_LOGO_COSTLY;
                if (poll(fds, 2, (int)left) <= 0)
                        continue;
                if (fds[1].revents)
                        feed(child, &image);
                if (fds[0].revents)
                        drain(child, out);
        }
        return out->failed ? -ERR_LOGO_REFUSED : 0;
}

static int child_end(struct child *child, bool well) {
        int status = -1;

        close_fd(&child->in);
        close_fd(&child->out);
        if (!well)
                (void)kill(child->pid, SIGKILL);
        while (waitpid(child->pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -1;
        return status;
}

/* 127: what stands for "could not be run" where a shell would say it; all else is the image's doing. Who has used up the processor time
 * is killed by the system. */
static int judge(int talked, int status) {
        if (talked < 0)
                return talked;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
                return -ERR_LOGO_FAILED;
        if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU))
                return -ERR_LOGO_COSTLY;
        return -ERR_LOGO_REFUSED;
}

int logo_helper_run(struct str image, int64_t time_ms, struct strbuf *out) {
        struct child child;
        int r, status, talked;

        r = child_start(&child);
        if (r < 0)
                return r;
        talked = talk(&child, image, time_ms, out);
        status = child_end(&child, talked == 0);
        if (talked == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 && out->len > 0)
                return 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == LOGO_REFUSED)
                return -ERR_LOGO_REFUSED;
        LOG(LOG_WARNING, "a logo could not be decoded within its limits", LOG_INT("status", status));
        return judge(talked, status);
}
