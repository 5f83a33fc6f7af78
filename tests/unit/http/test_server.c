#include "http/server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "app.h"
#include "unit.h"
#include "wire.h"

#define REQUEST(method, path, fields) method " " path " HTTP/1.1\r\nHost: h\r\n" fields "\r\n"

static struct app *app;

static int start(void **state) {
        app = app_start(2, NULL);
        return 0;
}

static int start_alone(void **state) {
        app = app_start(1, NULL);
        return 0;
}

static int stop(void **state) {
        app_end(app);
        return 0;
}

static void assert_next(struct wire *w, int status, const char *body) {
        struct wire_answer answer = wire_answer(w, false);

        assert_int_equal(answer.status, status);
        assert_int_equal(answer.body.len, strlen(body));
        assert_memory_equal(answer.body.ptr, body, strlen(body));
}

static void a_request_may_come_in_any_pieces(void **state) {
        static const struct str whole = STR_INIT(REQUEST("POST", "/echo", "Content-Length: 5\r\n") "hello");
        struct wire *w = wire_open(app_port(app));

        for (size_t cut = 1; cut < whole.len; cut++) {
                assert_true(wire_send(w, str_first(whole, cut)));
                assert_true(wire_send(w, str_from(whole, cut)));
                assert_next(w, 200, "hello");
        }
        for (size_t i = 0; i < whole.len; i++)
                assert_true(wire_send(w, str_n(whole.ptr + i, 1)));
        assert_next(w, 200, "hello");
        wire_close(w);
}

static void pipelined_requests_are_answered_in_order(void **state) {
        struct wire *w = wire_open(app_port(app));

        assert_true(wire_send(w, STR(REQUEST("GET", "/now", "") REQUEST("GET", "/later", "")
                                             REQUEST("POST", "/echo", "Content-Length: 2\r\n") "ok" REQUEST(
                                                     "GET", "/work", "") REQUEST("DELETE", "/now", "")
                                                     REQUEST("GET", "/later", ""))));
        assert_next(w, 200, "GET");
        assert_next(w, 200, "later");
        assert_next(w, 200, "ok");
        assert_next(w, 200, "work");
        assert_next(w, 200, "DELETE");
        assert_next(w, 200, "later");
        wire_close(w);
}

/* More than the buffer holds, so that reading pauses behind a held request. */
static void a_long_pipeline_is_served_whole(void **state) {
        static const struct str one =
                STR_INIT(REQUEST("GET", "/now", "X-Padding: 0123456789012345678901234567890\r\n"));
        struct wire *w = wire_open(app_port(app));

        assert_true(wire_send(w, STR(REQUEST("GET", "/hold", ""))));
        app_wait_held(app, 1);
        for (int i = 0; i < 1000; i++)
                assert_true(wire_send(w, one));
        app_release(app);
        assert_next(w, 200, "later");
        for (int i = 0; i < 1000; i++)
                assert_next(w, 200, "GET");
        wire_close(w);
}

static void a_client_that_reads_late_gets_all(void **state) {
        struct wire *w = wire_open(app_port(app));

        assert_true(wire_send(
                w, STR(REQUEST("GET", "/big", "") REQUEST("GET", "/now", "") REQUEST("GET", "/big", ""))));
        for (int i = 0; i < 3; i++) {
                struct wire_answer answer = wire_answer(w, false);

                assert_int_equal(answer.body.len, i == 1 ? 3 : APP_BIG_SIZE);
                for (size_t k = 0; i != 1 && k < answer.body.len; k++)
                        assert_int_equal(answer.body.ptr[k], 'a' + k % 23);
        }
        wire_close(w);
}

/* Many large answers are asked for and none is read: the server makes no more than the socket and one answer take, and
 * reads no more than its buffer takes. Another connection's requests show that its loop has turned meanwhile. */
static void a_client_that_does_not_read_is_not_read(void **state) {
        struct wire *w = wire_open(app_port(app)), *other = wire_open(app_port(app));

        for (int i = 0; i < 1000; i++)
                assert_true(wire_send(w, i % 50 ? STR(REQUEST("GET", "/now", ""))
                                                : STR(REQUEST("GET", "/big", ""))));
        for (int i = 0; i < 100; i++) {
                assert_true(wire_send(other, STR(REQUEST("GET", "/later", ""))));
                assert_next(other, 200, "later");
        }
        assert_in_range(app_big_answers(app), 1, 3);
        for (int i = 0; i < 1000; i++)
                assert_int_equal(wire_answer(w, false).body.len, i % 50 ? 3 : APP_BIG_SIZE);
        wire_close(w);
        wire_close(other);
}

static void bodies_up_to_the_limit_are_taken_in_both_codings(void **state) {
        struct wire *w = wire_open(app_port(app));
        struct strbuf body = STRBUF_INIT(APP_BODY_MAX), chunks = STRBUF_INIT(2 * APP_BODY_MAX);
        char head[200];

        for (size_t i = 0; i < APP_BODY_MAX; i++)
                strbuf_append_char(&body, (char)('a' + i % 23));
        for (size_t i = 0; i < APP_BODY_MAX; i += 1000) {
                strbuf_append(&chunks, STR("3e8\r\n"));
                strbuf_append(&chunks, str_n(body.ptr + i, 1000));
                strbuf_append(&chunks, STR("\r\n"));
        }
        (void)snprintf(head, sizeof(head), REQUEST("POST", "/echo", "Content-Length: %d\r\n"), APP_BODY_MAX);
        assert_true(wire_send(w, str_of(head)));
        assert_true(wire_send(w, strbuf_str(&body)));
        assert_true(wire_send(w, STR(REQUEST("POST", "/echo", "Transfer-Encoding: chunked\r\n"))));
        assert_true(wire_send(w, strbuf_str(&chunks)));
        assert_true(
                wire_send(w, STR("0\r\n\r\n" REQUEST("POST", "/echo", "Transfer-Encoding: chunked\r\n"))));
        for (int i = 0; i < 2; i++)
                assert_true(str_eq(wire_answer(w, false).body, strbuf_str(&body)));
        assert_true(wire_send(w, strbuf_str(&chunks)));
        assert_true(wire_send(w, STR("1\r\nx\r\n")));
        assert_next(w, 413, "The body is too large");
        assert_true(wire_ends(w));
        strbuf_done(&body);
        strbuf_done(&chunks);
        wire_close(w);
}

static void head_has_the_length_but_no_body(void **state) {
        struct wire *w = wire_open(app_port(app));
        struct wire_answer answer;

        assert_true(wire_send(w, STR(REQUEST("HEAD", "/now", "") REQUEST("GET", "/now", ""))));
        answer = wire_answer(w, true);
        assert_true(wire_has_field(&answer, "\r\nContent-Length: 4\r\n"));
        assert_next(w, 200, "GET");
        wire_close(w);
}

static void options_of_the_whole_server_are_answered(void **state) {
        struct wire *w = wire_open(app_port(app));
        struct wire_answer answer;

        assert_true(wire_send(w, STR(REQUEST("OPTIONS", "*", ""))));
        answer = wire_answer(w, false);
        assert_int_equal(answer.status, 204);
        assert_true(wire_has_field(&answer, "\r\nAllow: GET, HEAD, "));
        assert_false(wire_has_field(&answer, "Content-Length"));
        wire_close(w);
}

static void a_body_is_asked_for_only_when_it_is_wanted(void **state) {
        struct wire *w = wire_open(app_port(app));

        assert_true(
                wire_send(w, STR(REQUEST("POST", "/echo", "Expect: 100-continue\r\nContent-Length: 2\r\n"))));
        assert_int_equal(wire_answer(w, false).status, 100);
        assert_true(wire_send(
                w, STR("ok" REQUEST("POST", "/echo", "Expect: 100-continue\r\nContent-Length: 2\r\n") "no")));
        assert_next(w, 200, "ok");
        assert_next(w, 200, "no"); /* the body was there: no interim answer */
        assert_true(wire_send(
                w, STR(REQUEST("POST", "/echo", "Expect: 100-continue\r\nContent-Length: 100001\r\n"))));
        assert_next(w, 413, "The body is too large");
        assert_true(wire_ends(w));
        wire_close(w);
}

static void a_refusal_reaches_a_client_that_keeps_sending(void **state) {
        struct wire *w = wire_open(app_port(app));
        char junk[1000];
        struct wire_answer answer;

        memset(junk, 'j', sizeof(junk));
        assert_true(wire_send(
                w, STR(REQUEST("GET", "/now", "") "GET /now HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n")));
        for (int i = 0; i < 300; i++)
                assert_true(wire_send(w, str_n(junk, sizeof(junk))));
        assert_next(w, 200, "GET");
        answer = wire_answer(w, false);
        assert_int_equal(answer.status, 400);
        assert_true(wire_has_field(&answer, "\r\nConnection: close\r\n"));
        assert_true(wire_has_field(&answer, "\r\nDate: "));
        assert_true(wire_has_field(&answer, "\r\nX-Request-Id: "));
        assert_true(wire_ends(w));
        wire_close(w);
}

static void a_broken_answer_becomes_a_500(void **state) {
        struct wire *w = wire_open(app_port(app));
        struct wire_answer answer;

        assert_true(wire_send(w, STR(REQUEST("GET", "/forge", ""))));
        answer = wire_answer(w, false);
        assert_int_equal(answer.status, 500);
        assert_false(wire_has_field(&answer, "X-B"));
        assert_true(wire_ends(w));
        wire_close(w);
        w = wire_open(app_port(app));
        assert_true(wire_send(w, STR(REQUEST("GET", "/nothing", ""))));
        assert_int_equal(wire_answer(w, false).status, 500);
        wire_close(w);
}

static void a_connection_ends_when_either_side_says_so(void **state) {
        static const struct str last[] = { STR_INIT(REQUEST("GET", "/now", "Connection: close\r\n")),
                                           STR_INIT("GET /now HTTP/1.0\r\n\r\n"),
                                           STR_INIT("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
                                           STR_INIT(REQUEST("GET", "/last", "")) };

        for (size_t i = 0; i < ARRAY_LENGTH(last); i++) {
                struct wire *w = wire_open(app_port(app));
                struct wire_answer answer;

                assert_true(wire_send(w, last[i]));
                if (i % 2)
                        assert_true(wire_send(w, STR(REQUEST("GET", "/now", ""))));
                answer = wire_answer(w, false);
                assert_int_equal(answer.status, 200);
                assert_true(wire_has_field(&answer, "\r\nConnection: close\r\n"));
                if (i % 2 == 0)
                        assert_true(wire_ends(w));
                wire_close(w);
        }
}

static void a_client_that_has_ended_its_side_is_still_answered(void **state) {
        struct wire *w = wire_open(app_port(app));

        assert_true(wire_send(w, STR(REQUEST("GET", "/hold", "") REQUEST("GET", "/now", ""))));
        app_wait_held(app, 1);
        assert_int_equal(shutdown(w->fd, SHUT_WR), 0);
        app_release(app);
        assert_next(w, 200, "later");
        assert_next(w, 200, "GET");
        assert_true(wire_ends(w));
        wire_close(w);
}

static void a_client_that_goes_away_harms_nobody(void **state) {
        struct wire *w;

        for (int i = 0; i < 20; i++) {
                w = wire_open(app_port(app));
                assert_true(wire_send(w, STR(REQUEST("GET", "/hold", "") REQUEST("GET", "/now", ""))));
                app_wait_held(app, (unsigned)i + 1);
                if (i % 2)
                        wire_reset(w);
                else
                        wire_close(w);
        }
        w = wire_open(app_port(app));
        assert_true(wire_send(w, STR(REQUEST("GET", "/later", ""))));
        assert_next(w, 200, "later");
        app_release(app);
        assert_true(wire_send(w, STR(REQUEST("GET", "/work", ""))));
        assert_next(w, 200, "work");
        wire_close(w);
}

enum { POSTERS = 4, POSTS = 2000 };

struct post {
        struct http_task task; /* first */
        unsigned poster;
        unsigned number;
};

static unsigned next_of[POSTERS]; /* of the loop's thread */
static atomic_uint posts_run;
static atomic_bool posts_in_order = true;

static void on_post(struct http_task *task) {
        struct post *post = (struct post *)task;

        if (post->number != next_of[post->poster]++)
                atomic_store(&posts_in_order, false);
        free(post);
        atomic_fetch_add(&posts_run, 1);
}

static void *post_many(void *arg) {
        for (unsigned i = 0; i < POSTS; i++) {
                struct post *post = calloc(1, sizeof(*post));

                post->task.run = on_post;
                post->poster = (unsigned)(uintptr_t)arg;
                post->number = i;
                http_loop_post(app_loop(app, 0), &post->task);
        }
        return NULL;
}

static void posts_from_many_threads_all_run_each_threads_in_order(void **state) {
        struct wire *w = wire_open(app_port(app));
        pthread_t threads[POSTERS];

        for (uintptr_t i = 0; i < POSTERS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, post_many, (void *)i), 0);
        for (int i = 0; i < 50; i++) {
                assert_true(wire_send(w, STR(REQUEST("GET", "/later", ""))));
                assert_next(w, 200, "later");
        }
        for (unsigned i = 0; i < POSTERS; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
        wire_close(w);
        app_end(app); /* every post has run when the loops have ended */
        assert_int_equal(atomic_load(&posts_run), POSTERS * POSTS);
        assert_true(atomic_load(&posts_in_order));
        app = app_start(1, NULL);
}

/* The buffer is wiped before the answer is sent. The next request lands in the same one, and its head is shorter. */
static void what_a_client_sent_is_wiped_when_it_is_answered(void **state) {
        static const struct str bodies[] = {
                STR_INIT(REQUEST("POST", "/keep",
                                 "X-Longer: than the next\r\nContent-Length: 6\r\n") "secret"),
                STR_INIT(REQUEST("POST", "/keep",
                                 "X-Longer: than the next\r\nContent-Length: 6\r\n") "secret" REQUEST("GET",
                                                                                                      "/kept",
                                                                                                      "")),
        };

        for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++) {
                struct wire *w = wire_open(app_port(app));

                assert_true(wire_send(w, bodies[i]));
                assert_next(w, 200, "secret");
                if (i == 0)
                        assert_true(wire_send(w, STR(REQUEST("GET", "/kept", ""))));
                assert_next(w, 200, "wiped");
                wire_close(w);
        }
}

static void a_loop_tells_before_it_waits(void **state) {
        struct wire *w = wire_open(app_port(app));
        unsigned before = app_idles(app);

        assert_true(wire_send(w, STR(REQUEST("GET", "/later", ""))));
        assert_next(w, 200, "later");
        assert_true(app_idles(app) > before);
        wire_close(w);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
#define ALONE(test) cmocka_unit_test_setup_teardown(test, start_alone, stop)
#define WITH(test)  cmocka_unit_test_setup_teardown(test, start, stop)
                WITH(a_request_may_come_in_any_pieces),
                WITH(pipelined_requests_are_answered_in_order),
                WITH(a_long_pipeline_is_served_whole),
                WITH(a_client_that_reads_late_gets_all),
                ALONE(a_client_that_does_not_read_is_not_read),
                WITH(bodies_up_to_the_limit_are_taken_in_both_codings),
                WITH(head_has_the_length_but_no_body),
                WITH(options_of_the_whole_server_are_answered),
                WITH(a_body_is_asked_for_only_when_it_is_wanted),
                WITH(a_refusal_reaches_a_client_that_keeps_sending),
                WITH(a_broken_answer_becomes_a_500),
                WITH(a_connection_ends_when_either_side_says_so),
                WITH(a_client_that_has_ended_its_side_is_still_answered),
                WITH(a_client_that_goes_away_harms_nobody),
                WITH(posts_from_many_threads_all_run_each_threads_in_order),
                ALONE(what_a_client_sent_is_wiped_when_it_is_answered),
                WITH(a_loop_tells_before_it_waits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
