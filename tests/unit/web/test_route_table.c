#include "web/route_table.h"

#include "unit.h"

static const struct route *find(enum http_method method, const char *path,
                                struct str ret_params[REQUEST_PATH_PARAMS]) {
        const struct route *route = NULL;

        assert_int_equal(route_find(method, str_of(path), &route, ret_params), 0);
        return route;
}

static void every_route_is_found_by_its_own_path(void **state) {
        for (size_t i = 0; i < routes_count; i++) {
                struct str params[REQUEST_PATH_PARAMS];

                if (!strchr(routes[i].path, '{'))
                        assert_ptr_equal(find(routes[i].method, routes[i].path, params), &routes[i]);
        }
}

static void head_is_served_wherever_get_is(void **state) {
        struct str params[REQUEST_PATH_PARAMS];

        assert_ptr_equal(find(HTTP_HEAD, "/healthz", params), find(HTTP_GET, "/healthz", params));
}

static void a_variable_segment_is_one_segment(void **state) {
        const struct route *route;
        struct str params[REQUEST_PATH_PARAMS];

        route = find(HTTP_PATCH, "/api/oauth/apps/some-id/status", params);
        assert_string_equal(route->path, "/api/oauth/apps/{id}/status");
        assert_true(str_eq(params[0], STR("some-id")));
        assert_int_equal(route_find(HTTP_PATCH, STR("/api/oauth/apps//status"), &route, params),
                         -ERR_NOT_FOUND);
        assert_int_equal(route_find(HTTP_PATCH, STR("/api/oauth/apps/a/b/status"), &route, params),
                         -ERR_NOT_FOUND);
        assert_int_equal(route_find(HTTP_GET, STR("/static/"), &route, params), -ERR_NOT_FOUND);
}

static void a_wrong_method_is_told_from_an_unknown_path(void **state) {
        const struct route *route;
        char text[METHOD_TEXT_MAX];
        struct str params[REQUEST_PATH_PARAMS];

        assert_int_equal(route_find(HTTP_DELETE, STR("/healthz"), &route, params), -ERR_METHOD);
        assert_int_equal(route_find(HTTP_GET, STR("/healthz/"), &route, params), -ERR_NOT_FOUND);
        assert_int_equal(route_find(HTTP_GET, STR("/HEALTHZ"), &route, params), -ERR_NOT_FOUND);
        assert_true(str_eq(route_methods(STR("/healthz"), text), STR("GET, HEAD, OPTIONS")));
        assert_true(str_eq(route_methods(STR("/api/oauth/token"), text), STR("POST, OPTIONS")));
        assert_true(str_eq(route_methods(STR("/auth/authorize"), text), STR("GET, HEAD, POST, OPTIONS")));
        assert_null(route_methods(STR("/nowhere"), text).ptr);
}

/* But for what must be: consent that is remembered, and the Platform's way to begin to connect an account, which stores a state
 * that is of use to nobody but the person. */
static void what_changes_state_is_no_get(void **state) {
        for (size_t i = 0; i < routes_count; i++) {
                bool may = strstr(routes[i].path, "/authorize") != NULL ||
                           strcmp(routes[i].path, "/api/integrations/{provider}/login") == 0;

                if (routes[i].method == HTTP_GET && !may)
                        assert_int_not_equal(routes[i].steps[0].on, EXECUTOR_TRANSACTION);
        }
}

static void forms_of_pages_carry_their_token(void **state) {
        for (size_t i = 0; i < routes_count; i++)
                if (routes[i].flags & ROUTE_PAGE && routes[i].method == HTTP_POST)
                        assert_true(routes[i].flags & ROUTE_FORM);
}

static int setup(void **state) {
        return route_table_init();
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_route_is_found_by_its_own_path),
                cmocka_unit_test(head_is_served_wherever_get_is),
                cmocka_unit_test(a_variable_segment_is_one_segment),
                cmocka_unit_test(a_wrong_method_is_told_from_an_unknown_path),
                cmocka_unit_test(what_changes_state_is_no_get),
                cmocka_unit_test(forms_of_pages_carry_their_token),
        };

        return cmocka_run_group_tests(tests, setup, NULL);
}
