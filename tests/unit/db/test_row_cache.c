/* What is kept is served while it holds, and never a moment longer. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/row_cache.h"
#include "db/statements.h"

static const unsigned token = DB_STATEMENT_access_token_live, session = DB_STATEMENT_session_with_user,
                      app = DB_STATEMENT_app_by_client_id;

struct fixture {
        struct row_cache *cache;
        struct arena arena;
};

static int setup(void **state) {
        struct fixture *f = calloc(1, sizeof(*f));

        assert_non_null(f);
        f->cache = row_cache_new(ROW_CACHE_ENTRIES, ROW_CACHE_BYTES);
        assert_non_null(f->cache);
        row_cache_trust(f->cache, INT64_MAX);
        arena_init(&f->arena, 1024 * 1024);
        *state = f;
        return 0;
}

static int teardown(void **state) {
        struct fixture *f = *state;

        f->cache = row_cache_free(f->cache);
        arena_done(&f->arena);
        free(f);
        return 0;
}

static struct access_token_row token_row(int64_t expires_at) {
        return (struct access_token_row){
                .hash = STR("0123456789abcdef0123456789abcdef"),
                .scopes = STR("EXECUTE_GRAPH"),
                .expires_at = expires_at,
                .authorization_id = 77,
                .app_id = STR("app-1"),
                .app_is_active = true,
                .user_id = STR("user-1"),
                .email = STR("ada@example.com"),
                .name = STR_NULL,
                .timezone = STR(""),
                .user_is_active = true,
        };
}

static void keep_token(struct row_cache *cache, int64_t id, int64_t expires_at) {
        struct access_token_row row = token_row(expires_at);
        struct db_value key = db_bigint(id);

        row_cache_keep(cache, token, &key, &row, row_cache_begin(cache));
}

static int find_token(struct fixture *f, int64_t id, struct access_token_row *ret) {
        struct db_value key = db_bigint(id);

        return row_cache_find(f->cache, &f->arena, token, &key, ret);
}

static bool has_token(struct fixture *f, int64_t id) {
        struct access_token_row row;

        return find_token(f, id, &row) == 1;
}

static void a_row_comes_back_as_it_was_kept_and_outlives_the_cache(void **state) {
        struct fixture *f = *state;
        struct access_token_row row;

        keep_token(f->cache, 5, 99);
        assert_int_equal(find_token(f, 5, &row), 1);
        assert_str(row.hash, "0123456789abcdef0123456789abcdef");
        assert_int_equal(row.expires_at, 99);
        assert_int_equal(row.authorization_id, 77);
        assert_str(row.user_id, "user-1");
        assert_null(row.name.ptr);
        assert_str(row.timezone, "");
        assert_true(row.app_is_active);
        assert_int_equal(row.email.ptr[row.email.len], '\0');
        assert_false(has_token(f, 6));
        f->cache = row_cache_free(f->cache);
        assert_str(row.email, "ada@example.com"); /* the strings are the caller's */
}

static void a_row_found_by_text_is_kept_too(void **state) {
        struct fixture *f = *state;
        struct app_row row = { .id = STR("app-1"),
                               .client_id = STR("client"),
                               .name = STR("App"),
                               .redirect_uris = STR(""),
                               .grant_types = STR(""),
                               .scopes = STR("") };
        struct db_value key = db_text(STR("client")), other = db_text(STR("clienu"));
        struct app_row found;

        row_cache_keep(f->cache, app, &key, &row, row_cache_begin(f->cache));
        assert_int_equal(row_cache_find(f->cache, &f->arena, app, &key, &found), 1);
        assert_str(found.name, "App");
        assert_int_equal(row_cache_find(f->cache, &f->arena, app, &other, &found), 0);
        row_cache_invalidate(f->cache, STR("app:app-1"));
        assert_int_equal(row_cache_find(f->cache, &f->arena, app, &key, &found), 0);
}

static void a_newer_row_takes_the_place_of_an_older(void **state) {
        struct fixture *f = *state;
        struct access_token_row row;

        keep_token(f->cache, 5, 1);
        keep_token(f->cache, 5, 2);
        assert_int_equal(find_token(f, 5, &row), 1);
        assert_int_equal(row.expires_at, 2);
        assert_int_equal(row_cache_figures(f->cache).entries, 1);
}

static void each_thing_that_a_row_depends_on_ends_it(void **state) {
        static const char *const messages[] = { "token:5", "authorization:77", "app:app-1", "user:user-1",
                                                "all:",    "token:1 2 5" };
        struct fixture *f = *state;

        for (size_t i = 0; i < ARRAY_LENGTH(messages); i++) {
                keep_token(f->cache, 5, 99);
                assert_true(has_token(f, 5));
                row_cache_invalidate(f->cache, str_of(messages[i]));
                assert_false(has_token(f, 5));
        }
}

static void other_things_leave_it(void **state) {
        static const char *const messages[] = { "token:6", "authorization:5", "app:user-1", "user:app-1",
                                                "session:5" };
        struct fixture *f = *state;

        keep_token(f->cache, 5, 99);
        for (size_t i = 0; i < ARRAY_LENGTH(messages); i++)
                row_cache_invalidate(f->cache, str_of(messages[i]));
        assert_true(has_token(f, 5));
}

static void what_is_not_understood_forgets_everything(void **state) {
        static const char *const messages[] = { "",        ":",        "galaxy:5",   "token:",
                                                "token:x", "token:-5", "token:5  6", "token" };
        struct fixture *f = *state;

        for (size_t i = 0; i < ARRAY_LENGTH(messages); i++) {
                keep_token(f->cache, 9, 99);
                assert_true(has_token(f, 9));
                row_cache_invalidate(f->cache, str_of(messages[i]));
                assert_false(has_token(f, 9));
        }
}

static void a_read_that_overlapped_a_change_is_not_kept(void **state) {
        struct fixture *f = *state;
        struct access_token_row row = token_row(99);
        struct db_value key = db_bigint(5);
        uint64_t begin = row_cache_begin(f->cache);

        row_cache_invalidate(f->cache, STR("user:user-1"));
        row_cache_keep(f->cache, token, &key, &row, begin);
        assert_false(has_token(f, 5));

        begin = row_cache_begin(f->cache);
        row_cache_forget_all(f->cache);
        row_cache_keep(f->cache, token, &key, &row, begin);
        assert_false(has_token(f, 5));
}

static void nothing_is_served_or_kept_without_trust(void **state) {
        struct fixture *f = *state;

        keep_token(f->cache, 5, 99);
        row_cache_trust(f->cache, 0);
        assert_false(has_token(f, 5));
        keep_token(f->cache, 6, 99);
        row_cache_trust(f->cache, clock_monotonic_ms());
        assert_false(row_cache_trusted(f->cache));
        assert_false(has_token(f, 5));
        row_cache_trust(f->cache, INT64_MAX);
        assert_true(has_token(f, 5));
        assert_false(has_token(f, 6));
}

static void a_touched_session_is_read_again(void **state) {
        struct fixture *f = *state;
        struct session_row row = {
                .hash = STR("x"), .user_id = STR("u"), .email = STR("e"), .timezone = STR("t")
        };
        struct db_value key = db_bigint(5);
        struct session_row found;

        row_cache_keep(f->cache, session, &key, &row, row_cache_begin(f->cache));
        assert_int_equal(row_cache_find(f->cache, &f->arena, session, &key, &found), 1);
        row_cache_session_touched(f->cache, 5);
        assert_int_equal(row_cache_find(f->cache, &f->arena, session, &key, &found), 0);
}

static void only_look_ups_by_key_are_kept(void **state) {
        assert_true(row_cache_serves(token));
        assert_true(row_cache_serves(session));
        assert_true(row_cache_serves(app));
        assert_false(row_cache_serves(DB_STATEMENT_refresh_token_find));
        assert_false(row_cache_serves(DB_STATEMENT_code_find));
        for (unsigned i = 0; i < db_statements_count; i++)
                if (row_cache_serves(i)) {
                        assert_int_equal(db_statements[i].n_params, 1);
                        assert_false(db_statements[i].writes);
                }
}

static void it_holds_no_more_than_it_may(void **state) {
        struct fixture *f = *state;
        struct row_cache_figures figures;

        f->cache = row_cache_free(f->cache);
        f->cache = row_cache_new(640, 1024 * 1024);
        row_cache_trust(f->cache, INT64_MAX);
        for (int64_t i = 0; i < 5000; i++)
                keep_token(f->cache, i, 99);
        figures = row_cache_figures(f->cache);
        assert_in_range(figures.entries, 500, 640);

        f->cache = row_cache_free(f->cache);
        f->cache = row_cache_new(100000, 64 * 2000);
        row_cache_trust(f->cache, INT64_MAX);
        for (int64_t i = 0; i < 5000; i++)
                keep_token(f->cache, i, 99);
        figures = row_cache_figures(f->cache);
        assert_in_range(figures.bytes, 64 * 1000, 64 * 2000);
}

static void what_is_used_stays_longer_than_what_is_not(void **state) {
        struct fixture *f = *state;

        f->cache = row_cache_free(f->cache);
        f->cache = row_cache_new(640, 1024 * 1024);
        row_cache_trust(f->cache, INT64_MAX);
        keep_token(f->cache, 1000000, 99);
        keep_token(f->cache, 1000001, 99);
        for (int64_t i = 0; i < 3000; i++) {
                keep_token(f->cache, i, 99);
                assert_true(has_token(f, 1000000));
                arena_reset(&f->arena);
        }
        assert_false(has_token(f, 1000001));
}

static void a_row_that_is_too_large_is_not_kept(void **state) {
        struct fixture *f = *state;
        struct access_token_row row = token_row(99);
        struct db_value key = db_bigint(5);
        char *large = calloc(1, ROW_CACHE_ROW_MAX);

        assert_non_null(large);
        row.scopes = str_n(large, ROW_CACHE_ROW_MAX);
        row_cache_keep(f->cache, token, &key, &row, row_cache_begin(f->cache));
        assert_false(has_token(f, 5));
        free(large);
}

static void a_full_arena_is_an_error(void **state) {
        struct fixture *f = *state;
        struct access_token_row row;
        struct db_value key = db_bigint(5);
        struct arena small;

        keep_token(f->cache, 5, 99);
        arena_init(&small, 0);
        assert_int_equal(row_cache_find(f->cache, &small, token, &key, &row), -ERR_NO_MEMORY);
        arena_done(&small);
}

/* --- threads --- */

/* A database of one number per key: writers raise it and tell, readers read it and keep it. Nobody may be served a number
 * that is smaller than one whose telling was over when the look-up began. */
enum { RACE_KEYS = 4, RACE_ROUNDS = 20000 };

struct race {
        struct row_cache *cache;
        _Atomic int64_t stored[RACE_KEYS], told[RACE_KEYS];
        atomic_bool over;
        atomic_uint stale, hits;
};

static void *race_write(void *data) {
        struct race *race = data;
        char message[32];

        for (int64_t i = 1; i <= RACE_ROUNDS; i++) {
                size_t key = (size_t)i % RACE_KEYS;

                atomic_store(&race->stored[key], i);
                (void)snprintf(message, sizeof(message), "token:%zu", key);
                row_cache_invalidate(race->cache, str_of(message));
                atomic_store(&race->told[key], i);
        }
        atomic_store(&race->over, true);
        return NULL;
}

static void *race_read(void *data) {
        struct race *race = data;
        struct access_token_row row;
        struct arena arena;

        arena_init(&arena, 65536);
        for (size_t i = 0; !atomic_load(&race->over); i++) {
                struct db_value key = db_bigint((int64_t)(i % RACE_KEYS));
                int64_t told = atomic_load(&race->told[i % RACE_KEYS]);
                uint64_t begin;

                if (row_cache_find(race->cache, &arena, token, &key, &row) == 1) {
                        atomic_fetch_add(&race->hits, 1);
                        if (row.expires_at < told)
                                atomic_fetch_add(&race->stale, 1);
                } else {
                        begin = row_cache_begin(race->cache);
                        row = token_row(atomic_load(&race->stored[i % RACE_KEYS]));
                        row_cache_keep(race->cache, token, &key, &row, begin);
                }
                arena_reset(&arena);
        }
        arena_done(&arena);
        return NULL;
}

static void nobody_is_served_what_was_told_to_be_gone(void **state) {
        struct fixture *f = *state;
        struct race race = { .cache = f->cache };
        pthread_t readers[2], writer;

        for (size_t i = 0; i < ARRAY_LENGTH(readers); i++)
                assert_int_equal(pthread_create(&readers[i], NULL, race_read, &race), 0);
        assert_int_equal(pthread_create(&writer, NULL, race_write, &race), 0);
        assert_int_equal(pthread_join(writer, NULL), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(readers); i++)
                assert_int_equal(pthread_join(readers[i], NULL), 0);
        assert_int_equal(race.stale, 0);
}

static void a_look_up_takes_less_than_a_microsecond(void **state) {
        enum { KEYS = 20000, LOOK_UPS = 400000 };
        struct fixture *f = *state;
        struct access_token_row row;
        struct timespec from, to;
        double ns;

        for (int64_t i = 0; i < KEYS; i++)
                keep_token(f->cache, i, 99);
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        for (int64_t i = 0; i < LOOK_UPS; i++) {
                assert_int_equal(find_token(f, i * 7919 % KEYS, &row), 1);
                arena_reset(&f->arena);
        }
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        ns = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / LOOK_UPS;
        print_message("%.0f ns a look-up\n", ns);
        /* Sanitizers and machines in use are slow: this only catches what has gone quite wrong. */
        assert_true(ns < 20000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(a_row_comes_back_as_it_was_kept_and_outlives_the_cache),
                TEST(a_row_found_by_text_is_kept_too),
                TEST(a_newer_row_takes_the_place_of_an_older),
                TEST(each_thing_that_a_row_depends_on_ends_it),
                TEST(other_things_leave_it),
                TEST(what_is_not_understood_forgets_everything),
                TEST(a_read_that_overlapped_a_change_is_not_kept),
                TEST(nothing_is_served_or_kept_without_trust),
                TEST(a_touched_session_is_read_again),
                TEST(only_look_ups_by_key_are_kept),
                TEST(it_holds_no_more_than_it_may),
                TEST(what_is_used_stays_longer_than_what_is_not),
                TEST(a_row_that_is_too_large_is_not_kept),
                TEST(a_full_arena_is_an_error),
                TEST(nobody_is_served_what_was_told_to_be_gone),
                TEST(a_look_up_takes_less_than_a_microsecond),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
