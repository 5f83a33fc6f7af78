#include "cli/test_server/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/codec.h"
#include "base/errors.h"
#include "base/hash.h"

static void each_flow_has_secrets_of_its_own(void **state) {
        struct flow_table table = { 0 };
        struct flow *a, *b;
        struct hash h;
        char challenge[FLOW_TOKEN_LENGTH];

        assert_int_equal(flow_new(&table, NULL, &random_system, &a), 0);
        assert_int_equal(flow_new(&table, NULL, &random_system, &b), 0);
        assert_ptr_not_equal(a, b);
        assert_string_not_equal(a->id, b->id);
        assert_string_not_equal(a->state, b->state);
        assert_string_not_equal(a->verifier, b->verifier);
        assert_string_not_equal(a->state, a->verifier);
        h = hash_sha256(str_of(a->verifier));
        base64url_encode(hash_str(&h), challenge);
        assert_memory_equal(a->challenge, challenge, sizeof(challenge));
        assert_ptr_equal(flow_find(&table, str_of(a->id)), a);
        assert_ptr_equal(flow_find(&table, str_of(b->id)), b);
        flow_table_done(&table);
}

static void a_strangers_id_finds_nothing(void **state) {
        struct flow_table table = { 0 };
        struct flow *a;

        assert_null(flow_find(&table, STR("")));
        assert_null(flow_find(&table, STR_NULL));
        assert_null(
                flow_find(&table, STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")));
        assert_int_equal(flow_new(&table, NULL, &random_system, &a), 0);
        assert_null(flow_find(&table, STR("0123456789abcdef0123456789abcdef")));
        flow_table_done(&table);
}

static void starting_over_gives_a_new_name_and_forgets(void **state) {
        struct flow_table table = { 0 };
        struct flow *a, *again;
        char old[FLOW_ID_LENGTH + 1];

        assert_int_equal(flow_new(&table, NULL, &random_system, &a), 0);
        memcpy(old, a->id, sizeof(old));
        a->access_token.len = 3;
        a->returned = true;
        assert_int_equal(flow_record(a, FLOW_ME, 200, STR("sent"), STR("received")), 0);
        assert_int_equal(flow_new(&table, a, &random_system, &again), 0);
        assert_ptr_equal(a, again);
        assert_null(flow_find(&table, str_of(old)));
        assert_false(again->returned);
        assert_int_equal(again->access_token.len, 0);
        assert_null(again->records[FLOW_ME].sent);
        flow_table_done(&table);
}

static void the_flow_that_idled_longest_makes_room(void **state) {
        struct flow_table table = { 0 };
        char ids[FLOWS_MAX][FLOW_ID_LENGTH + 1];
        struct flow *f;

        for (unsigned i = 0; i < FLOWS_MAX; i++) {
                assert_int_equal(flow_new(&table, NULL, &random_system, &f), 0);
                memcpy(ids[i], f->id, sizeof(ids[i]));
        }
        assert_non_null(flow_find(&table, str_of(ids[0])));
        assert_int_equal(flow_new(&table, NULL, &random_system, &f), 0);
        assert_non_null(flow_find(&table, str_of(ids[0])));
        assert_null(flow_find(&table, str_of(ids[1])));
        assert_non_null(flow_find(&table, str_of(ids[2])));
        flow_table_done(&table);
}

static void a_record_replaces_the_one_before(void **state) {
        struct flow_table table = { 0 };
        struct flow *f;

        assert_int_equal(flow_new(&table, NULL, &random_system, &f), 0);
        assert_int_equal(flow_record(f, FLOW_TOKEN, 200, STR("a"), STR("b")), 0);
        assert_int_equal(flow_record(f, FLOW_TOKEN, 0, STR("c"), STR("")), 0);
        assert_string_equal(f->records[FLOW_TOKEN].sent, "c");
        assert_string_equal(f->records[FLOW_TOKEN].received, "");
        assert_int_equal(f->records[FLOW_TOKEN].status, 0);
        flow_table_done(&table);
}

static int fill_failing(const struct random *r, void *out, size_t n) {
        return -ERR_RANDOM;
}

static void without_randomness_no_flow_is_touched(void **state) {
        static const struct random failing = { fill_failing };
        struct flow_table table = { 0 };
        struct flow *f, *none = NULL;

        assert_int_equal(flow_new(&table, NULL, &random_system, &f), 0);
        assert_int_equal(flow_new(&table, f, &failing, &none), -ERR_RANDOM);
        assert_null(none);
        assert_ptr_equal(flow_find(&table, str_of(f->id)), f);
        flow_table_done(&table);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_flow_has_secrets_of_its_own),
                cmocka_unit_test(a_strangers_id_finds_nothing),
                cmocka_unit_test(starting_over_gives_a_new_name_and_forgets),
                cmocka_unit_test(the_flow_that_idled_longest_makes_room),
                cmocka_unit_test(a_record_replaces_the_one_before),
                cmocka_unit_test(without_randomness_no_flow_is_touched),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
