#include "oauth/secret_memo.h"

#include "unit.h"

static struct mac_key key, other_key;

static struct app app_with(struct str client_id, struct str hash) {
        return (struct app){
                .row = { .client_id = client_id, .secret_hash = hash, .secret_salt = STR("salt") }
        };
}

static void only_what_was_added_is_remembered(void **state) {
        struct secret_memo *memo = secret_memo_new();
        struct app app = app_with(STR("one"), STR("hash"));

        assert_non_null(memo);
        assert_false(secret_memo_has(memo, &key, &app, STR("secret")));
        secret_memo_add(memo, &key, &app, STR("secret"));
        assert_true(secret_memo_has(memo, &key, &app, STR("secret")));
        assert_false(secret_memo_has(memo, &key, &app, STR("secreT")));
        assert_false(secret_memo_has(memo, &other_key, &app, STR("secret")));
        secret_memo_free(memo);
}

static void another_app_with_the_same_secret_is_not(void **state) {
        struct secret_memo *memo = secret_memo_new();
        struct app one = app_with(STR("one"), STR("hash")), two = app_with(STR("two"), STR("hash"));

        secret_memo_add(memo, &key, &one, STR("secret"));
        assert_false(secret_memo_has(memo, &key, &two, STR("secret")));
        secret_memo_free(memo);
}

static void a_changed_hash_forgets_the_secret(void **state) {
        struct secret_memo *memo = secret_memo_new();
        struct app before = app_with(STR("one"), STR("hash")), after = app_with(STR("one"), STR("hasH"));

        secret_memo_add(memo, &key, &before, STR("secret"));
        assert_false(secret_memo_has(memo, &key, &after, STR("secret")));
        secret_memo_free(memo);
}

static void a_full_memo_still_remembers_the_newest(void **state) {
        struct secret_memo *memo = secret_memo_new();
        struct app app = app_with(STR("one"), STR("hash"));

        for (uint32_t i = 0; i < 20000; i++) {
                struct str secret = str_n(&i, sizeof(i));

                secret_memo_add(memo, &key, &app, secret);
                assert_true(secret_memo_has(memo, &key, &app, secret));
        }
        secret_memo_free(memo);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_what_was_added_is_remembered),
                cmocka_unit_test(another_app_with_the_same_secret_is_not),
                cmocka_unit_test(a_changed_hash_forgets_the_secret),
                cmocka_unit_test(a_full_memo_still_remembers_the_newest),
        };

        mac_key_set(&key, (uint8_t[HASH_SIZE]){ 1 });
        mac_key_set(&other_key, (uint8_t[HASH_SIZE]){ 2 });
        return cmocka_run_group_tests(tests, NULL, NULL);
}
