#include "web/respond_error.h"

#include "support/fixture.h"
#include "support/pages.h"

#include <stdio.h>

#include "account/identity.h"

static const struct route client = { .method = HTTP_POST, .access = ACCESS_CLIENT, .flags = ROUTE_CORS };
static const struct route json = { .method = HTTP_POST, .access = ACCESS_SESSION };
static const struct route page = { .method = HTTP_GET, .access = ACCESS_SESSION, .flags = ROUTE_PAGE };
static const struct route form = { .method = HTTP_POST,
                                   .access = ACCESS_SESSION,
                                   .flags = ROUTE_PAGE | ROUTE_FORM };
static const struct route api = { .method = HTTP_GET,
                                  .access = ACCESS_API,
                                  .scopes = SCOPE_IDENTITY | SCOPE_READ_GRAPH,
                                  .flags = ROUTE_EXTERNAL | ROUTE_CORS };

static int setup(void **state) {
        static struct fixture f;

        fixture_init(&f);
        pages_forget();
        *state = &f;
        return 0;
}

static int teardown(void **state) {
        pages_forget();
        fixture_done(*state);
        return 0;
}

static struct str body(const struct fixture *f) {
        return strbuf_str(&f->res.body);
}

static void json_and_form_get_the_status_of_their_dialect(void **state) {
        struct fixture *f = *state;

        fixture_post_json(f, "{}");
        respond_error(&f->req, &f->res, &client, -ERR_INVALID_FIELD);
        assert_int_equal(f->res.status, 422);
        fixture_post_form(f, "");
        respond_error(&f->req, &f->res, &client, -ERR_INVALID_FIELD);
        assert_int_equal(f->res.status, 400);
        assert_str(body(f),
                   "{\"detail\":\"A field is missing or has a wrong value\",\"error\":\"invalid_request\","
                   "\"error_description\":\"A field is missing or has a wrong value\"}");
}

static void a_faulty_field_has_the_platform_s_shape(void **state) {
        struct fixture *f = *state;

        fixture_post_json(f, "{}");
        f->req.path = STR("/api/oauth/token");
        (void)request_refuse_field(&f->req, "code", "missing", "Field required");
        respond_error(&f->req, &f->res, &client, -ERR_INVALID_FIELD);
        assert_str(
                body(f),
                "{\"message\":\"Invalid data for POST /api/oauth/token\",\"detail\":[{\"type\":\"missing\","
                "\"loc\":[\"body\",\"code\"],\"msg\":\"Field required\",\"input\":null}],"
                "\"hint\":\"Ensure the request matches the API schema.\",\"error\":\"invalid_request\","
                "\"error_description\":\"code: Field required\"}");

        fixture_post_json(f, "{}");
        (void)request_refuse_field(&f->req, "x", "missing", "Field required");
        respond_error(&f->req, &f->res, &api, -ERR_INVALID_FIELD);
        assert_str(body(f),
                   "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"x\"],\"msg\":\"Field required\","
                   "\"input\":null}]}");
}

static void an_app_that_is_no_client_is_challenged(void **state) {
        struct fixture *f = *state;

        fixture_post_form(f, "");
        respond_error(&f->req, &f->res, &client, -ERR_INVALID_CLIENT);
        assert_int_equal(f->res.status, 401);
        assert_str(fixture_header(f, "WWW-Authenticate"), "Basic realm=\"Gatehouse\", charset=\"UTF-8\"");
        assert_contains(fixture_header(f, "Cache-Control"), "no-store");
        fixture_post_form(f, "");
        respond_error(&f->req, &f->res, &client, -ERR_CODE_UNKNOWN);
        assert_null(fixture_header(f, "WWW-Authenticate").ptr);
}

static void the_external_api_speaks_the_platform_s_words(void **state) {
        static const struct {
                enum error error;
                int status;
                const char *detail, *challenge;
        } rows[] = {
                { ERR_NO_CREDENTIAL, 401, "Missing authentication. Provide API key or access token.",
                  "Bearer realm=\"Gatehouse\"" },
                { ERR_API_KEY, 401, "Invalid API key", "Bearer realm=\"Gatehouse\"" },
                { ERR_TOKEN_UNKNOWN, 401, "Invalid token: access token not found",
                  "Bearer realm=\"Gatehouse\", error=\"invalid_token\", error_description=\"Invalid token: "
                  "access token "
                  "not found\"" },
                { ERR_TOKEN_APP_DISABLED, 401, "Client application is disabled",
                  "Bearer realm=\"Gatehouse\", error=\"invalid_token\", error_description=\"Client "
                  "application is "
                  "disabled\"" },
                { ERR_TOKEN_IN_QUERY, 400,
                  "Send the access token in the Authorization header, never in the address",
                  "Bearer realm=\"Gatehouse\", error=\"invalid_request\", error_description=\"Send the "
                  "access token in "
                  "the Authorization header, never in the address\"" },
        };
        struct fixture *f = *state;
        char wanted[256];

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                fixture_get(f, NULL);
                respond_error(&f->req, &f->res, &api, -(int)rows[i].error);
                assert_int_equal(f->res.status, rows[i].status);
                snprintf(wanted, sizeof(wanted), "{\"detail\":\"%s\"}", rows[i].detail);
                assert_true(str_eq(body(f), str_of(wanted)));
                assert_true(str_eq(fixture_header(f, "WWW-Authenticate"), str_of(rows[i].challenge)));
        }
}

static void a_missing_scope_is_named_in_body_and_challenge(void **state) {
        struct fixture *f = *state;

        fixture_get(f, NULL);
        (void)request_refuse(&f->req, ERR_MISSING_SCOPE, "Missing required permission(s): READ_GRAPH");
        respond_error(&f->req, &f->res, &api, -ERR_MISSING_SCOPE);
        assert_int_equal(f->res.status, 403);
        assert_str(body(f), "{\"detail\":\"Missing required permission(s): READ_GRAPH\"}");
        assert_str(fixture_header(f, "WWW-Authenticate"),
                   "Bearer realm=\"Gatehouse\", error=\"insufficient_scope\", error_description=\"Missing "
                   "required "
                   "permission(s): READ_GRAPH\", scope=\"IDENTITY READ_GRAPH\"");
}

static void a_fault_of_a_caller_who_is_known_is_no_challenge(void **state) {
        struct identity who = { .kind = IDENTITY_TOKEN };
        struct fixture *f = *state;

        fixture_get(f, NULL);
        f->req.identity = &who;
        respond_error(&f->req, &f->res, &api, -ERR_BAD_REQUEST);
        assert_int_equal(f->res.status, 400);
        assert_null(fixture_header(f, "WWW-Authenticate").ptr);
}

static void the_external_api_keeps_its_shape_where_no_route_is(void **state) {
        struct fixture *f = *state;

        fixture_get(f, NULL);
        f->req.path = STR("/external-api/v1/nowhere");
        respond_error(&f->req, &f->res, NULL, -ERR_NOT_FOUND);
        assert_str(body(f), "{\"detail\":\"Not Found\"}");
}

static void who_must_sign_in_is_told_how(void **state) {
        struct fixture *f = *state;

        fixture_post_json(f, "{}");
        respond_error(&f->req, &f->res, &json, -ERR_NOT_SIGNED_IN);
        assert_int_equal(f->res.status, 401);
        assert_str(fixture_header(f, "WWW-Authenticate"), "Bearer realm=\"Gatehouse\"");
        fixture_post_json(f, "{}");
        respond_error(&f->req, &f->res, &json, -ERR_CROSS_SITE);
        assert_null(fixture_header(f, "WWW-Authenticate").ptr);
}

static void a_half_made_answer_is_forgotten(void **state) {
        struct fixture *f = *state;

        fixture_post_form(f, "");
        response_begin(&f->res, 200, CONTENT_TYPE_JSON);
        response_header(&f->res, STR("Set-Cookie"), STR("gatehouse=secret"));
        strbuf_append(&f->res.body, STR("agpt_rt_secret"));
        respond_error(&f->req, &f->res, &client, -ERR_STORAGE);
        assert_int_equal(f->res.status, 503);
        assert_false(str_contains(body(f), STR("secret")));
        assert_null(fixture_header(f, "Set-Cookie").ptr);
        assert_str(fixture_header(f, "Retry-After"), "2");
}

static void who_finds_the_queue_full_is_told_to_come_again(void **state) {
        static const struct route *const all[] = { &client, &json, &page, &api };
        struct fixture *f = *state;

        for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
                fixture_post_json(f, "{}");
                respond_error(&f->req, &f->res, all[i], -ERR_BUSY);
                assert_int_equal(f->res.status, 503);
                assert_str(fixture_header(f, "Retry-After"), "2");
        }
}

static void who_is_throttled_is_told_how_long(void **state) {
        struct fixture *f = *state;

        fixture_post_json(f, "{}");
        f->req.retry_after = 61;
        respond_error(&f->req, &f->res, &json, -ERR_THROTTLED);
        assert_int_equal(f->res.status, 429);
        assert_str(fixture_header(f, "Retry-After"), "61");
}

static void a_person_gets_a_page_and_a_way_on(void **state) {
        struct fixture *f = *state;

        fixture_get(f, NULL);
        respond_error(&f->req, &f->res, &page, -ERR_CSRF);
        assert_int_equal(pages_shown.status, 403);
        assert_string_equal(pages_text("retry_url", NULL), "");
        assert_true(json_is_true(json_object_get(pages_shown.data, "by_person")));

        fixture_get(f, NULL);
        f->req.target = STR("/auth/authorize?x");
        respond_error(&f->req, &f->res, &page, -ERR_STORAGE);
        assert_int_equal(pages_shown.status, 503);
        assert_string_equal(pages_text("retry_url", NULL), "/auth/authorize?x");
        assert_true(json_is_true(json_object_get(pages_shown.data, "by_server")));
}

static void who_must_sign_in_comes_back_to_the_page(void **state) {
        struct fixture *f = *state;

        fixture_get(f, NULL);
        f->req.target = STR("/auth/authorize?state=a%26b&x");
        respond_error(&f->req, &f->res, &page, -ERR_NOT_SIGNED_IN);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"), "/login?next=%2Fauth%2Fauthorize%3Fstate%3Da%2526b%26x");
}

static void a_form_that_outlived_its_session_leads_back_to_its_question(void **state) {
        struct fixture *f = *state;

        fixture_post_form(f, "csrf=token&client_id=x&state=a%26b+c&decision=allow");
        f->req.path = STR("/auth/authorize");
        respond_error(&f->req, &f->res, &form, -ERR_NOT_SIGNED_IN);
        assert_int_equal(f->res.status, 303);
        assert_str(fixture_header(f, "Location"),
                   "/login?next=%2Fauth%2Fauthorize%3Fclient_id%3Dx%26state%3Da%2526b%2520c");
}

static void a_way_back_that_no_address_can_hold_is_not_forgotten_silently(void **state) {
        struct fixture *f = *state;
        char target[4001];

        memset(target, '/', sizeof(target) - 1);
        target[sizeof(target) - 1] = 0;
        fixture_get(f, NULL);
        f->req.target = str_of(target);
        respond_error(&f->req, &f->res, &page, -ERR_NOT_SIGNED_IN);
        assert_int_equal(pages_shown.status, 400);
        assert_string_equal(pages_text("text", NULL),
                            "This request is too long to be kept while you sign in");
        assert_null(fixture_header(f, "Location").ptr);
}

static void a_program_that_must_sign_in_is_told_so(void **state) {
        struct fixture *f = *state;

        fixture_post_json(f, "{}");
        respond_error(&f->req, &f->res, &json, -ERR_NOT_SIGNED_IN);
        assert_int_equal(f->res.status, 401);
        assert_contains(body(f), "\"detail\":\"Authorization header is missing\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(json_and_form_get_the_status_of_their_dialect),
                TEST(a_faulty_field_has_the_platform_s_shape),
                TEST(an_app_that_is_no_client_is_challenged),
                TEST(the_external_api_speaks_the_platform_s_words),
                TEST(a_missing_scope_is_named_in_body_and_challenge),
                TEST(a_fault_of_a_caller_who_is_known_is_no_challenge),
                TEST(the_external_api_keeps_its_shape_where_no_route_is),
                TEST(who_must_sign_in_is_told_how),
                TEST(a_half_made_answer_is_forgotten),
                TEST(who_finds_the_queue_full_is_told_to_come_again),
                TEST(who_is_throttled_is_told_how_long),
                TEST(a_person_gets_a_page_and_a_way_on),
                TEST(who_must_sign_in_comes_back_to_the_page),
                TEST(a_form_that_outlived_its_session_leads_back_to_its_question),
                TEST(a_way_back_that_no_address_can_hold_is_not_forgotten_silently),
                TEST(a_program_that_must_sign_in_is_told_so),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
