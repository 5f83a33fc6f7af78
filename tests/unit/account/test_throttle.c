#include "support/fixture.h"

#include <stdio.h>

#include "account/throttle.h"
#include "db/statements.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static struct throttle_taken taken;
static const char *email;
static struct str user_id; /* what the address leads to; STR_NULL for nobody */

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        email = "ada@example.org";
        user_id = STR("018f-ada");
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

static int login(struct request *req, struct response *res _unused_) {
        return throttle_login(req, str_of(email), user_id, &taken);
}

static int signup(struct request *req, struct response *res _unused_) {
        return throttle_signup(req, &taken);
}

static int refund(struct request *req, struct response *res _unused_) {
        return throttle_refund(req->tx, &taken);
}

static int guess(struct fixture *f) {
        fixture_get(f, NULL);
        return fixture_transaction(f, login);
}

/* How many of n guesses are let through. */
static unsigned guesses(struct fixture *f, unsigned n) {
        unsigned through = 0;

        for (unsigned i = 0; i < n; i++) {
                int r = guess(f);

                assert_true(r == 0 || r == -ERR_THROTTLED);
                through += r == 0;
        }
        return through;
}

/* The same, each from a network of its own. */
static unsigned guesses_from_everywhere(struct fixture *f, unsigned n) {
        static unsigned serial;
        unsigned through = 0;

        for (unsigned i = 0; i < n; i++, serial++) {
                snprintf(f->address, sizeof(f->address), "198.51.%u.%u", serial / 256, serial % 256);
                through += guesses(f, 1);
        }
        return through;
}

static void ten_guesses_at_an_account_then_one_a_minute(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guesses(f, 30), 10);
        assert_int_equal(f->req.retry_after, 60);
        fixture_pass(f, MINUTE - 1);
        assert_int_equal(guesses(f, 5), 0);
        assert_int_equal(f->req.retry_after, 1);
        fixture_pass(f, 1);
        assert_int_equal(guesses(f, 5), 1);
        fixture_pass(f, INT64_C(60) * MINUTE);
        assert_int_equal(guesses(f, 30), 10);
}

static void counting_comes_before_checking(void **state) {
        struct fixture *f = *state;

        /* thirty first steps, and not one password checked yet: as when they come side by side */
        assert_int_equal(guesses(f, 30), 10);
}

static void an_account_that_does_not_exist_counts_the_same(void **state) {
        struct fixture *f = *state;

        user_id = STR_NULL;
        email = "nobody@example.org";
        assert_int_equal(guesses(f, 30), 10);
        assert_int_equal(f->req.retry_after, 60);
        assert_int_equal(guesses_from_everywhere(f, 40), 10);
}

static void twenty_guesses_at_an_account_from_everywhere(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guesses_from_everywhere(f, 40), 20);
        assert_int_equal(f->req.retry_after, 60);
}

static void one_network_cannot_fill_the_accounts_bucket(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guesses(f, 500), 10);
        snprintf(f->address, sizeof(f->address), "198.51.100.7");
        assert_int_equal(guesses(f, 1), 1);
}

static void one_network_at_many_accounts_is_slowed(void **state) {
        struct fixture *f = *state;
        unsigned through = 0;
        char text[64];

        email = text;
        for (unsigned i = 0; i < 150; i++) {
                snprintf(text, sizeof(text), "victim%u@example.org", i);
                through += guesses(f, 1);
        }
        assert_int_equal(through, 100);
        snprintf(f->address, sizeof(f->address), "198.51.100.7");
        assert_int_equal(guesses(f, 1), 1);
}

static void a_refused_guess_counts_nowhere(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guesses(f, 10), 10);
        assert_int_equal(guesses(f, 100), 0);
        fixture_pass(f, MINUTE);
        assert_int_equal(guesses(f, 2), 1); /* the hundred moved nothing on */
}

static bool refused;

/* As a page does it: the refusal is shown, and the transaction is kept. */
static int login_and_show(struct request *req, struct response *res _unused_) {
        int r = throttle_login(req, str_of(email), user_id, &taken);

        assert_true(r == 0 || r == -ERR_THROTTLED);
        refused = r < 0;
        return 0;
}

static void a_guess_that_one_bucket_refuses_counts_in_no_other(void **state) {
        struct fixture *f = *state;
        char text[64];

        for (unsigned network = 1; network <= 2; network++) {
                snprintf(f->address, sizeof(f->address), "192.0.2.%u", network);
                email = text;
                for (unsigned i = 0; i < 100; i++) { /* the network's bucket is filled at other accounts */
                        snprintf(text, sizeof(text), "victim%u.%u@example.org", network, i);
                        assert_int_equal(guess(f), 0);
                }
                email = "ada@example.org";
                for (unsigned i = 0; i < 30; i++) {
                        assert_int_equal(fixture_transaction(f, login_and_show), 0);
                        assert_true(refused);
                }
        }
        assert_int_equal(guesses_from_everywhere(f, 40), 20);
}

static void success_gives_the_count_back(void **state) {
        struct fixture *f = *state;

        for (unsigned i = 0; i < 200; i++) {
                assert_int_equal(guess(f), 0);
                assert_int_equal(taken.n, 3);
                assert_int_equal(fixture_transaction(f, refund), 0);
        }
        assert_int_equal(guesses(f, 30), 10);
}

static int remember(struct request *req, struct response *res) {
        return device_remember(req, res, user_id);
}

static void know_the_browser(struct fixture *f) {
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, remember), 0);
        fixture_keep_cookies(f);
}

static void a_known_browser_is_not_locked_out_by_strangers(void **state) {
        struct fixture *f = *state;
        size_t cookies;

        know_the_browser(f);
        cookies = f->n_cookies;
        f->n_cookies = 0;
        assert_int_equal(guesses_from_everywhere(f, 40), 20);
        assert_int_equal(guesses_from_everywhere(f, 1), 0);
        f->n_cookies = cookies;
        assert_int_equal(guesses(f, 30), 10); /* a bucket of its own, which is limited too */
        assert_int_equal(taken.n, 1);
}

static void a_known_browser_is_no_stranger_elsewhere(void **state) {
        struct fixture *f = *state;

        know_the_browser(f);
        assert_int_equal(guesses(f, 30), 10);
        f->n_cookies = 0;
        assert_int_equal(guesses(f, 30), 10); /* nothing was counted against the network */
}

static void a_browser_is_known_to_its_own_account_alone(void **state) {
        struct fixture *f = *state;

        know_the_browser(f);
        user_id = STR("018f-eve");
        email = "eve@example.org";
        assert_int_equal(guess(f), 0);
        assert_int_equal(taken.n, 3);
        user_id = STR_NULL;
        assert_int_equal(guess(f), 0);
        assert_int_equal(taken.n, 3);
}

static void a_forged_device_cookie_is_no_device(void **state) {
        struct fixture *f = *state;
        char *value;

        know_the_browser(f);
        value = fixture_cookie(f, "gatehouse_device")->value;
        for (size_t i = 0, n = strlen(value); i < n; i++) {
                char original = value[i];

                value[i] = original == 'A' ? 'B' : 'A';
                fixture_pass(f, INT64_C(60) * MINUTE);
                assert_int_equal(guess(f), 0);
                assert_int_equal(taken.n, 3);
                value[i] = original;
        }
}

static void a_device_cookie_lasts_and_is_given_once(void **state) {
        struct fixture *f = *state;

        know_the_browser(f);
        assert_contains(str_of(fixture_cookie(f, "gatehouse_device")->attributes), "Max-Age=31536000");
        assert_contains(str_of(fixture_cookie(f, "gatehouse_device")->attributes), "HttpOnly");
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, remember), 0);
        assert_null(fixture_header(f, "Set-Cookie").ptr);
}

static void signups_are_limited_by_network(void **state) {
        struct fixture *f = *state;
        unsigned through = 0;

        for (unsigned i = 0; i < 150; i++)
                through += fixture_transaction(f, signup) == 0;
        assert_int_equal(through, 100);
        assert_int_equal(f->req.retry_after, 30);
        snprintf(f->address, sizeof(f->address), "198.51.100.7");
        fixture_get(f, NULL);
        assert_int_equal(fixture_transaction(f, signup), 0);
}

static void a_network_is_an_ipv4_address_or_64_bits_of_ipv6(void **state _unused_) {
        uint8_t one[16], two[16];

        assert_int_equal(network_of("192.0.2.1", one), 4);
        assert_int_equal(network_of("::ffff:192.0.2.1", two), 4);
        assert_memory_equal(one, two, 4);
        assert_int_equal(network_of("2001:db8:1:2::1", one), 8);
        assert_int_equal(network_of("2001:db8:1:2:ffff::9", two), 8);
        assert_memory_equal(one, two, 8);
        assert_int_equal(network_of("2001:db8:1:3::1", two), 8);
        assert_memory_not_equal(one, two, 8);
        assert_int_equal(network_of("nonsense", one), 0);
}

static int no_clear_name(struct request *req, struct response *res _unused_) {
        for (size_t i = 0; i < taken.n; i++) {
                struct str name = str_of(taken.list[i].name);
                struct throttle_row row;

                assert_int_equal(db_throttle_find(req->tx, &req->arena, name, &row), 1);
                assert_false(str_contains(name, STR("ada")) || str_contains(name, STR("192")));
        }
        return 0;
}

static void no_bucket_has_an_address_in_its_name(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guess(f), 0);
        assert_int_equal(taken.n, 3);
        assert_int_equal(fixture_transaction(f, no_clear_name), 0);
}

static int cleanup(struct request *req, struct response *res _unused_) {
        return db_throttles_delete_expired(req->tx, clock_now(req->context->clock), 1000);
}

static void cleanup_forgets_full_buckets_only(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guesses(f, 10), 10);
        assert_int_equal(fixture_transaction(f, cleanup), 0);
        fixture_pass(f, 5 * MINUTE);
        assert_int_equal(fixture_transaction(f, cleanup), 1); /* the network's: ten of ten seconds */
        assert_int_equal(guesses(f, 10), 5);
        fixture_pass(f, 60 * MINUTE);
        assert_int_equal(fixture_transaction(f, cleanup), 3);
}

static void a_clock_that_was_set_back_keeps_nobody_out(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guesses(f, 1), 1);
        assert_int_equal(fixture_transaction(f, refund), 0);
        fixture_pass(f, -INT64_C(1440) * MINUTE);
        assert_int_equal(guesses(f, 30), 10);
        fixture_pass(f, MINUTE);
        assert_int_equal(guesses(f, 5), 1);
}

static void the_skew_of_two_clocks_gives_no_more_guesses(void **state) {
        struct fixture *f = *state;

        assert_int_equal(guesses(f, 30), 10);
        for (int i = 0; i < 5; i++) {
                fixture_pass(f, -MINUTE);
                assert_int_equal(guesses(f, 5), 0);
                fixture_pass(f, MINUTE);
                assert_int_equal(guesses(f, 5), 0);
        }
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(ten_guesses_at_an_account_then_one_a_minute),
                T(counting_comes_before_checking),
                T(an_account_that_does_not_exist_counts_the_same),
                T(twenty_guesses_at_an_account_from_everywhere),
                T(one_network_cannot_fill_the_accounts_bucket),
                T(one_network_at_many_accounts_is_slowed),
                T(a_refused_guess_counts_nowhere),
                T(a_guess_that_one_bucket_refuses_counts_in_no_other),
                T(success_gives_the_count_back),
                T(a_known_browser_is_not_locked_out_by_strangers),
                T(a_known_browser_is_no_stranger_elsewhere),
                T(a_browser_is_known_to_its_own_account_alone),
                T(a_forged_device_cookie_is_no_device),
                T(a_device_cookie_lasts_and_is_given_once),
                T(signups_are_limited_by_network),
                cmocka_unit_test(a_network_is_an_ipv4_address_or_64_bits_of_ipv6),
                T(no_bucket_has_an_address_in_its_name),
                T(cleanup_forgets_full_buckets_only),
                T(a_clock_that_was_set_back_keeps_nobody_out),
                T(the_skew_of_two_clocks_gives_no_more_guesses),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
