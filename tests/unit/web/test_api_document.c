/* The API documents: whole, true to themselves, and the routes' own. */
#include "web/api_document.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/json_pointer.h"
#include "unit.h"
#include "web/api_check.h"
#include "web/api_operation.h"

static json_t *external, *others;

static json_t *resolve(json_t *document, json_t *value) {
        const char *reference = json_string_value(json_object_get(value, "$ref"));

        return reference ? json_pointer_find(document, str_of(reference + 1)) : value;
}

static bool has_text(json_t *object, const char *name) {
        const char *text = json_string_value(json_object_get(object, name));

        return text && text[0];
}

static void check_example(const struct json_schema *schema, json_t *example, const char *what) {
        struct json_schema_problems problems;

        if (!json_schema_fits(schema, example, &problems))
                fail_msg("%s: the example does not fit: %s", what, problems.list[0].message);
        json_schema_problems_end(&problems);
}

/* What an operation sends or gets has a schema, and an example that fits it, or several under their names. */
static void check_content(json_t *document, json_t *content, const char *what) {
        const char *type, *name;
        json_t *media, *named;

        json_object_foreach(content, type, media) {
                json_t *schema = json_object_get(media, "schema"),
                       *example = json_object_get(media, "example"),
                       *examples = json_object_get(media, "examples");
                struct json_schema *compiled = NULL;
                char problem[200];

                if (!schema || (!example && json_object_size(examples) == 0))
                        fail_msg("%s: %s has no schema or no example", what, type);
                if (json_schema_new(schema, document, &compiled, problem) < 0)
                        fail_msg("%s: %s: %s", what, type, problem);
                if (example)
                        check_example(compiled, example, what);
                json_object_foreach(examples, name, named) {
                        check_example(compiled, json_object_get(resolve(document, named), "value"), what);
                }
                json_schema_free(compiled);
        }
}

static void check_operation(json_t *document, const char *path, const char *method, json_t *operation) {
        static const char *const texts[] = { "operationId", "summary", "description" };
        json_t *body = resolve(document, json_object_get(operation, "requestBody")), *response;
        char what[300];
        const char *status;
        size_t successes = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
                if (!has_text(operation, texts[i]))
                        fail_msg("%s %s has no %s", method, path, texts[i]);
        if (!json_is_array(json_object_get(operation, "security")))
                fail_msg("%s %s does not say what security it needs", method, path);
        if (json_array_size(json_object_get(operation, "tags")) != 1)
                fail_msg("%s %s has not one tag", method, path);
        snprintf(what, sizeof(what), "%s %s, body", method, path);
        check_content(document, json_object_get(body, "content"), what);
        json_object_foreach(json_object_get(operation, "responses"), status, response) {
                response = resolve(document, response);
                snprintf(what, sizeof(what), "%s %s, %s", method, path, status);
                if (!has_text(response, "description"))
                        fail_msg("%s: no description", what);
                check_content(document, json_object_get(response, "content"), what);
                successes += status[0] == '2';
        }
        assert_true(successes > 0);
}

static void check_document(json_t *document) {
        const char *path, *method;
        json_t *methods, *operation;

        json_object_foreach(json_object_get(document, "paths"), path, methods) {
                json_object_foreach(methods, method, operation) {
                        check_operation(document, path, method, operation);
                }
        }
}

static void every_operation_is_described_with_examples_that_fit(void **state) {
        check_document(external);
        check_document(others);
}

static void every_reference_points_somewhere_and_every_schema_compiles(void **state) {
        json_t *documents[] = { external, others };
        const char *name;
        json_t *schema;

        for (size_t i = 0; i < ARRAY_LENGTH(documents); i++) {
                json_object_foreach(json_pointer_find(documents[i], STR("/components/schemas")), name,
                                    schema) {
                        struct json_schema *compiled = NULL;
                        char problem[200];

                        if (json_schema_new(schema, documents[i], &compiled, problem) < 0)
                                fail_msg("%s: %s", name, problem);
                        json_schema_free(compiled);
                }
        }
}

static void scopes_bear_the_words_of_the_table(void **state) {
        json_t *scopes = json_pointer_find(
                external, STR("/components/securitySchemes/oauth2/flows/authorizationCode/scopes"));

        assert_int_equal(json_object_size(scopes), SCOPE_BITS);
        for (size_t i = 0; i < SCOPE_BITS; i++)
                assert_string_equal(json_string_value(json_object_get(scopes, scope_rows[i].name.ptr)),
                                    scope_rows[i].title.ptr);
}

static void the_list_of_scopes_is_the_table(void **state) {
        json_t *scopes = json_pointer_find(others, STR("/components/schemas/Scopes/items/enum"));

        assert_int_equal(json_array_size(scopes), SCOPE_BITS);
        for (size_t i = 0; i < SCOPE_BITS; i++)
                assert_string_equal(json_string_value(json_array_get(scopes, i)), scope_rows[i].name.ptr);
}

/* The rows' copy, to be changed, with room for one more. */
static struct api_row *rows;

static struct api_row *fresh_row_of(enum http_method method, const char *path) {
        const struct route route = { .method = method, .path = path };
        const struct api_row *row = api_row_find(api_rows, api_rows_count, &route);

        assert_non_null(row);
        memcpy(rows, api_rows, api_rows_count * sizeof(*rows));
        return rows + (row - api_rows);
}

static void assert_differs(void) {
        assert_int_equal(api_check(rows, api_rows_count), -ERR_SCHEMA);
}

static void routes_and_documents_agree(void **state) {
        assert_int_equal(api_check(api_rows, api_rows_count), 0);
        for (size_t i = 0; i < routes_count; i++)
                assert_int_equal(api_row_find(api_rows, api_rows_count, &routes[i]) == NULL,
                                 (routes[i].flags & (ROUTE_PAGE | ROUTE_FILE)) != 0);
}

static void any_difference_is_found(void **state) {
        static const char me[] = "/external-api/v1/me", graphs[] = "/external-api/v1/graphs";
        struct api_row *row;

        rows = calloc(api_rows_count + 1, sizeof(*rows));
        assert_non_null(rows);
        (void)fresh_row_of(HTTP_GET, me);
        assert_int_equal(api_check(rows, api_rows_count), 0);

        row = fresh_row_of(HTTP_GET, me); /* a route without an operation */
        memmove(row, row + 1, (api_rows_count - (size_t)(row + 1 - rows)) * sizeof(*row));
        assert_int_equal(api_check(rows, api_rows_count - 1), -ERR_SCHEMA);

        row = fresh_row_of(HTTP_GET, me); /* an operation without a route */
        memmove(row + 1, row, (api_rows_count - (size_t)(row - rows)) * sizeof(*row));
        row[1].method = HTTP_PUT;
        assert_int_equal(api_check(rows, api_rows_count + 1), -ERR_SCHEMA);

        fresh_row_of(HTTP_GET, me)->external = false;
        assert_differs();
        fresh_row_of(HTTP_GET, me)->security = 0;
        assert_differs();
        fresh_row_of(HTTP_GET, me)->security = API_OAUTH2;
        assert_differs();
        fresh_row_of(HTTP_GET, me)->scopes = "READ_GRAPH";
        assert_differs();
        fresh_row_of(HTTP_POST, graphs)->scopes = "WRITE_GRAPH";
        assert_differs();
        fresh_row_of(HTTP_POST, graphs)->scopes = "WRITE_GRAPH NO_SUCH_SCOPE";
        assert_differs();
        fresh_row_of(HTTP_POST, graphs)->body_max = 1;
        assert_differs();
        fresh_row_of(HTTP_POST, graphs)->has_body = false;
        assert_differs();
        free(rows);
}

/* How many rows a document's operations became. */
static size_t assert_rows_of(json_t *document, bool is_external) {
        const char *path, *name;
        json_t *methods, *operation;
        size_t n = 0;

        json_object_foreach(json_object_get(document, "paths"), path, methods) {
                json_object_foreach(methods, name, operation) {
                        const struct api_row *row = NULL;

                        for (size_t i = 0; i < api_rows_count && !row; i++)
                                if (strcmp(api_rows[i].path, path) == 0 &&
                                    strcasecmp(http_method_name(api_rows[i].method), name) == 0)
                                        row = &api_rows[i];
                        assert_non_null(row);
                        assert_int_equal(row->external, is_external);
                        assert_int_equal(row->has_body, json_object_get(operation, "requestBody") != NULL);
                        n++;
                }
        }
        return n;
}

static void every_operation_is_a_row(void **state) {
        assert_int_equal(assert_rows_of(external, true) + assert_rows_of(others, false), api_rows_count);
}

/* What is compiled when the first request comes, which a bad document would have end in an error. */
static void every_route_s_requests_can_be_held_against_the_documents(void **state) {
        const struct api_operation *operation, *again;
        size_t bodies = 0;

        assert_int_equal(api_operations_init(), 0);
        for (size_t i = 0; i < routes_count; i++) {
                const struct api_row *row = api_row_find(api_rows, api_rows_count, &routes[i]);

                assert_int_equal(api_operation_of(&routes[i], &operation), 0);
                assert_int_equal(operation != NULL, row != NULL && row->request.len > 0);
                assert_int_equal(api_operation_of(&routes[i], &again), 0);
                assert_ptr_equal(again, operation);
                bodies += operation && operation->schema;
        }
        assert_true(bodies > 30);
}

static void *take_operation(void *data) {
        static const struct api_operation *taken[8];
        size_t n = (size_t)data;

        for (size_t i = 0; i < routes_count; i++)
                if (strcmp(routes[i].path, "/external-api/v1/graphs") == 0 && routes[i].method == HTTP_POST)
                        (void)!api_operation_of(&routes[i], &taken[n]);
        return (void *)&taken[n];
}

static void threads_that_want_one_at_once_get_the_same(void **state) {
        const struct api_operation **taken[8];
        pthread_t threads[8];

        assert_int_equal(api_operations_init(), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, take_operation, (void *)i), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
                assert_int_equal(pthread_join(threads[i], (void **)&taken[i]), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(threads); i++) {
                assert_non_null(*taken[i]);
                assert_ptr_equal(*taken[i], *taken[0]);
        }
}

static int setup(void **state) {
        struct str text = api_document_external();

        external = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
        text = api_document_main();
        others = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
        return external && others ? 0 : -1;
}

static int teardown(void **state) {
        json_decref(external);
        json_decref(others);
        return 0;
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_operation_is_described_with_examples_that_fit),
                cmocka_unit_test(every_reference_points_somewhere_and_every_schema_compiles),
                cmocka_unit_test(
                        threads_that_want_one_at_once_get_the_same), /* before others have made them */
                cmocka_unit_test(routes_and_documents_agree),
                cmocka_unit_test(every_operation_is_a_row),
                cmocka_unit_test(every_route_s_requests_can_be_held_against_the_documents),
                cmocka_unit_test(any_difference_is_found),
                cmocka_unit_test(scopes_bear_the_words_of_the_table),
                cmocka_unit_test(the_list_of_scopes_is_the_table),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
