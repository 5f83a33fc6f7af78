/* Time limits of the server. */
#include <poll.h>

#include "app.h"
#include "base/clock.h"
#include "unit.h"
#include "wire.h"

#define REQUEST(method, path, fields) method " " path " HTTP/1.1\r\nHost: h\r\n" fields "\r\n"

static struct http_limits quick;
static struct app *app;

static int start(void **state) {
        quick = http_limits_default;
        quick.head_timeout_ms = 60;
        quick.idle_timeout_ms = 60;
        quick.body_grace_ms = 60;
        quick.write_timeout_ms = 60;
        quick.linger_ms = 300;
        quick.linger_max_ms = 1500;
        app = app_start(1, &quick);
        return 0;
}

static int stop(void **state) {
        app_end(app);
        return 0;
}

static void slow_clients_are_told_or_cut_off(void **state) {
        static const struct {
                struct str sent;
                int status; /* 0: closed without a word */
        } rows[] = {
                { STR_INIT(""), 0 },
                { STR_INIT("GET /now HT"), 408 },
                { STR_INIT("GET /now HTTP/1.1\r\nHost: h\r\n"), 408 },
                { STR_INIT(REQUEST("POST", "/echo", "Content-Length: 9\r\n") "abc"), 408 },
                { STR_INIT(REQUEST("POST", "/echo", "Transfer-Encoding: chunked\r\n")), 408 },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                struct wire *w = wire_open(app_port(app));

                assert_true(wire_send(w, rows[i].sent));
                if (rows[i].status)
                        assert_int_equal(wire_answer(w, false).status, rows[i].status);
                assert_true(wire_ends(w));
                wire_close(w);
        }
}

static void a_client_that_never_reads_is_cut_off(void **state) {
        struct wire *w = wire_open(app_port(app));

        for (int i = 0; i < 4; i++)
                assert_true(wire_send(w, STR(REQUEST("GET", "/big", ""))));
        /* The server's end goes away while unread bytes are still here: sending finds out without reading. */
        for (int i = 0; i < 1000 && wire_send(w, STR("x")); i++)
                (void)poll(NULL, 0, 5);
        assert_false(wire_send(w, STR("x")));
        wire_close(w);
}

/* Bytes at the end of a message that come steadily, but too slowly for the rate. */
static void a_body_that_trickles_is_refused(void **state) {
        struct wire *w = wire_open(app_port(app));
        int sent = 0;

        assert_true(wire_send(w, STR(REQUEST("POST", "/echo", "Content-Length: 1000\r\n"))));
        while (!wire_hears(w, 5)) {
                assert_in_range(++sent, 1, 999);
                assert_true(wire_send(w, STR("x")));
        }
        assert_int_equal(wire_answer(w, false).status, 408);
        wire_close(w);
}

static void a_refused_client_that_stays_is_cut_off(void **state) {
        struct wire *w = wire_open(app_port(app));

        assert_true(wire_send(w, STR("BAD\r\n\r\n")));
        assert_int_equal(wire_answer(w, false).status, 400);
        assert_true(wire_ends(w));
        for (int i = 0; i < 1000 && wire_send(w, STR("x")); i++)
                (void)poll(NULL, 0, 5);
        assert_false(wire_send(w, STR("x")));
        wire_close(w);
}

/* Who sends on after a refusal, and reads only then, finds the answer. */
static void a_refused_client_may_finish(void **state) {
        struct wire *w = wire_open(app_port(app));
        int64_t end = clock_monotonic_ms() + 700;

        assert_true(wire_send(w, STR(REQUEST("POST", "/echo", "Content-Length: 99999999999\r\n"))));
        while (clock_monotonic_ms() < end) {
                assert_true(wire_send(w, STR("some bytes of the body")));
                (void)poll(NULL, 0, 5);
        }
        assert_int_equal(wire_answer(w, false).status, 413);
        wire_close(w);
}

static void a_held_request_is_not_hurried(void **state) {
        struct wire *w = wire_open(app_port(app));

        assert_true(wire_send(w, STR(REQUEST("GET", "/hold", ""))));
        app_wait_held(app, 1);
        assert_false(wire_hears(w, 200));
        app_release(app);
        assert_int_equal(wire_answer(w, false).status, 200);
        wire_close(w);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, start, stop)
                WITH(slow_clients_are_told_or_cut_off), WITH(a_client_that_never_reads_is_cut_off),
                WITH(a_body_that_trickles_is_refused),  WITH(a_refused_client_that_stays_is_cut_off),
                WITH(a_refused_client_may_finish),      WITH(a_held_request_is_not_hurried),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
