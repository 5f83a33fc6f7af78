#include "support/fixture.h"

#include "account/identity.h"
#include "account/rate_limit.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static struct identity who;

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        for (enum rate_kind kind = 0; kind < RATE_KINDS; kind++)
                f.settings.rates[kind] = (struct rate){ 60, 60 };
        f.settings.rates[RATE_USER].count = 90;
        assert_int_equal(rate_limits_new(&f.context, &f.context.rates), 0);
        who = (struct identity){ .kind = IDENTITY_KEY, .user_id = STR("ada"), .key_id = STR("key") };
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        struct fixture *f = *state;

        f->context.rates = rate_limits_free(f->context.rates);
        fixture_done(f);
        return 0;
}

static int count_as(struct fixture *f, struct str key, int64_t units) {
        fixture_get(f, NULL);
        who.key_id = key;
        f->req.identity = &who;
        return rate_limit_caller(&f->req, units);
}

/* How many of n requests are let through. */
static unsigned counts(struct fixture *f, struct str key, unsigned n) {
        unsigned good = 0;

        for (unsigned i = 0; i < n; i++) {
                int r = count_as(f, key, 1);

                assert_true(r == 0 || r == -ERR_RATE_LIMITED);
                good += r == 0;
        }
        return good;
}

static void time_gives_back_one_after_another(void **state) {
        struct fixture *f = *state;

        assert_int_equal(counts(f, STR("key"), 100), 60);
        assert_int_equal(f->req.retry_after, 1);
        fixture_pass(f, SECOND - 1);
        assert_int_equal(counts(f, STR("key"), 100), 0);
        fixture_pass(f, 1);
        assert_int_equal(counts(f, STR("key"), 100), 1);
        fixture_pass(f, 10 * SECOND);
        assert_int_equal(counts(f, STR("key"), 100), 10);
        fixture_pass(f, 1000 * MINUTE);
        assert_int_equal(counts(f, STR("key"), 100), 60);
}

static void what_the_person_may_not_is_not_counted_for_the_key(void **state) {
        struct fixture *f = *state;

        assert_int_equal(counts(f, STR("one"), 60), 60);
        assert_int_equal(counts(f, STR("two"), 60), 30);
        fixture_pass(f, MINUTE / 2); /* 45 back to the person, 30 to each key */
        assert_int_equal(counts(f, STR("two"), 60), 45);
}

static void a_step_that_runs_anew_counts_once(void **state) {
        struct fixture *f = *state;

        assert_int_equal(count_as(f, STR("key"), 1), 0);
        for (unsigned i = 0; i < 100; i++)
                assert_int_equal(rate_limit_caller(&f->req, 1), 0);
        assert_int_equal(counts(f, STR("key"), 100), 59);
        for (unsigned i = 0; i < 3; i++) {
                f->req.error_detail = STR_NULL;
                f->req.retry_after = 0;
                assert_int_equal(rate_limit_caller(&f->req, 1), -ERR_RATE_LIMITED);
                assert_int_equal(f->req.retry_after, 1);
                assert_str(f->req.error_detail,
                           "Too many requests: the limit for this API key is 60 a minute. "
                           "Try again in 1 second.");
        }
}

static void the_fields_tell_what_the_tightest_limit_leaves(void **state) {
        struct fixture *f = *state;

        assert_int_equal(count_as(f, STR("key"), 5), 0);
        assert_str(rate_limit_fields(&f->req), "RateLimit-Policy: 60;w=60\r\nRateLimit-Limit: 60\r\n"
                                               "RateLimit-Remaining: 55\r\nRateLimit-Reset: 5\r\n");
        assert_int_equal(counts(f, STR("other"), 45), 45);
        assert_str(rate_limit_fields(&f->req), "RateLimit-Policy: 60;w=60\r\nRateLimit-Limit: 60\r\n"
                                               "RateLimit-Remaining: 15\r\nRateLimit-Reset: 45\r\n");
        assert_int_equal(count_as(f, STR("third"), 1), 0);
        assert_str(rate_limit_fields(&f->req), "RateLimit-Policy: 90;w=60\r\nRateLimit-Limit: 90\r\n"
                                               "RateLimit-Remaining: 39\r\nRateLimit-Reset: 34\r\n");
        fixture_get(f, NULL);
        assert_null(rate_limit_fields(&f->req).ptr);
}

static int hash(struct fixture *f, struct str whose) {
        fixture_get(f, NULL);
        return rate_limit_hash(&f->req, whose);
}

static void secrets_are_counted_before_they_are_hashed_and_not_when_they_were_right(void **state) {
        struct fixture *f = *state;

        for (unsigned i = 0; i < 100; i++) {
                assert_int_equal(hash(f, STR("app")), 0);
                rate_limit_right(&f->req);
        }
        for (unsigned i = 0; i < 6; i++)
                assert_int_equal(hash(f, STR("app")), 0);
        assert_int_equal(hash(f, STR("app")), -ERR_RATE_LIMITED);
        assert_int_equal(f->req.retry_after, RATE_UNITS_HASH);
        assert_int_equal(hash(f, STR("another")), 0);
        fixture_pass(f, RATE_UNITS_HASH * SECOND);
        assert_int_equal(hash(f, STR("app")), 0);
}

static int wrong(struct fixture *f, const char *address) {
        snprintf(f->address, sizeof(f->address), "%s", address);
        fixture_get(f, NULL);
        return rate_limit_wrong(&f->req);
}

static void the_addresses_of_one_ipv6_network_count_together(void **state) {
        struct fixture *f = *state;
        char address[ADDRESS_TEXT_MAX];

        for (unsigned i = 0; i < 60; i++) {
                snprintf(address, sizeof(address), "2001:db8:1:2:%x::1", i + 1);
                assert_int_equal(wrong(f, address), 0);
        }
        assert_int_equal(wrong(f, "2001:db8:1:2::77"), -ERR_RATE_LIMITED);
        assert_int_equal(wrong(f, "2001:db8:1:3::77"), 0);
        assert_int_equal(wrong(f, "192.0.2.7"), 0);
}

static void what_is_off_limits_nobody(void **state) {
        struct fixture *f = *state;

        f->context.rates = rate_limits_free(f->context.rates);
        memset(f->settings.rates, 0, sizeof(f->settings.rates));
        assert_int_equal(rate_limits_new(&f->context, &f->context.rates), 0);
        assert_int_equal(counts(f, STR("key"), 1000), 1000);
        assert_null(rate_limit_fields(&f->req).ptr);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(time_gives_back_one_after_another, setup, teardown),
                cmocka_unit_test_setup_teardown(what_the_person_may_not_is_not_counted_for_the_key, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(a_step_that_runs_anew_counts_once, setup, teardown),
                cmocka_unit_test_setup_teardown(the_fields_tell_what_the_tightest_limit_leaves, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(
                        secrets_are_counted_before_they_are_hashed_and_not_when_they_were_right, setup,
                        teardown),
                cmocka_unit_test_setup_teardown(the_addresses_of_one_ipv6_network_count_together, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(what_is_off_limits_nobody, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
