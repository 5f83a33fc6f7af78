/* How a server begins, ends, and lives with too little. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "unit.h"
#include "wire.h"

#define REQUEST(method, path, fields) method " " path " HTTP/1.1\r\nHost: h\r\n" fields "\r\n"

static bool is_last(struct wire *w, const char *body) {
        struct wire_answer answer = wire_answer(w, false);

        assert_int_equal(answer.status, 200);
        assert_true(str_eq(answer.body, str_of(body)));
        return wire_has_field(&answer, "\r\nConnection: close\r\n");
}

static void all_that_has_begun_is_answered_before_the_end(void **state) {
        struct app *app = app_start(1, NULL);
        struct wire *idle = wire_open(app_port(app)), *busy = wire_open(app_port(app)),
                    *half = wire_open(app_port(app));

        assert_true(wire_send(idle, STR(REQUEST("GET", "/now", ""))));
        assert_false(is_last(idle, "GET"));
        assert_true(wire_send(half, STR("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Len")));
        assert_true(wire_send(busy, STR(REQUEST("GET", "/hold", "") REQUEST("GET", "/later", "")
                                                REQUEST("GET", "/now", ""))));
        app_wait_held(app, 1);
        app_stop(app);
        assert_true(wire_ends(idle));
        assert_true(wire_send(half, STR("gth: 2\r\n\r\nok")));
        assert_true(is_last(half, "ok"));
        assert_true(wire_ends(half));
        app_release(app);
        assert_false(is_last(busy, "later"));
        assert_false(is_last(busy, "later"));
        assert_true(is_last(busy, "GET"));
        assert_true(wire_ends(busy));
        wire_close(idle);
        wire_close(busy);
        wire_close(half);
        app_end(app);
}

static void requests_that_wait_in_the_kernel_are_answered_before_the_end(void **state) {
        enum { CLIENTS = 100 };
        struct app *app = app_start(2, NULL);
        struct wire *w[CLIENTS];

        for (int i = 0; i < CLIENTS; i++) {
                w[i] = wire_open(app_port(app));
                assert_true(wire_send(w[i], STR(REQUEST("GET", "/work", ""))));
        }
        app_stop(app);
        for (int i = 0; i < CLIENTS; i++) {
                (void)is_last(w[i], "work");
                assert_true(wire_ends(w[i]));
                wire_close(w[i]);
        }
        app_end(app);
}

static void the_end_does_not_wait_for_a_client_for_ever(void **state) {
        struct http_limits limits = http_limits_default;
        struct app *app;
        struct wire *w;

        limits.drain_ms = 150;
        app = app_start(1, &limits);
        w = wire_open(app_port(app));
        assert_true(wire_send(w, STR("GET /now HT")));
        app_end(app);
        wire_close(w);
}

static void an_exchange_outlives_the_cut_of_its_connection(void **state) {
        struct http_limits limits = http_limits_default;
        struct app *app;
        struct wire *w;

        limits.drain_ms = 100;
        app = app_start(1, &limits);
        w = wire_open(app_port(app));
        assert_true(wire_send(w, STR(REQUEST("GET", "/hold", ""))));
        app_wait_held(app, 1);
        app_stop(app);
        assert_true(wire_ends(w));
        app_release(app);
        app_end(app);
        wire_close(w);
}

static void a_server_may_be_made_and_freed_without_starting(void **state) {
        const struct http_application application = { 0 };
        struct http_server *server;
        char problem[256];

        assert_int_equal(http_server_new(STR("127.0.0.1:0"), 2, &application, NULL, &server, problem), 0);
        assert_true(http_server_port(server) > 0);
        assert_null(http_server_free(server));
        assert_null(http_server_free(NULL));
}

static int fail_to_open(void *data, struct http_loop *loop, void **ret_state) {
        int *opened = data;

        return __atomic_add_fetch(opened, 1, __ATOMIC_SEQ_CST) == 2 ? -ERR_STORAGE : 0;
}

static void a_loop_that_cannot_open_ends_the_start(void **state) {
        int opened = 0;
        const struct http_application application = { .data = &opened, .loop_open = fail_to_open };
        struct http_server *server;
        char problem[256];

        assert_int_equal(http_server_new(STR("[::1]:0"), 3, &application, NULL, &server, problem), 0);
        assert_int_equal(http_server_start(server), -ERR_STORAGE);
        (void)http_server_free(server);
}

static void addresses_that_cannot_be_served_are_explained(void **state) {
        static const char *const bad[] = { "",
                                           "127.0.0.1",
                                           "127.0.0.1:",
                                           "127.0.0.1:x",
                                           "127.0.0.1:65536",
                                           "localhost:1",
                                           "::1:80",
                                           "[::1]",
                                           "[127.0.0.1]:1",
                                           "127.0.0.1:-1",
                                           ":80",
                                           "256.0.0.1:80",
                                           "127.0.0.1:080" };
        const struct http_application application = { 0 };
        struct http_server *server;
        char problem[256], taken[40];
        struct app *app = app_start(2, NULL);

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                problem[0] = '\0';
                assert_int_equal(http_server_new(str_of(bad[i]), 1, &application, NULL, &server, problem),
                                 -ERR_SETTINGS);
                assert_non_null(strstr(problem, "ADDR:PORT"));
        }
        (void)snprintf(taken, sizeof(taken), "127.0.0.1:%u", app_port(app));
        assert_int_equal(http_server_new(str_of(taken), 1, &application, NULL, &server, problem),
                         -ERR_SETTINGS);
        assert_non_null(strstr(problem, "is taken"));
        app_end(app);
}

static void connections_beyond_the_limit_wait_their_turn(void **state) {
        struct http_limits limits = http_limits_default;
        struct wire *first, *second, *third;
        struct app *app;

        limits.connections_max = 2;
        app = app_start(1, &limits);
        first = wire_open(app_port(app));
        second = wire_open(app_port(app));
        third = wire_open(app_port(app));
        assert_true(wire_send(third, STR(REQUEST("GET", "/now", ""))));
        assert_true(wire_send(second, STR(REQUEST("GET", "/now", ""))));
        (void)is_last(second, "GET");
        assert_false(wire_hears(third, 50));
        wire_close(first);
        (void)is_last(third, "GET");
        wire_close(second);
        wire_close(third);
        app_end(app);
}

static int64_t cpu_ms(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void out_of_descriptors_the_server_waits_without_spinning(void **state) {
        struct app *app = app_start(1, NULL);
        struct rlimit before, few;
        struct wire *first = wire_open(app_port(app)), *w;
        int fds[256], n = 0;
        int64_t cpu;

        assert_true(wire_send(first, STR(REQUEST("GET", "/now", ""))));
        (void)is_last(first, "GET");
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        few = before;
        few.rlim_cur = 200;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        while (n < 256 && (fds[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
                n++;
        assert_int_equal(errno, EMFILE);
        (void)close(fds[--n]); /* for the client's end; none is left for the server's */
        w = wire_open(app_port(app));
        assert_true(wire_send(w, STR(REQUEST("GET", "/now", ""))));
        cpu = cpu_ms();
        assert_false(wire_hears(w, 300));
        assert_true(cpu_ms() - cpu < 100);
        assert_true(wire_send(first, STR(REQUEST("GET", "/now", "")))); /* those who are in are served */
        (void)is_last(first, "GET");
        while (n > 0)
                (void)close(fds[--n]);
        (void)is_last(w, "GET");
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        wire_close(first);
        wire_close(w);
        app_end(app);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_that_has_begun_is_answered_before_the_end),
                cmocka_unit_test(requests_that_wait_in_the_kernel_are_answered_before_the_end),
                cmocka_unit_test(the_end_does_not_wait_for_a_client_for_ever),
                cmocka_unit_test(an_exchange_outlives_the_cut_of_its_connection),
                cmocka_unit_test(a_server_may_be_made_and_freed_without_starting),
                cmocka_unit_test(a_loop_that_cannot_open_ends_the_start),
                cmocka_unit_test(addresses_that_cannot_be_served_are_explained),
                cmocka_unit_test(connections_beyond_the_limit_wait_their_turn),
                cmocka_unit_test(out_of_descriptors_the_server_waits_without_spinning),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
