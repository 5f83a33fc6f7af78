/* What comes of a helper that does other than it should: each stands beside this test's program, as the real one stands beside the
 * server's. */
#include "oauth/logo/helper.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errors.h"
#include "unit.h"

enum { SOON_MS = 200, LATE_MS = 5000 };

static char path[PATH_MAX + 32];

static int find_place(void **state) {
        const struct sigaction ignore = { .sa_handler = SIG_IGN }; /* as the server does */
        ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);

        if (sigaction(SIGPIPE, &ignore, NULL) < 0)
                return -1;
        while (n > 0 && path[n - 1] != '/')
                n--;
        if (n <= 0)
                return -1;
        (void)snprintf(path + n, sizeof(path) - (size_t)n, "gatehouse-logo");
        return 0;
}

static int leave_place(void **state) {
        return unlink(path) == 0 || errno == ENOENT ? 0 : -1;
}

static void put_helper(const char *script) {
        FILE *file = fopen(path, "we");

        assert_non_null(file);
        assert_true(fprintf(file, "#!/bin/sh\n%s\n", script) > 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(path, 0700), 0);
}

/* Runs it for an image of some size; nothing of it is left afterwards. */
static int run(int64_t time_ms, struct str *ret) {
        static char image[200 * 1024], said[4096];
        struct strbuf out = STRBUF_INIT(1024);
        int r = logo_helper_run(str_n(image, sizeof(image)), time_ms, &out);

        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
        memcpy(said, out.ptr ? out.ptr : "", out.len);
        *ret = str_n(said, out.len);
        strbuf_done(&out);
        return r;
}

static void what_it_says_is_the_image(void **state) {
        struct str said;

        put_helper("wc -c");
        assert_int_equal(run(LATE_MS, &said), 0);
        assert_str(said, "204800\n");
}

static void one_that_goes_on_for_ever_is_killed_in_time(void **state) {
        static const char *const scripts[] = { "while :; do :; done", "exec sleep 1000",
                                               "cat >/dev/null; exec sleep 1000",
                                               "while :; do read line; done; exec sleep 1000" };
        struct str said;

        for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
                int64_t begun = clock_monotonic_ms();

                put_helper(scripts[i]);
                assert_int_equal(run(SOON_MS, &said), -ERR_LOGO_COSTLY);
                assert_true(clock_monotonic_ms() - begun < LATE_MS);
        }
}

static void one_that_the_system_kills_took_too_much(void **state) {
        struct str said;

        put_helper("kill -KILL $$");
        assert_int_equal(run(LATE_MS, &said), -ERR_LOGO_COSTLY);
        put_helper("kill -XCPU $$");
        assert_int_equal(run(LATE_MS, &said), -ERR_LOGO_COSTLY);
}

static void what_else_goes_wrong_is_the_images_fault(void **state) {
        static const char *const scripts[] = {
                "exit 2", "exit 1", "exit 0", "kill -SEGV $$", "echo half; exit 1", "head -c 2000 /dev/zero"
        };
        struct str said;

        for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
                put_helper(scripts[i]);
                assert_int_equal(run(LATE_MS, &said), -ERR_LOGO_REFUSED);
        }
}

static void one_that_cannot_be_run_is_the_servers(void **state) {
        struct str said;

        put_helper("exit 127");
        assert_int_equal(run(LATE_MS, &said), -ERR_LOGO_FAILED);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(run(LATE_MS, &said), -ERR_LOGO_FAILED);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_it_says_is_the_image),
                cmocka_unit_test(one_that_goes_on_for_ever_is_killed_in_time),
                cmocka_unit_test(one_that_the_system_kills_took_too_much),
                cmocka_unit_test(what_else_goes_wrong_is_the_images_fault),
                cmocka_unit_test(one_that_cannot_be_run_is_the_servers),
        };

        return cmocka_run_group_tests(tests, find_place, leave_place);
}
