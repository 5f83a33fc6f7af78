#include "support/fixture.h"
#include "support/pages.h"

#include "account/handlers.h"
#include "account/user.h"

static struct identity who;
static char id[ID_UUID_LENGTH];

static int make_person(struct request *req, struct response *res _unused_) {
        const struct user_new user = { STR_INIT("ada@example.org"), STR_INIT("Ada"), STR_INIT("hash"),
                                       false };
        struct user_row row;
        int r;

        r = user_create(req->context, req->tx, &req->arena, &user, &row);
        if (r >= 0)
                memcpy(id, row.id.ptr, sizeof(id));
        return r;
}

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        assert_int_equal(fixture_transaction(&f, make_person), 0);
        who = (struct identity){ .kind = IDENTITY_SESSION,
                                 .csrf = STR_INIT("the-csrf-token"),
                                 .user_id = str_n(id, sizeof(id)),
                                 .email = STR_INIT("ada@example.org"),
                                 .name = STR_INIT("Ada Lovelace") };
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        pages_forget();
        fixture_done(*state);
        return 0;
}

static int post(struct fixture *f, const char *json, fixture_step step) {
        fixture_post_json(f, json);
        f->req.identity = &who;
        return fixture_transaction(f, step);
}

static int get(struct fixture *f, fixture_step step) {
        fixture_get(f, NULL);
        f->req.identity = &who;
        response_reset(&f->res);
        return fixture_read(f, step);
}

static void the_user_object_is_answered(void **state) {
        struct fixture *f = *state;

        assert_int_equal(get(f, handle_user), STEP_DONE);
        assert_int_equal(f->res.status, 200);
        assert_contains(strbuf_str(&f->res.body), "\"email\":\"ada@example.org\"");
        assert_contains(strbuf_str(&f->res.body), "\"timezone\":\"not-set\"");
        assert_false(str_contains(strbuf_str(&f->res.body), STR("hash")));
        assert_str(fixture_header(f, "Cache-Control"), "no-store");
        assert_null(fixture_header(f, "X-AutoGPT-User-Created").ptr);

        assert_int_equal(post(f, "{}", handle_user), STEP_DONE);
        assert_str(fixture_header(f, "X-AutoGPT-User-Created"), "false");
}

static void the_timezone_is_set_and_read(void **state) {
        struct fixture *f = *state;

        assert_int_equal(get(f, handle_timezone), STEP_DONE);
        assert_str(strbuf_str(&f->res.body), "{\"timezone\":\"not-set\"}");
        fixture_pass(f, 5);
        assert_int_equal(post(f, "{\"timezone\":\"America/Argentina/Buenos_Aires\"}", handle_timezone_set),
                         STEP_DONE);
        assert_str(strbuf_str(&f->res.body), "{\"timezone\":\"America/Argentina/Buenos_Aires\"}");
        assert_int_equal(get(f, handle_timezone), STEP_DONE);
        assert_str(strbuf_str(&f->res.body), "{\"timezone\":\"America/Argentina/Buenos_Aires\"}");
        assert_int_equal(get(f, handle_user), STEP_DONE);
        assert_contains(strbuf_str(&f->res.body), "\"updated_at\":\"2026-01-01T00:00:00.005Z\"");
}

static void a_timezone_is_a_name_of_the_iana_database(void **state) {
        static const char *const bad[] = { "{}",
                                           "{\"timezone\":\"\"}",
                                           "{\"timezone\":\"Mars/Olympus\"}",
                                           "{\"timezone\":\"not-set\"}",
                                           "{\"timezone\":\"../../etc/passwd\"}",
                                           "{\"timezone\":\"europe/paris\"}",
                                           "{\"timezone\":null}",
                                           "{\"timezone\":5}",
                                           "{\"timezone\":[\"UTC\"]}" };
        struct fixture *f = *state;

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                assert_int_equal(post(f, bad[i], handle_timezone_set), -ERR_INVALID_FIELD);
                assert_str(f->req.error_field, "timezone");
        }
        assert_int_equal(get(f, handle_timezone), STEP_DONE);
        assert_str(strbuf_str(&f->res.body), "{\"timezone\":\"not-set\"}");
}

static void the_name_is_set_and_removed(void **state) {
        struct fixture *f = *state;

        assert_int_equal(post(f, "{\"name\":\"  Countess \"}", handle_name_set), STEP_DONE);
        assert_contains(strbuf_str(&f->res.body), "\"name\":\"Countess\"");
        assert_int_equal(post(f, "{\"name\":null}", handle_name_set), STEP_DONE);
        assert_contains(strbuf_str(&f->res.body), "\"name\":null");
        assert_int_equal(post(f, "{\"name\":\"a\\nb\"}", handle_name_set), -ERR_INVALID_FIELD);
        assert_int_equal(post(f, "{}", handle_name_set), -ERR_INVALID_FIELD);
        assert_string_equal(f->req.error_type, "missing");
}

static void a_person_who_is_gone_is_not_signed_in(void **state) {
        struct fixture *f = *state;

        who.user_id = STR("gone");
        assert_int_equal(get(f, handle_user), -ERR_NOT_SIGNED_IN);
        assert_int_equal(post(f, "{\"timezone\":\"UTC\"}", handle_timezone_set), -ERR_NOT_SIGNED_IN);
        assert_int_equal(post(f, "{\"name\":\"x\"}", handle_name_set), -ERR_NOT_SIGNED_IN);
}

static void the_home_page_shows_who_is_signed_in(void **state) {
        struct fixture *f = *state;

        assert_int_equal(get(f, handle_home), STEP_DONE);
        assert_string_equal(pages_shown.name, "home");
        assert_string_equal(pages_text("csrf", NULL), "the-csrf-token");
        assert_string_equal(pages_text("person", "email"), "ada@example.org");
        assert_string_equal(pages_text("person", "name"), "Ada Lovelace");
        assert_string_equal(pages_text("person", "initials"), "AL");
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(the_user_object_is_answered),
                T(the_timezone_is_set_and_read),
                T(a_timezone_is_a_name_of_the_iana_database),
                T(the_name_is_set_and_removed),
                T(a_person_who_is_gone_is_not_signed_in),
                T(the_home_page_shows_who_is_signed_in),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
