#include "account/jwks.h"

#include "account/jwks_fetch.h"
#include "unit.h"

static struct {
        int result;
        const char *body;
        int64_t max_age;
        unsigned asked;
} source;

static int get(const char *url, struct str ca_file, struct strbuf *body, int64_t *ret_max_age) {
        assert_string_equal(url, "https://keys.example/jwks");
        source.asked++;
        strbuf_append(body, str_of(source.body));
        *ret_max_age = source.max_age;
        return source.result;
}

static int64_t now_ms;

static int64_t tell(const struct clock *clock _unused_) {
        return now_ms;
}

static const struct clock clock = { .now_ms = tell };

/* The time, in seconds from the test's beginning. */
static void at(int64_t seconds) {
        now_ms = (INT64_C(1800000000) + seconds) * 1000;
}

static unsigned woken;

static void wake(struct jwks_waiter *waiter) {
        woken++;
        memset(waiter, 0xff, sizeof(*waiter)); /* as if its memory went to somebody else */
}

static int setup(void **state) {
        struct jwks *jwks;

        source.result = 0;
        source.body = "{\"keys\":[]}";
        source.max_age = 1000;
        source.asked = woken = 0;
        at(0);
        assert_int_equal(jwks_new(STR("https://keys.example/jwks"), STR(""), get, &clock, &jwks), 0);
        *state = jwks;
        return 0;
}

static int teardown(void **state) {
        jwks_free(*state);
        return 0;
}

/* Whether there are keys, and how old they are. */
static bool look(struct jwks *jwks, enum jwks_age *ret_age) {
        bool failed;
        struct jwt_keys *keys = jwks_keys(jwks, ret_age, &failed);
        bool any = keys;

        jwt_keys_release(keys);
        return any;
}

static enum jwks_age age_in(struct jwks *jwks, int64_t seconds) {
        enum jwks_age age;

        at(seconds);
        assert_true(look(jwks, &age));
        return age;
}

static void fetch_at(struct jwks *jwks, int64_t seconds) {
        at(seconds);
        assert_int_equal(jwks_ask(jwks, NULL), JWKS_YOURS);
        jwks_fetch(jwks);
}

static void at_first_there_are_none(void **state) {
        enum jwks_age age;

        assert_false(look(*state, &age));
        assert_int_equal(age, JWKS_OLD);
        assert_int_equal(source.asked, 0);
}

static void keys_age_as_they_were_told_to(void **state) {
        fetch_at(*state, 0);
        assert_int_equal(age_in(*state, 749), JWKS_FRESH);
        assert_int_equal(age_in(*state, 750), JWKS_AGEING);
        assert_int_equal(age_in(*state, 999), JWKS_AGEING);
        assert_int_equal(age_in(*state, 1000), JWKS_OLD);
}

static void what_keys_are_told_has_bounds(void **state) {
        source.max_age = 0;
        fetch_at(*state, 0);
        assert_int_equal(age_in(*state, JWKS_AGE_MIN - 1), JWKS_AGEING);
        assert_int_equal(age_in(*state, JWKS_AGE_MIN), JWKS_OLD);
        source.max_age = INT64_C(1) << 40;
        fetch_at(*state, 100);
        assert_int_equal(age_in(*state, 100 + JWKS_AGE_MAX - 1), JWKS_AGEING);
        assert_int_equal(age_in(*state, 100 + JWKS_AGE_MAX), JWKS_OLD);
        source.max_age = -1;
        fetch_at(*state, 100000);
        assert_int_equal(age_in(*state, 100000 + JWKS_AGE_DEFAULT - 1), JWKS_AGEING);
        assert_int_equal(age_in(*state, 100000 + JWKS_AGE_DEFAULT), JWKS_OLD);
}

static void one_fetches_and_wakes_all_who_wait(void **state) {
        struct jwks_waiter waiters[3] = { { .wake = wake }, { .wake = wake }, { .wake = wake } };

        assert_int_equal(jwks_ask(*state, &waiters[0]), JWKS_YOURS);
        assert_int_equal(jwks_ask(*state, &waiters[1]), JWKS_WAITING);
        assert_int_equal(jwks_ask(*state, NULL), JWKS_WAITING);
        at(3600);
        assert_int_equal(jwks_ask(*state, &waiters[2]), JWKS_WAITING);
        assert_int_equal(woken, 0);
        jwks_fetch(*state);
        assert_int_equal(woken, 3);
        assert_int_equal(source.asked, 1);
}

static void a_pause_lies_between_two_fetches(void **state) {
        struct jwks_waiter waiter = { .wake = wake };

        fetch_at(*state, 0);
        now_ms += JWKS_PAUSE_MS - 1;
        assert_int_equal(jwks_ask(*state, &waiter), JWKS_TOO_SOON);
        assert_int_equal(woken, 0);
        now_ms++;
        assert_int_equal(jwks_ask(*state, NULL), JWKS_YOURS);
        jwks_give_up(*state);
        assert_int_equal(woken, 0);
        now_ms += JWKS_PAUSE_MS - 1;
        assert_int_equal(jwks_ask(*state, NULL), JWKS_TOO_SOON);
}

static void keys_outlive_a_fetch_that_fails(void **state) {
        struct jwt_keys *before, *after;
        enum jwks_age age;
        bool failed;

        fetch_at(*state, 0);
        before = jwks_keys(*state, &age, &failed);
        assert_false(failed);
        source.result = -ERR_JWKS;
        fetch_at(*state, 10);
        source.result = 0;
        source.body = "<html>";
        fetch_at(*state, 20);
        at(2000);
        after = jwks_keys(*state, &age, &failed);
        assert_ptr_equal(before, after);
        assert_true(failed);
        assert_int_equal(age, JWKS_OLD);
        jwt_keys_release(before);
        jwt_keys_release(after);
}

static void who_holds_keys_has_them_while_others_get_new_ones(void **state) {
        struct jwt_keys *held;
        enum jwks_age age;
        bool failed;

        fetch_at(*state, 0);
        held = jwks_keys(*state, &age, &failed);
        fetch_at(*state, 10);
        assert_int_equal(held->n, 0);
        assert_int_equal(atomic_load(&held->holders), 1);
        jwt_keys_release(held);
}

static void max_age_is_read_as_it_is_written(void **state _unused_) {
        static const struct {
                const char *text;
                int64_t age;
        } cases[] = {
                { "max-age=600", 600 },
                { " public, Max-Age=5 , must-revalidate", 5 },
                { "no-store", 0 },
                { "max-age=9, no-cache", 0 },
                { "max-age=", -1 },
                { "max-age=-1", -1 },
                { "max-age=x", -1 },
                { "", -1 },
                { "s-maxage=7", -1 },
                { "max-age=99999999999999999999", -1 },
                { "max-age=5, max-age=700", 5 },
                { "xmax-age=5", -1 },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_int_equal(jwks_max_age(str_of(cases[i].text)), cases[i].age);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(at_first_there_are_none),
                TEST(keys_age_as_they_were_told_to),
                TEST(what_keys_are_told_has_bounds),
                TEST(one_fetches_and_wakes_all_who_wait),
                TEST(a_pause_lies_between_two_fetches),
                TEST(keys_outlive_a_fetch_that_fails),
                TEST(who_holds_keys_has_them_while_others_get_new_ones),
                cmocka_unit_test(max_age_is_read_as_it_is_written),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
