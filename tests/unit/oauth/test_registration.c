#include "oauth/registration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/errors.h"

static const struct str uri = STR_INIT("https://app.example.com/cb");
static const struct str scope = STR_INIT("IDENTITY");

static struct registration_request good_request(void) {
        return (struct registration_request){
                .name = STR("An App"),
                .redirect_uris = &uri,
                .n_redirect_uris = 1,
                .scopes = &scope,
                .n_scopes = 1,
        };
}

static void assert_refused(struct registration_request request, const char *part) {
        char problem[REGISTRATION_PROBLEM_MAX] = "";
        struct registration app;
        struct arena arena;

        arena_init(&arena, 65536);
        assert_int_equal(registration_check(&request, &arena, &app, problem), -ERR_INVALID_FIELD);
        if (!strstr(problem, part))
                fail_msg("\"%s\" does not say \"%s\"", problem, part);
        assert_false(str_has_control(str_of(problem)));
        arena_done(&arena);
}

static void assert_str(struct str s, const char *expected) {
        if (!str_eq(s, str_of(expected)))
                fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
}

static void defaults_fill_what_is_not_said(void **state) {
        struct registration_request request = good_request();
        char problem[REGISTRATION_PROBLEM_MAX];
        struct registration app;
        struct arena arena;

        arena_init(&arena, 65536);
        request.name = STR("  An App ");
        request.description = STR("");
        assert_int_equal(registration_check(&request, &arena, &app, problem), 0);
        assert_str(app.name, "An App");
        assert_null(app.description.ptr);
        assert_str(app.grant_types, "authorization_code refresh_token");
        assert_str(app.scopes, "IDENTITY");
        assert_null(app.owner_id.ptr);
        arena_done(&arena);
}

static void lists_are_kept_in_order_and_once(void **state) {
        const struct str uris[] = { STR("https://b.example/"), STR("https://a.example/"),
                                    STR("https://b.example/") };
        const struct str scopes[] = { STR("READ_GRAPH"), STR("IDENTITY"), STR("READ_GRAPH") };
        const struct str grants[] = { STR("authorization_code") };
        struct registration_request request = good_request();
        char problem[REGISTRATION_PROBLEM_MAX];
        struct registration app;
        struct arena arena;

        arena_init(&arena, 65536);
        request.redirect_uris = uris;
        request.n_redirect_uris = 3;
        request.scopes = scopes;
        request.n_scopes = 3;
        request.grant_types = grants;
        request.n_grant_types = 1;
        assert_int_equal(registration_check(&request, &arena, &app, problem), 0);
        assert_str(app.redirect_uris, "https://b.example/ https://a.example/");
        assert_str(app.scopes, "IDENTITY READ_GRAPH");
        assert_str(app.grant_types, "authorization_code");
        arena_done(&arena);
}

static void a_name_has_1_to_100_characters(void **state) {
        struct registration_request request = good_request();
        char name[202], problem[REGISTRATION_PROBLEM_MAX];
        struct registration app;
        struct arena arena;

        arena_init(&arena, 65536);
        for (size_t i = 0; i < sizeof(name); i += 2)
                memcpy(name + i, "\xc3\xa9", 2);
        request.name = str_n(name, 200);
        assert_int_equal(registration_check(&request, &arena, &app, problem), 0);
        arena_done(&arena);

        request.name = str_n(name, 202);
        assert_refused(request, "100 characters");
        request.name = str_n(name, 199);
        assert_refused(request, "UTF-8");
        request.name = STR("a\nb");
        assert_refused(request, "one line");
        request.name = STR("   ");
        assert_refused(request, "needs a name");
        request.name = STR_NULL;
        assert_refused(request, "needs a name");
}

static void a_description_has_500_characters_at_most(void **state) {
        struct registration_request request = good_request();
        char text[501];

        memset(text, 'x', sizeof(text));
        request.description = str_n(text, sizeof(text));
        assert_refused(request, "description must not be longer than 500");
        request.description = STR("a\x1b[2J");
        assert_refused(request, "description");
}

static void redirect_uris_are_judged(void **state) {
        struct registration_request request = good_request();
        struct str uris[APP_REDIRECT_URIS_MAX + 1];

        request.n_redirect_uris = 0;
        assert_refused(request, "At least one redirect URI");

        for (size_t i = 0; i < ARRAY_LENGTH(uris); i++)
                uris[i] = uri;
        request.redirect_uris = uris;
        request.n_redirect_uris = APP_REDIRECT_URIS_MAX + 1;
        assert_refused(request, "At most 10");

        request.n_redirect_uris = 2;
        uris[1] = STR("http://app.example.com/\x1b");
        assert_refused(request, "http://app.example.com/?'");
        uris[1] = STR("com.example.app:/cb");
        assert_refused(request, "public");
}

static void scopes_are_a_subset_that_is_not_empty(void **state) {
        const struct str two_in_one = STR("IDENTITY READ_GRAPH"), unknown = STR("DELETE_GRAPH"),
                         empty = STR("");
        struct registration_request request = good_request();

        request.n_scopes = 0;
        assert_refused(request, "At least one scope is required");
        request.n_scopes = 1;
        request.scopes = &unknown;
        assert_refused(request, "Invalid scope: DELETE_GRAPH");
        request.scopes = &empty;
        assert_refused(request, "Invalid scope: ");

        request.scopes = &two_in_one;
        assert_refused(request, "Invalid scope: IDENTITY READ_GRAPH");
}

static void grant_types_are_those_that_are_served(void **state) {
        const struct str password = STR("password"), refresh = STR("refresh_token");
        struct registration_request request = good_request();

        request.n_grant_types = 1;
        request.grant_types = &password;
        assert_refused(request, "Invalid grant type: password");
        request.grant_types = &refresh;
        assert_refused(request, "authorization_code is required");
}

static void credentials_belong_together(void **state) {
        struct registration app = { .public_client = false };
        struct secret secret = SECRET_EMPTY;

        assert_int_equal(registration_credentials(&app, &clock_system, &random_system, &secret), 0);
        assert_true(id_is_uuid(str_n(app.id, sizeof(app.id))));
        assert_true(client_secret_verify(secret_str(&secret), str_n(app.secret_hash, sizeof(app.secret_hash)),
                                         str_n(app.secret_salt, sizeof(app.secret_salt))));
}

static void a_public_app_gets_no_secret(void **state) {
        struct registration app = { .public_client = true };
        struct secret secret = { .len = 3 };

        assert_int_equal(registration_credentials(&app, &clock_system, &random_system, &secret), 0);
        assert_int_equal(secret.len, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(defaults_fill_what_is_not_said),
                cmocka_unit_test(lists_are_kept_in_order_and_once),
                cmocka_unit_test(a_name_has_1_to_100_characters),
                cmocka_unit_test(a_description_has_500_characters_at_most),
                cmocka_unit_test(redirect_uris_are_judged),
                cmocka_unit_test(scopes_are_a_subset_that_is_not_empty),
                cmocka_unit_test(grant_types_are_those_that_are_served),
                cmocka_unit_test(credentials_belong_together),
                cmocka_unit_test(a_public_app_gets_no_secret),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
