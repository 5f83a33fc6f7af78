#include "web/authenticate.h"

#include <stdio.h>

#include "account/csrf.h"
#include "account/session.h"
#include "account/user.h"
#include "oauth/token_pair.h"
#include "support/fixture.h"

static const struct route open_page = { .method = HTTP_GET, .access = ACCESS_PUBLIC, .flags = ROUTE_PAGE };
static const struct route session = { .method = HTTP_POST, .access = ACCESS_SESSION };
static const struct route admin = { .method = HTTP_POST, .access = ACCESS_ADMIN };
static const struct route form = { .method = HTTP_POST,
                                   .access = ACCESS_SESSION,
                                   .flags = ROUTE_PAGE | ROUTE_FORM };
static const struct route client = { .method = HTTP_POST, .access = ACCESS_CLIENT };
static const struct route me = {
        .method = HTTP_GET, .access = ACCESS_API, .scopes = SCOPE_IDENTITY, .flags = ROUTE_EXTERNAL
};
static const struct route both = { .method = HTTP_GET,
                                   .access = ACCESS_API,
                                   .scopes = SCOPE_IDENTITY | SCOPE_USE_TOOLS | SCOPE_READ_GRAPH,
                                   .flags = ROUTE_EXTERNAL };

static struct user_row ada;
static char access_token[64];
static const struct route *route;

static int make_all(struct request *req, struct response *res) {
        const struct user_new user = { STR_INIT("ada@example.org"), STR_INIT("Ada"), STR_INIT("hash"),
                                       false };
        _cleanup_(token_pair_done) struct token_pair pair = { 0 };
        int64_t authorization = id_next(req->context->ids);

        assert_int_equal(user_create(req->context, req->tx, &req->arena, &user, &ada), 0);
        assert_int_equal(db_app_insert(req->tx, STR("app-id"), STR("agpt_client_app"), STR("An App"),
                                       STR_NULL, STR_NULL, STR_NULL, STR_NULL, STR("https://app.example/cb"),
                                       STR("authorization_code"), STR("IDENTITY READ_GRAPH"), STR_NULL,
                                       FIXTURE_START),
                         1);
        assert_int_equal(db_authorization_insert(req->tx, authorization, STR("app-id"), ada.id,
                                                 STR("IDENTITY READ_GRAPH"), FIXTURE_START * 2),
                         1);
        assert_int_equal(token_pair_issue(req, authorization, FIXTURE_START * 2,
                                          SCOPE_IDENTITY | SCOPE_READ_GRAPH, false, &pair),
                         0);
        snprintf(access_token, sizeof(access_token), STR_FMT, STR_ARG(secret_str(&pair.access_token)));
        return session_begin(req, res, ada.id);
}

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        fixture_get(&f, NULL);
        assert_int_equal(fixture_transaction(&f, make_all), 0);
        fixture_keep_cookies(&f);
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        fixture_done(*state);
        return 0;
}

static int run(struct request *req, struct response *res) {
        return authenticate(req, res, route);
}

static int admit(struct fixture *f, const struct route *to) {
        route = to;
        return fixture_read(f, run);
}

static void send(struct fixture *f, struct str name, const char *value) {
        f->req.headers[f->req.n_headers++] = (struct http_header){ name, str_of(value) };
}

/* GET with Authorization: `scheme` and the token. */
static int bearer(struct fixture *f, const struct route *to, const char *scheme, const char *token) {
        char text[512];

        fixture_get(f, NULL);
        snprintf(text, sizeof(text), "%s%s", scheme, token);
        send(f, STR("Authorization"), text);
        return admit(f, to);
}

static void a_session_is_its_person(void **state) {
        struct fixture *f = *state;

        fixture_post_json(f, "{}");
        assert_int_equal(admit(f, &session), 0);
        assert_int_equal(f->req.identity->kind, IDENTITY_SESSION);
        assert_str(f->req.identity->email, "ada@example.org");
        assert_str(f->req.identity->timezone, "not-set");
        assert_int_equal(admit(f, &admin), -ERR_NOT_ADMINISTRATOR);
}

static void nobody_gets_through_without_a_session(void **state) {
        struct fixture *f = *state;

        fixture_set_cookie(f, "gatehouse", "gh_s_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        fixture_post_json(f, "{}");
        assert_int_equal(admit(f, &session), -ERR_NOT_SIGNED_IN);
        assert_int_equal(admit(f, &admin), -ERR_NOT_SIGNED_IN);
        assert_int_equal(admit(f, &form), -ERR_NOT_SIGNED_IN);
        f->n_cookies = 0;
        fixture_post_json(f, "{}");
        assert_int_equal(admit(f, &session), -ERR_NOT_SIGNED_IN);
        fixture_get(f, NULL);
        assert_int_equal(admit(f, &open_page), 0);
        assert_int_equal(f->req.identity->kind, IDENTITY_NONE);
        assert_int_equal(f->req.identity->csrf.len, CSRF_LENGTH);
}

static void a_session_opens_nothing_for_apps(void **state) {
        struct fixture *f = *state;

        fixture_get(f, NULL);
        assert_int_equal(admit(f, &me), -ERR_NO_CREDENTIAL);
        fixture_post_form(f, "");
        assert_int_equal(admit(f, &client), 0);
        assert_null(f->req.identity);
}

static void a_token_opens_nothing_for_people(void **state) {
        struct fixture *f = *state;
        char text[128];

        f->n_cookies = 0;
        fixture_post_json(f, "{}");
        snprintf(text, sizeof(text), "Bearer %s", access_token);
        send(f, STR("Authorization"), text);
        assert_int_equal(admit(f, &session), -ERR_NOT_SIGNED_IN);
}

static void a_form_needs_the_token_of_its_session(void **state) {
        struct fixture *f = *state;
        char text[128];

        fixture_get(f, NULL);
        assert_int_equal(admit(f, &open_page), 0);
        snprintf(text, sizeof(text), "csrf=" STR_FMT, STR_ARG(f->req.identity->csrf));
        fixture_post_form(f, text);
        assert_int_equal(admit(f, &form), 0);
        fixture_post_form(f, "x=y");
        assert_int_equal(admit(f, &form), -ERR_CSRF);
        text[10] = text[10] == 'A' ? 'B' : 'A';
        fixture_post_form(f, text);
        assert_int_equal(admit(f, &form), -ERR_CSRF);
        fixture_post_json(f, "{\"csrf\":[\"x\"]}");
        assert_int_equal(admit(f, &form), -ERR_CSRF);
}

static void a_token_is_its_person_within_its_scopes(void **state) {
        struct fixture *f = *state;

        assert_int_equal(bearer(f, &me, "Bearer ", access_token), 0);
        assert_int_equal(f->req.identity->kind, IDENTITY_TOKEN);
        assert_str(f->req.identity->email, "ada@example.org");
        assert_str(f->req.identity->app_id, "app-id");
        assert_int_equal(bearer(f, &me, "bEARER   ", access_token), 0);
        assert_int_equal(bearer(f, &both, "Bearer ", access_token), -ERR_MISSING_SCOPE);
        assert_str(f->req.error_detail, "Missing required permission(s): USE_TOOLS");
}

static void what_is_no_bearer_token_is_told_apart(void **state) {
        struct fixture *f = *state;

        assert_int_equal(bearer(f, &me, "Basic ", access_token), -ERR_NO_CREDENTIAL);
        assert_int_equal(bearer(f, &me, "Bearer", access_token), -ERR_NO_CREDENTIAL);
        assert_int_equal(bearer(f, &me, "Bearer", ""), -ERR_NO_CREDENTIAL);
        assert_int_equal(bearer(f, &me, "", ""), -ERR_NO_CREDENTIAL);
        assert_int_equal(bearer(f, &me, "Bearer x", access_token), -ERR_TOKEN_UNKNOWN);
        assert_int_equal(bearer(f, &me, "Bearer x ", access_token), -ERR_TOKEN_UNKNOWN);
}

static void a_token_ends_to_the_millisecond(void **state) {
        struct fixture *f = *state;

        fixture_pass(f, 3600 * 1000 - 1);
        assert_int_equal(bearer(f, &me, "Bearer ", access_token), 0);
        fixture_pass(f, 1);
        assert_int_equal(bearer(f, &me, "Bearer ", access_token), -ERR_TOKEN_EXPIRED);
}

static void a_token_in_the_address_is_refused_even_beside_a_good_one(void **state) {
        struct fixture *f = *state;
        char text[128];

        snprintf(text, sizeof(text), "Bearer %s", access_token);
        fixture_get(f, "a=b&access_token=");
        send(f, STR("Authorization"), text);
        assert_int_equal(admit(f, &me), -ERR_TOKEN_IN_QUERY);
        fixture_get(f, "access%5Ftoken=x");
        send(f, STR("Authorization"), text);
        assert_int_equal(admit(f, &me), -ERR_TOKEN_IN_QUERY);
        fixture_get(f, "a=%zz");
        send(f, STR("Authorization"), text);
        assert_int_equal(admit(f, &me), -ERR_BAD_QUERY);
}

static void an_api_key_alone_decides(void **state) {
        struct fixture *f = *state;
        char text[128];

        snprintf(text, sizeof(text), "Bearer %s", access_token);
        fixture_get(f, NULL);
        send(f, STR("Authorization"), text);
        send(f, STR("x-api-key"), "");
        assert_int_equal(admit(f, &me), -ERR_API_KEY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(a_session_is_its_person),
                TEST(nobody_gets_through_without_a_session),
                TEST(a_session_opens_nothing_for_apps),
                TEST(a_token_opens_nothing_for_people),
                TEST(a_form_needs_the_token_of_its_session),
                TEST(a_token_is_its_person_within_its_scopes),
                TEST(what_is_no_bearer_token_is_told_apart),
                TEST(a_token_ends_to_the_millisecond),
                TEST(a_token_in_the_address_is_refused_even_beside_a_good_one),
                TEST(an_api_key_alone_decides),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
