#include "base/log.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

static int saved_stderr, pipe_end;
static char written[1 << 16];

/* Standard error becomes a pipe, which hands over each write(2) as it came. */
static int catch_stderr(void **state) {
        int ends[2];

        if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0)
                return -1;
        saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
        if (saved_stderr < 0 || dup2(ends[1], STDERR_FILENO) < 0)
                return -1;
        close(ends[1]);
        pipe_end = ends[0];
        return 0;
}

static int release_stderr(void **state) {
        log_setup(LOG_INFO, LOG_LOGFMT);
        close(pipe_end);
        if (dup2(saved_stderr, STDERR_FILENO) < 0)
                return -1;
        return close(saved_stderr);
}

static struct str take(void) {
        ssize_t n = read(pipe_end, written, sizeof(written));

        return str_n(written, n < 0 ? 0 : (size_t)n);
}

/* What follows the time stamp, which is 24 characters after "ts=". */
static struct str take_untimed(void) {
        struct str line = take();

        assert_true(str_starts_with(line, STR("ts=2")));
        assert_int_equal(line.ptr[26], 'Z');
        return str_from(line, 28);
}

static void a_line_in_logfmt(void **state) {
        LOG(LOG_INFO, "request served", LOG_STR("path", STR("/healthz")), LOG_INT("status", 200),
            LOG_INT("least", INT64_MIN));
        assert_str(take_untimed(),
                   "level=info msg=\"request served\" path=/healthz status=200 least=-9223372036854775808\n");
        LOG(LOG_ERROR, "stopped");
        assert_str(take_untimed(), "level=error msg=stopped\n");
}

static void values_that_could_mislead_are_quoted(void **state) {
        LOG(LOG_WARNING, "x", LOG_STR("a", STR("b c")), LOG_STR("d", STR("")), LOG_STR("e", STR("f=g")),
            LOG_STR("h", STR("\"\\")));
        assert_str(take_untimed(), "level=warning msg=x a=\"b c\" d=\"\" e=\"f=g\" h=\"\\\"\\\\\"\n");
}

static void a_record_cannot_be_forged(void **state) {
        LOG(LOG_INFO, "x",
            LOG_STR("agent", STR("a\nts=2026 level=error msg=owned\r\x1b[2J\x7f\xc2\x9b"
                                 "31m")));
        assert_str(take_untimed(),
                   "level=info msg=x agent=\"a\\nts=2026 level=error msg=owned\\u000d\\u001b[2J"
                   "\\u007f\\u009b31m\"\n");
}

static void bad_utf8_becomes_replacement_characters(void **state) {
        LOG(LOG_INFO, "x", LOG_STR("a", STR("\xc3\xa9\xff\xe2\x82")));
        assert_str(take_untimed(), "level=info msg=x a=\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"\n");
}

static void lesser_levels_are_dropped(void **state) {
        log_setup(LOG_WARNING, LOG_LOGFMT);
        assert_false(log_enabled(LOG_INFO));
        assert_true(log_enabled(LOG_WARNING));
        LOG(LOG_INFO, "unheard");
        LOG(LOG_DEBUG, "unheard");
        assert_int_equal(take().len, 0);
        LOG(LOG_ERROR, "heard");
        assert_contains(take(), "msg=heard");
}

static json_t *take_json(void) {
        struct str line = take();
        json_error_t error;
        json_t *record;

        assert_true(line.len > 0 && line.len <= 4096);
        assert_int_equal(line.ptr[line.len - 1], '\n');
        assert_int_equal(str_find(line, '\n'), line.len - 1);
        record = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
        assert_non_null(record);
        return record;
}

static void a_line_in_json(void **state) {
        json_t *record;

        log_setup(LOG_INFO, LOG_JSON);
        LOG(LOG_INFO, "request served", LOG_STR("path", STR("a\"\\\n\t\x01\xff")), LOG_INT("status", -200),
            LOG_STR("empty", STR("")));
        record = take_json();
        assert_string_equal(json_string_value(json_object_get(record, "level")), "info");
        assert_string_equal(json_string_value(json_object_get(record, "msg")), "request served");
        assert_string_equal(json_string_value(json_object_get(record, "path")), "a\"\\\n\t\x01\xef\xbf\xbd");
        assert_int_equal(json_integer_value(json_object_get(record, "status")), -200);
        assert_string_equal(json_string_value(json_object_get(record, "empty")), "");
        assert_int_equal(json_string_length(json_object_get(record, "ts")), 24);
        json_decref(record);
}

/* Values of every length around the limit, of characters of one to six bytes on the wire. */
static void a_long_line_is_cut_between_characters(void **state) {
        static const char *const units[] = {
                "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x92\xa9", "\x01", "\""
        };
        char value[5000];

        for (size_t unit = 0; unit < ARRAY_LENGTH(units); unit++)
                for (size_t lead = 0; lead < 8; lead++) {
                        struct str line;
                        size_t n = lead;

                        memset(value, 'x', lead);
                        while (n + strlen(units[unit]) <= sizeof(value)) {
                                memcpy(value + n, units[unit], strlen(units[unit]));
                                n += strlen(units[unit]);
                        }
                        log_setup(LOG_INFO, LOG_LOGFMT);
                        LOG(LOG_INFO, "x", LOG_STR("v", str_n(value, n)), LOG_INT("lost", 1));
                        line = take();
                        assert_in_range(line.len, 4096 - 8, 4096);
                        assert_int_equal(line.ptr[line.len - 1], '\n');
                        assert_true(str_is_utf8(line));
                        assert_false(str_contains(line, STR("lost")));

                        log_setup(LOG_INFO, LOG_JSON);
                        LOG(LOG_INFO, "x", LOG_STR("v", str_n(value, n)), LOG_INT("lost", 1));
                        json_decref(take_json());
                }
}

/* However full the line is, a field is there as a whole or not at all. */
static void the_last_fields_fit_or_are_left_out(void **state) {
        char value[4096];

        memset(value, 'x', sizeof(value));
        log_setup(LOG_INFO, LOG_JSON);
        for (size_t n = 3900; n < sizeof(value); n++) {
                json_t *record;

                LOG(LOG_INFO, "x", LOG_STR("v", str_n(value, n)), LOG_INT("number", 1234567890),
                    LOG_STR("text", STR("t")));
                record = take_json();
                if (json_object_get(record, "number"))
                        assert_int_equal(json_integer_value(json_object_get(record, "number")), 1234567890);
                json_decref(record);
        }
}

enum { THREADS = 4, LINES = 12 };

static void *write_lines(void *data) {
        char value[900];

        memset(value, *(const char *)data, sizeof(value));
        for (int i = 0; i < LINES; i++)
                LOG(LOG_INFO, "x", LOG_STR("v", str_n(value, sizeof(value))));
        return NULL;
}

static void lines_of_threads_do_not_mix(void **state) {
        static const char letters[THREADS] = { 'a', 'b', 'c', 'd' };
        pthread_t threads[THREADS];
        struct str all, line;
        int lines = 0;

        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, write_lines, (void *)&letters[i]), 0);
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
        all = take();
        while (str_next(&all, '\n', &line) && line.len > 0) {
                struct str v = str_from(line, line.len - 900);

                for (size_t i = 1; i < v.len; i++)
                        assert_int_equal(v.ptr[i], v.ptr[0]);
                lines++;
        }
        assert_int_equal(lines, THREADS * LINES);
}

#define CAUGHT(test) cmocka_unit_test_setup_teardown(test, catch_stderr, release_stderr)

int main(void) {
        const struct CMUnitTest tests[] = {
                CAUGHT(a_line_in_logfmt),
                CAUGHT(values_that_could_mislead_are_quoted),
                CAUGHT(a_record_cannot_be_forged),
                CAUGHT(bad_utf8_becomes_replacement_characters),
                CAUGHT(lesser_levels_are_dropped),
                CAUGHT(a_line_in_json),
                CAUGHT(a_long_line_is_cut_between_characters),
                CAUGHT(the_last_fields_fit_or_are_left_out),
                CAUGHT(lines_of_threads_do_not_mix),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
