#include "support/fixture.h"

#include "account/session.h"
#include "account/user.h"

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

static void an_address_is_kept_in_lower_case(void **state) {
        struct fixture *f = *state;
        struct str email;

        assert_int_equal(email_normalise(&f->req.arena, STR("Ada.Lovelace+x@Mail.Example.ORG"), &email), 0);
        assert_str(email, "ada.lovelace+x@mail.example.org");
}

static void sound_addresses_are_taken(void **state) {
        static const char *const good[] = {
                "a@b.co",          "o'neil@example.org",      "a!#$%&'*+-/=?^_`{|}~z@example.org",
                "admin@localhost", "a@xn--bcher-kva.example", "1@2.3"
        };
        struct fixture *f = *state;
        struct str email;

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                assert_int_equal(email_normalise(&f->req.arena, str_of(good[i]), &email), 0);
}

static void unsound_addresses_are_refused(void **state) {
        static const char *const bad[] = { "",
                                           "nobody",
                                           "@example.org",
                                           "a@",
                                           "a b@example.org",
                                           "a@b@example.org",
                                           "a@example.org\n",
                                           " a@example.org",
                                           "a@example.org ",
                                           "a@exa mple.org",
                                           "<b>@example.org",
                                           "a@example",
                                           "a@.org",
                                           "a@example.",
                                           "a@-x.org",
                                           "a@x-.org",
                                           ".a@example.org",
                                           "a.@example.org",
                                           "a..b@example.org",
                                           "a@exam_ple.org",
                                           "\"a\"@example.org",
                                           "a@[127.0.0.1]",
                                           "caf\u00e9@example.org",
                                           "a@b\u00fccher.example",
                                           "a\t@example.org" };
        struct fixture *f = *state;
        struct str email = STR("untouched");

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                assert_int_equal(email_normalise(&f->req.arena, str_of(bad[i]), &email), -ERR_INVALID_FIELD);
        assert_int_equal(email_normalise(&f->req.arena, STR("a\0@example.org"), &email), -ERR_INVALID_FIELD);
        assert_str(email, "untouched");
}

static void lengths_of_addresses_are_limited(void **state) {
        struct fixture *f = *state;
        char text[300];
        struct str email;

        memset(text, 'a', sizeof(text));
        memcpy(text + 64, "@example.org", 12);
        assert_int_equal(email_normalise(&f->req.arena, str_n(text, 76), &email), 0);
        memset(text, 'a', sizeof(text));
        memcpy(text + 65, "@example.org", 12);
        assert_int_equal(email_normalise(&f->req.arena, str_n(text, 77), &email), -ERR_INVALID_FIELD);

        memset(text, 'a', sizeof(text)); /* a domain of labels of 63 */
        text[1] = '@';
        for (size_t at = 65; at < sizeof(text); at += 64)
                text[at] = '.';
        assert_int_equal(email_normalise(&f->req.arena, str_n(text, 254), &email), 0);
        assert_int_equal(email_normalise(&f->req.arena, str_n(text, 255), &email), -ERR_INVALID_FIELD);
}

static void names_are_trimmed_and_limited(void **state _unused_) {
        char text[4 * 101 + 1];
        struct str name = STR("x");

        assert_int_equal(user_name_check(STR("  Ada Lovelace "), &name), 0);
        assert_str(name, "Ada Lovelace");
        assert_int_equal(user_name_check(STR("   "), &name), 0);
        assert_null(name.ptr);
        for (size_t i = 0; i < 101; i++)
                memcpy(text + 4 * i, "\U0001F40E", 5);
        assert_int_equal(user_name_check(str_n(text, 400), &name), 0);
        assert_int_equal(user_name_check(str_n(text, 404), &name), -ERR_INVALID_FIELD);
        assert_int_equal(user_name_check(STR("a\nb"), &name), -ERR_INVALID_FIELD);
        assert_int_equal(user_name_check(STR("\xff"), &name), -ERR_INVALID_FIELD);
}

static struct str initials(const char *name, const char *email) {
        static char out[USER_INITIALS_MAX];

        return str_n(out, initials_of(name ? str_of(name) : STR_NULL, str_of(email), out));
}

static void initials_stand_for_a_name(void **state _unused_) {
        assert_str(initials("ada  king lovelace", "x@example.org"), "AL");
        assert_str(initials("Ada", "x@example.org"), "A");
        assert_str(initials("OAuth Test App (CLI)", "x@example.org"), "OA");
        assert_str(initials("- -", "x@example.org"), "X");
        assert_str(initials(NULL, "grace@example.org"), "G");
        assert_str(initials("\u00e9mile zola", "x@example.org"), "\u00e9Z");
        assert_str(initials("\U0001F40E \U0001F40E", "x@example.org"), "\U0001F40E\U0001F40E");
}

struct making {
        struct fixture *f;
        struct user_new user;
        struct user_row row;
};

static int make(struct tx *tx, void *data) {
        struct making *m = data;

        return user_create(&m->f->context, tx, &m->f->req.arena, &m->user, &m->row);
}

static void a_new_person_is_active_and_has_a_uuid(void **state) {
        struct making m = { .f = *state,
                            .user = { STR_INIT("a@example.org"), STR_INIT("Ada"), STR_INIT("hash"), true } };

        assert_int_equal(fixture_write(m.f, make, &m), 0);
        assert_true(id_is_uuid(m.row.id));
        assert_str(m.row.name, "Ada");
        assert_str(m.row.timezone, "not-set");
        assert_true(m.row.is_active && m.row.is_admin);
        assert_int_equal(m.row.created_at, FIXTURE_START);
}

static void an_address_serves_once(void **state) {
        struct making m = { .f = *state,
                            .user = { STR_INIT("a@example.org"), STR_NULL, STR_INIT("hash"), false } };

        assert_int_equal(fixture_write(m.f, make, &m), 0);
        assert_null(m.row.name.ptr);
        assert_int_equal(fixture_write(m.f, make, &m), -ERR_EMAIL_TAKEN);
}

static int disable(struct tx *tx, void *data) {
        struct making *m = data;

        return user_set_active(&m->f->context, tx, m->row.id, false);
}

static int begin_session(struct request *req, struct response *res _unused_) {
        _cleanup_(secret_done) struct secret text = SECRET_EMPTY;
        struct user_row user;

        assert_int_equal(db_user_by_email(req->tx, &req->arena, STR("a@example.org"), &user), 1);
        return session_create(req, user.id, &text);
}

static int sessions_left(struct tx *tx, void *data) {
        struct making *m = data;

        return db_sessions_delete_of_user(tx, m->row.id);
}

static void disabling_ends_every_session(void **state) {
        struct making m = { .f = *state,
                            .user = { STR_INIT("a@example.org"), STR_NULL, STR_INIT("hash"), false } };

        fixture_post_json(m.f, "{}");
        assert_int_equal(fixture_write(m.f, make, &m), 0);
        assert_int_equal(fixture_transaction(m.f, begin_session), 0);
        assert_int_equal(fixture_transaction(m.f, begin_session), 0);
        assert_int_equal(fixture_write(m.f, disable, &m), 0);
        assert_int_equal(fixture_write(m.f, sessions_left, &m), 0);
        m.row.id = STR("nobody");
        assert_int_equal(fixture_write(m.f, disable, &m), -ERR_NOT_FOUND);
}

static void the_user_object_shows_no_hash(void **state _unused_) {
        const struct user_row row = { .id = STR_INIT("1"),
                                      .email = STR_INIT("a@example.org"),
                                      .timezone = STR_INIT("not-set"),
                                      .password_hash = STR_INIT("$argon2id$x"),
                                      .created_at = FIXTURE_START,
                                      .updated_at = FIXTURE_START };
        struct strbuf out = STRBUF_INIT(4096);
        struct json_writer w = JSON_WRITER(&out);
        struct notifications wanted = { .wanted = { true, false }, .daily_limit = 5 };

        user_write_json(&w, &row, &wanted);
        assert_str(strbuf_str(&out),
                   "{\"id\":\"1\",\"email\":\"a@example.org\",\"email_verified\":true,\"name\":null,"
                   "\"timezone\":\"not-set\",\"is_admin\":false,\"created_at\":\"2026-01-01T00:00:00.000Z\","
                   "\"updated_at\":\"2026-01-01T00:00:00.000Z\",\"metadata\":{},"
                   "\"integrations\":\"\",\"stripe_customer_id\":null,\"top_up_config\":null,\"max_emails_"
                   "per_day\":5,"
                   "\"notify_on_agent_run\":true,\"notify_on_zero_balance\":false,\"notify_on_low_balance\":"
                   "false,"
                   "\"notify_on_block_execution_failed\":false,\"notify_on_continuous_agent_error\":false,"
                   "\"notify_on_daily_summary\":false,\"notify_on_weekly_summary\":false,"
                   "\"notify_on_monthly_summary\":false,\"notify_on_agent_approved\":false,"
                   "\"notify_on_agent_rejected\":false}");
        strbuf_done(&out);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(an_address_is_kept_in_lower_case, setup, teardown),
                cmocka_unit_test_setup_teardown(sound_addresses_are_taken, setup, teardown),
                cmocka_unit_test_setup_teardown(unsound_addresses_are_refused, setup, teardown),
                cmocka_unit_test_setup_teardown(lengths_of_addresses_are_limited, setup, teardown),
                cmocka_unit_test(names_are_trimmed_and_limited),
                cmocka_unit_test(initials_stand_for_a_name),
                cmocka_unit_test_setup_teardown(a_new_person_is_active_and_has_a_uuid, setup, teardown),
                cmocka_unit_test_setup_teardown(an_address_serves_once, setup, teardown),
                cmocka_unit_test_setup_teardown(disabling_ends_every_session, setup, teardown),
                cmocka_unit_test(the_user_object_shows_no_hash),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
