#include "../oauth_fixture.h"

#include <stdio.h>

enum { SECOND = 1000, GRACE = 30 * SECOND };
#define HOUR       (INT64_C(3600) * SECOND)
#define DAY        (24 * HOUR)
#define EVERYTHING (SCOPE_IDENTITY | SCOPE_READ_GRAPH)

static int setup(void **state) {
        static struct oauth_fixture o;

        oauth_fixture_init(&o);
        *state = &o;
        return 0;
}

static int teardown(void **state) {
        oauth_fixture_done(*state);
        return 0;
}

static struct pair rotate(struct oauth_fixture *o, const struct pair *from) {
        assert_int_equal(oauth_refresh(o, from->refresh, ""), 0);
        return oauth_pair(o);
}

static void assert_same(const struct pair *a, const struct pair *b) {
        assert_string_equal(a->access, b->access);
        assert_string_equal(a->refresh, b->refresh);
}

static void assert_dead(struct oauth_fixture *o, const struct pair *pair) {
        assert_int_equal(oauth_access(o, pair->access), -ERR_TOKEN_REVOKED);
        assert_int_equal(oauth_refresh(o, pair->refresh, ""), -ERR_REFRESH_REVOKED);
}

static void a_replay_gets_the_same_answer(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first), again;
        char text[2048];

        snprintf(text, sizeof(text), STR_FMT, STR_ARG(strbuf_str(&o->f.res.body)));
        again = rotate(o, &first);
        assert_same(&again, &next);
        assert_true(str_eq(strbuf_str(&o->f.res.body), str_of(text)));
}

static void a_replay_tells_how_long_the_token_still_lives(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first), again;

        assert_int_equal(next.expires_in, 3600);
        fixture_pass(&o->f, GRACE);
        again = rotate(o, &first);
        assert_same(&again, &next);
        assert_int_equal(again.expires_in, 3570);
}

static void the_grace_ends_to_the_millisecond(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first);

        fixture_pass(&o->f, GRACE + 1);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_REFRESH_REVOKED);
        assert_dead(o, &next);
}

static void the_grace_ends_when_the_successor_is_used(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), second = rotate(o, &first),
                    third = rotate(o, &second);

        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_REFRESH_REVOKED);
        assert_dead(o, &third);
}

static void a_clock_within_the_skew_of_two_servers_harms_no_replay(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first), again;

        fixture_pass(&o->f, -60 * SECOND);
        again = rotate(o, &first);
        assert_same(&again, &next);
}

static void a_clock_that_went_back_gives_no_longer_grace(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first);

        fixture_pass(&o->f, -HOUR);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_REFRESH_REVOKED);
        assert_dead(o, &next);
}

static void a_clock_that_jumped_ahead_ends_the_grace(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first);

        fixture_pass(&o->f, HOUR);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_REFRESH_REVOKED);
        assert_dead(o, &next);
}

static void a_family_that_died_of_reuse_stays_dead_when_the_clock_goes_back(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first);

        fixture_pass(&o->f, GRACE + 1);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_REFRESH_REVOKED);
        fixture_pass(&o->f, -GRACE);
        assert_dead(o, &next);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_REFRESH_REVOKED);
}

static void another_app_learns_and_harms_nothing(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next = rotate(o, &first);
        char form[512];

        fixture_pass(&o->f, GRACE + 1);
        snprintf(form, sizeof(form), "grant_type=refresh_token&client_id=" OTHER "&refresh_token=%s",
                 first.refresh);
        assert_int_equal(oauth_token(o, form), -ERR_REFRESH_FOREIGN);
        assert_int_equal(oauth_access(o, next.access), 0);
}

static void a_narrow_token_leaves_the_family_as_wide_as_it_was(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), narrow, wide;

        assert_int_equal(oauth_refresh(o, first.refresh, "&scope=IDENTITY"), 0);
        assert_contains(strbuf_str(&o->f.res.body), "\"scope\":\"IDENTITY\"");
        narrow = oauth_pair(o);
        wide = rotate(o, &narrow);
        assert_contains(strbuf_str(&o->f.res.body), "\"scope\":\"IDENTITY READ_GRAPH\"");
        assert_int_equal(oauth_access(o, wide.access), 0);
}

static void a_wider_scope_is_refused_of_a_first_use_and_of_a_replay(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, SCOPE_IDENTITY), next;

        assert_int_equal(oauth_refresh(o, first.refresh, "&scope=READ_GRAPH"), -ERR_INVALID_SCOPE);
        next = rotate(o, &first);
        assert_int_equal(oauth_refresh(o, first.refresh, "&scope=IDENTITY+READ_GRAPH"), -ERR_INVALID_SCOPE);
        assert_int_equal(oauth_access(o, next.access), 0);
}

static void tokens_end_with_their_lifetimes(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING);

        fixture_pass(&o->f, HOUR - 1);
        assert_int_equal(oauth_access(o, first.access), 0);
        fixture_pass(&o->f, 1);
        assert_int_equal(oauth_access(o, first.access), -ERR_TOKEN_EXPIRED);
        fixture_pass(&o->f, 30 * DAY - HOUR);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_REFRESH_EXPIRED);
}

static void no_token_outlives_its_authorization(void **state) {
        struct oauth_fixture *o = *state;
        struct pair pair = oauth_grant(o, EVERYTHING);

        for (int day = 0; day < 364; day += 28) {
                pair = rotate(o, &pair);
                fixture_pass(&o->f, 28 * DAY);
        }
        fixture_pass(&o->f, DAY - 100 * SECOND);
        pair = rotate(o, &pair);
        assert_int_equal(pair.expires_in, 100);
        fixture_pass(&o->f, 100 * SECOND);
        assert_int_equal(oauth_access(o, pair.access), -ERR_TOKEN_EXPIRED);
        assert_int_equal(oauth_refresh(o, pair.refresh, ""), -ERR_REFRESH_EXPIRED);
}

static void nothing_works_for_a_disabled_person(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING);

        oauth_disable_ada(o);
        assert_int_equal(oauth_access(o, first.access), -ERR_TOKEN_REVOKED);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_USER_DISABLED);
}

static void nothing_works_for_an_app_that_is_off(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING);

        oauth_set_active(o, APP, false);
        assert_int_equal(oauth_access(o, first.access), -ERR_TOKEN_APP_DISABLED);
        assert_int_equal(oauth_refresh(o, first.refresh, ""), -ERR_INVALID_CLIENT);
        oauth_set_active(o, APP, true);
        assert_int_equal(oauth_access(o, first.access), 0);
}

static void memory_that_runs_out_anywhere_rotates_nothing(void **state) {
        struct oauth_fixture *o = *state;
        struct pair first = oauth_grant(o, EVERYTHING), next, again;
        int failed = 0, r = -1;

        for (size_t bytes = 0; r < 0; bytes += 32) {
                oauth_limit_memory(o, bytes);
                r = oauth_refresh(o, first.refresh, "&scope=IDENTITY");
                if (r == 0)
                        break;
                assert_true(error_row(r)->json_status == 503);
                failed++;
        }
        assert_true(failed > 20);
        oauth_limit_memory(o, SIZE_MAX);
        next = oauth_pair(o);
        again = rotate(o, &first);
        assert_same(&again, &next);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(a_replay_gets_the_same_answer),
                TEST(a_replay_tells_how_long_the_token_still_lives),
                TEST(the_grace_ends_to_the_millisecond),
                TEST(the_grace_ends_when_the_successor_is_used),
                TEST(a_clock_within_the_skew_of_two_servers_harms_no_replay),
                TEST(a_clock_that_went_back_gives_no_longer_grace),
                TEST(a_clock_that_jumped_ahead_ends_the_grace),
                TEST(a_family_that_died_of_reuse_stays_dead_when_the_clock_goes_back),
                TEST(another_app_learns_and_harms_nothing),
                TEST(a_narrow_token_leaves_the_family_as_wide_as_it_was),
                TEST(a_wider_scope_is_refused_of_a_first_use_and_of_a_replay),
                TEST(tokens_end_with_their_lifetimes),
                TEST(no_token_outlives_its_authorization),
                TEST(nothing_works_for_a_disabled_person),
                TEST(nothing_works_for_an_app_that_is_off),
                TEST(memory_that_runs_out_anywhere_rotates_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
