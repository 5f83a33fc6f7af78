/* What a decoder that somebody took over could still do: each thing is tried by a process of its own behind the walls. */
#include "oauth/logo_helper/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

enum { NOT_CONFINED = 100, DONE = 0, IN_VAIN = 1, MEBIBYTE = 1024 * 1024 };

static int to_parent[2];

/* Runs it behind the walls; how the process ended, as waitpid() has it. */
static int try_it(int (*deed)(void)) {
        int status = -1;
        pid_t pid;

        assert_int_equal(pipe(to_parent), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                _exit(confine() ? deed() : NOT_CONFINED);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return status;
}

static void assert_killed(int (*deed)(void)) {
        int status = try_it(deed);

        if (!WIFSIGNALED(status))
                fail_msg("it ended with %d", WEXITSTATUS(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
        (void)close(to_parent[0]);
        (void)close(to_parent[1]);
}

static int open_file(void) {
        return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? DONE : IN_VAIN;
}

static int open_socket(void) {
        return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ? DONE : IN_VAIN;
}

static int start_process(void) {
        return fork() >= 0 ? DONE : IN_VAIN;
}

static int run_program(void) {
        char *const nothing[] = { NULL };

        return execve("/bin/true", nothing, nothing);
}

static int signal_parent(void) {
        return kill(getppid(), 0) == 0 ? DONE : IN_VAIN;
}

static int unlink_file(void) {
        return unlink("/nowhere/at/all") == 0 ? DONE : IN_VAIN;
}

static void what_a_decoder_does_not_need_ends_it(void **state) {
        assert_killed(open_file);
        assert_killed(open_socket);
        assert_killed(start_process);
        assert_killed(run_program);
        assert_killed(signal_parent);
        assert_killed(unlink_file);
}

static int work(void) {
        size_t n = (size_t)16 * MEBIBYTE;
        char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED)
                return IN_VAIN;
        memset(p, 1, n);
        return write(to_parent[1], "done", 4) == 4 ? DONE : IN_VAIN;
}

static void it_may_work_and_write_to_what_is_open(void **state) {
        char said[8];
        int status = try_it(work);

        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), DONE);
        assert_int_equal(read(to_parent[0], said, sizeof(said)), 4);
        (void)close(to_parent[0]);
        (void)close(to_parent[1]);
}

static int take_much(void) {
        size_t n = (size_t)16 * MEBIBYTE;

        for (unsigned i = 0; i < 64; i++)
                if (mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
                        return errno == ENOMEM && i < 17 ? DONE : IN_VAIN;
        return IN_VAIN;
}

static void what_inflates_without_end_finds_no_more_memory(void **state) {
        int status = try_it(take_much);

        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), DONE);
        (void)close(to_parent[0]);
        (void)close(to_parent[1]);
}

static int go_on_for_ever(void) {
        volatile unsigned n = 0;

        if (write(to_parent[1], "!", 1) != 1)
                return IN_VAIN;
        for (;;)
                n++;
}

/* That it has its few seconds is looked at; what happens at their end is tried with one. */
static void what_goes_on_for_ever_is_killed(void **state) {
        const struct rlimit one = { 1, 1 };
        struct rlimit given;
        int status = -1;
        char said;
        pid_t pid;

        assert_int_equal(pipe(to_parent), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                _exit(confine() ? go_on_for_ever() : NOT_CONFINED);
        assert_int_equal(read(to_parent[0], &said, 1), 1);
        assert_int_equal(prlimit(pid, RLIMIT_CPU, &one, &given), 0);
        assert_int_equal(given.rlim_cur, CONFINE_CPU_MAX_S);
        assert_int_equal(given.rlim_max, CONFINE_CPU_MAX_S);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGKILL);
        (void)close(to_parent[0]);
        (void)close(to_parent[1]);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_a_decoder_does_not_need_ends_it),
                cmocka_unit_test(it_may_work_and_write_to_what_is_open),
                cmocka_unit_test(what_inflates_without_end_finds_no_more_memory),
                cmocka_unit_test(what_goes_on_for_ever_is_killed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
