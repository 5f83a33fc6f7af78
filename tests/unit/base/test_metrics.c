#include "base/metrics.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "unit.h"

static struct strbuf out = STRBUF_INIT(1 << 20);

static struct str rendered(void) {
        strbuf_reset(&out);
        metrics_render(&out);
        assert_non_null(strbuf_str(&out).ptr);
        return strbuf_str(&out);
}

static int done(void **state) {
        strbuf_done(&out);
        return 0;
}

static void requests_count_by_route_and_status(void **state) {
        struct str text;

        metrics_name_route(3, "GET", "/api/oauth/app/{client_id}");
        metrics_request(3, 200, 700);
        metrics_request(3, 200, 400);
        metrics_request(3, 404, 20000000);
        metrics_request(3, 418, -5);
        metrics_request(METRICS_ROUTES_MAX - 1, 404, 10);
        text = rendered();
        assert_contains(text, "# TYPE gatehouse_http_requests_total counter\n");
        assert_contains(text, "\ngatehouse_http_requests_total{method=\"GET\",route=\"/api/oauth/app/"
                              "{client_id}\",status=\"200\"} 2\n");
        assert_contains(text, "route=\"/api/oauth/app/{client_id}\",status=\"404\"} 1\n");
        assert_contains(text, "route=\"/api/oauth/app/{client_id}\",status=\"other\"} 1\n");
        assert_contains(text, "{method=\"other\",route=\"none\",status=\"404\"} 1\n");
}

static void durations_fall_into_buckets(void **state) {
        struct str text;

        metrics_name_route(4, "POST", "/x");
        metrics_request(4, 200, 500); /* the limit is within */
        metrics_request(4, 200, 501);
        metrics_request(4, 200, 10000001); /* beyond the last */
        text = rendered();
        assert_contains(text, "_seconds_bucket{method=\"POST\",route=\"/x\",le=\"0.0005\"} 1\n");
        assert_contains(text, "_seconds_bucket{method=\"POST\",route=\"/x\",le=\"0.001\"} 2\n");
        assert_contains(text, "_seconds_bucket{method=\"POST\",route=\"/x\",le=\"10\"} 2\n");
        assert_contains(text, "_seconds_bucket{method=\"POST\",route=\"/x\",le=\"+Inf\"} 3\n");
        assert_contains(text, "_seconds_sum{method=\"POST\",route=\"/x\"} 10.001002\n");
        assert_contains(text, "_seconds_count{method=\"POST\",route=\"/x\"} 3\n");
}

static void a_route_out_of_range_counts_as_none(void **state) {
        metrics_name_route(METRICS_ROUTES_MAX, "GET", "/nowhere");
        metrics_request(METRICS_ROUTES_MAX, 500, 1);
        assert_contains(rendered(), "{method=\"other\",route=\"none\",status=\"500\"} 1\n");
        assert_false(str_contains(strbuf_str(&out), STR("/nowhere")));
}

static void commits_count_with_their_rows(void **state) {
        struct str text;

        metrics_commit(1);
        metrics_commit(3);
        metrics_commit(5000);
        assert_int_equal(metrics_commits(), 3);
        assert_int_equal(metrics_committed_rows(), 5004);
        text = rendered();
        assert_contains(text, "gatehouse_commit_rows_bucket{le=\"1\"} 1\n");
        assert_contains(text, "gatehouse_commit_rows_bucket{le=\"4\"} 2\n");
        assert_contains(text, "gatehouse_commit_rows_bucket{le=\"1024\"} 2\n");
        assert_contains(text, "gatehouse_commit_rows_bucket{le=\"+Inf\"} 3\n");
        assert_contains(text, "gatehouse_commit_rows_sum 5004\n");
        assert_contains(text, "gatehouse_commit_rows_count 3\n");
        assert_contains(text, "gatehouse_commits_total 3\n");
}

static void tokens_and_errors_count_by_name(void **state) {
        struct str text;

        metrics_tokens_issued(TOKEN_ACCESS, 2);
        metrics_tokens_issued(TOKEN_SESSION, 1);
        metrics_tokens_issued(TOKEN_REFRESH, 0);
        metrics_error(-ERR_CODE_SPENT);
        metrics_error(-ERR_CODE_SPENT);
        metrics_error(12345); /* no errors of the table */
        metrics_error(-12345);
        text = rendered();
        assert_contains(text, "gatehouse_tokens_issued_total{kind=\"access\"} 2\n");
        assert_contains(text, "gatehouse_tokens_issued_total{kind=\"session\"} 1\n");
        assert_contains(text, "gatehouse_tokens_issued_total{kind=\"refresh\"} 0\n");
        assert_contains(text, "gatehouse_errors_total{error=\"CODE_SPENT\"} 2\n");
        assert_contains(text, "gatehouse_errors_total{error=\"INTERNAL\"} 2\n");
}

static void *lower_queue(void *data) {
        metrics_queue_depth(-1);
        metrics_connections(-1);
        return NULL;
}

static void gauges_may_rise_and_fall_on_different_threads(void **state) {
        pthread_t thread;

        metrics_queue_depth(3);
        metrics_connections(1);
        assert_int_equal(pthread_create(&thread, NULL, lower_queue, NULL), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_contains(rendered(), "\ngatehouse_queue_depth 2\n");
        assert_contains(strbuf_str(&out), "\ngatehouse_connections 0\n");
        metrics_connections(-1);
        assert_contains(rendered(), "\ngatehouse_connections 0\n"); /* never looks negative */
}

enum { THREADS = 100, TIMES = 1000 };

static void *count_much(void *data) {
        for (int i = 0; i < TIMES; i++) {
                metrics_request(7, 201, 100);
                metrics_commit(2);
        }
        return NULL;
}

/* More threads than there are slots: the late ones share one, and still nothing is lost. */
static void many_threads_lose_nothing(void **state) {
        uint64_t commits = metrics_commits(), rows = metrics_committed_rows();
        pthread_t threads[THREADS];

        metrics_name_route(7, "PUT", "/busy");
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, count_much, NULL), 0);
        for (int i = 0; i < 10; i++)
                (void)rendered();
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(metrics_commits() - commits, THREADS * TIMES);
        assert_int_equal(metrics_committed_rows() - rows, 2 * THREADS * TIMES);
        assert_contains(rendered(), "{method=\"PUT\",route=\"/busy\",status=\"201\"} 100000\n");
}

static double value_of(struct str text, const char *name) {
        struct str line;
        double value = -1;

        while (str_next(&text, '\n', &line))
                if (str_starts_with(line, str_of(name)) && line.ptr[strlen(name)] == ' ')
                        value = strtod(line.ptr + strlen(name), NULL);
        return value;
}

static void the_process_tells_its_size_and_start(void **state) {
        struct str text = rendered();
        double start = value_of(text, "process_start_time_seconds"),
               now = (double)clock_now(&clock_system) / 1000;

        assert_true(value_of(text, "process_resident_memory_bytes") > 500000);
        assert_true(value_of(text, "process_cpu_seconds_total") > 0);
        assert_true(start > now - 60 && start < now + 1);
        assert_true(value_of(rendered(), "process_start_time_seconds") == start);
}

/* Exposition format 0.0.4: every line is a comment or a name, labels, a blank and a number. */
static void every_line_has_the_format(void **state) {
        struct str text = rendered(), line;

        assert_int_equal(text.ptr[text.len - 1], '\n');
        text.len--;
        while (str_next(&text, '\n', &line)) {
                const char *blank = memrchr(line.ptr, ' ', line.len);
                char *end;

                if (str_starts_with(line, STR("# HELP ")) || str_starts_with(line, STR("# TYPE ")))
                        continue;
                assert_non_null(blank);
                assert_in_range(line.ptr[0], 'a', 'z');
                (void)strtod(blank + 1, &end);
                assert_ptr_equal(end, line.ptr + line.len);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(requests_count_by_route_and_status),
                cmocka_unit_test(durations_fall_into_buckets),
                cmocka_unit_test(a_route_out_of_range_counts_as_none),
                cmocka_unit_test(commits_count_with_their_rows),
                cmocka_unit_test(tokens_and_errors_count_by_name),
                cmocka_unit_test(gauges_may_rise_and_fall_on_different_threads),
                cmocka_unit_test(many_threads_lose_nothing),
                cmocka_unit_test(the_process_tells_its_size_and_start),
                cmocka_unit_test(every_line_has_the_format),
        };

        return cmocka_run_group_tests(tests, NULL, done);
}
