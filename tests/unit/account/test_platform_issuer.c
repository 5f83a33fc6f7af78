#include "account/platform_issuer.h"

#include "account/password.h"
#include "support/fixture.h"

static struct platform_person person;
static struct user_row row;
static bool created;

static int look(struct request *req, struct response *res _unused_) {
        return platform_person_row(req->context, req->tx, &req->arena, &person, &row, &created);
}

static int disable(struct request *req, struct response *res _unused_) {
        return user_set_active(req->context, req->tx, person.id, false);
}

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        person = (struct platform_person){ .id = STR("0b0b-1"),
                                           .email = STR("Ada@Example.org"),
                                           .name = STR(" Ada ") };
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

static void a_person_is_stored_at_first_sight_where_that_can_be(void **state) {
        assert_int_equal(fixture_read(*state, look), 0);
        assert_false(created);
        assert_int_equal(fixture_transaction(*state, look), 1);
        assert_true(created);
        assert_str(row.id, "0b0b-1");
        assert_str(row.email, "ada@example.org");
        assert_str(row.name, "Ada");
        assert_false(row.is_admin);
        assert_int_equal(fixture_transaction(*state, look), 1);
        assert_false(created);
        assert_int_equal(fixture_read(*state, look), 1);
}

static void an_administrator_there_is_none_in_the_database(void **state) {
        person.is_admin = true;
        assert_int_equal(fixture_transaction(*state, look), 1);
        assert_false(row.is_admin);
}

static void who_was_disabled_is_refused(void **state) {
        assert_int_equal(fixture_transaction(*state, look), 1);
        assert_int_equal(fixture_transaction(*state, disable), 0);
        assert_int_equal(fixture_read(*state, look), -ERR_JWT_USER_DISABLED);
        assert_int_equal(fixture_transaction(*state, look), -ERR_JWT_USER_DISABLED);
}

static void an_address_stays_its_owners(void **state) {
        assert_int_equal(fixture_transaction(*state, look), 1);
        person.id = STR("0b0b-2");
        assert_int_equal(fixture_transaction(*state, look), -ERR_EMAIL_TAKEN);
}

static void without_an_address_nobody_is_stored_but_who_is_known_stays_so(void **state) {
        struct str email = person.email;

        person.email = STR_NULL;
        assert_int_equal(fixture_transaction(*state, look), -ERR_JWT_NO_EMAIL);
        person.email = STR("@");
        assert_int_equal(fixture_transaction(*state, look), -ERR_JWT_NO_EMAIL);
        person.email = email;
        assert_int_equal(fixture_transaction(*state, look), 1);
        person.email = STR_NULL;
        assert_int_equal(fixture_transaction(*state, look), 1);
}

static void no_password_is_theirs(void **state) {
        assert_int_equal(fixture_transaction(*state, look), 1);
        assert_int_equal(row.password_hash.len, 0);
        assert_int_equal(password_verify(STR(""), row.password_hash), -ERR_WRONG_PASSWORD);
        assert_int_equal(password_verify(STR("decoy"), row.password_hash), -ERR_WRONG_PASSWORD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(a_person_is_stored_at_first_sight_where_that_can_be),
                TEST(an_administrator_there_is_none_in_the_database),
                TEST(who_was_disabled_is_refused),
                TEST(an_address_stays_its_owners),
                TEST(without_an_address_nobody_is_stored_but_who_is_known_stays_so),
                TEST(no_password_is_theirs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
