/* The API documents: whole, true to themselves, and the routes' own. */
#include "web/api_document.h"

#include <stdio.h>

#include "base/json_pointer.h"
#include "unit.h"
#include "web/api_check.h"

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

/* A copy of the External API's document, to be changed. */
static json_t *changed(void) {
        json_t *copy = json_deep_copy(external);

        assert_non_null(copy);
        return copy;
}

static void assert_differs(json_t *document) {
        assert_int_equal(api_check(document, others), -ERR_SCHEMA);
        json_decref(document);
}

static void routes_and_documents_agree(void **state) {
        assert_int_equal(api_document_init(), 0);
        assert_int_equal(api_check(external, others), 0);
        for (size_t i = 0; i < routes_count; i++)
                assert_int_equal(api_operation_of(&routes[i]) == NULL,
                                 (routes[i].flags & (ROUTE_PAGE | ROUTE_FILE)) != 0);
}

static void any_difference_is_found(void **state) {
        static const char me[] = "/paths/~1external-api~1v1~1me/get";
        static const char graphs[] = "/paths/~1external-api~1v1~1graphs/post";
        json_t *document = changed();

        json_object_del(json_pointer_find(document, STR("/paths/~1external-api~1v1~1me")), "get");
        assert_differs(document);

        document = changed();
        json_object_set_new(json_pointer_find(document, STR("/paths")), "/external-api/v1/other",
                            json_pack("{s:{}}", "get"));
        assert_differs(document);

        document = changed();
        json_object_set_new(json_pointer_find(document, STR("/paths/~1external-api~1v1~1me")), "put",
                            json_object());
        assert_differs(document);

        document = changed();
        json_object_set_new(json_pointer_find(document, str_of(me)), "security", json_array());
        assert_differs(document);

        document = changed();
        json_object_del(json_pointer_find(document, str_of(me)), "security");
        assert_differs(document);

        document = changed();
        json_object_set_new(json_pointer_find(document, str_of(me)), "security",
                            json_pack("[{s:[]}, {s:[s]}]", "apiKey", "oauth2", "READ_GRAPH"));
        assert_differs(document);

        document = changed();
        json_object_set_new(json_pointer_find(document, str_of(graphs)), "security",
                            json_pack("[{s:[]}, {s:[s]}]", "apiKey", "oauth2", "WRITE_GRAPH"));
        assert_differs(document);

        document = changed();
        json_object_set_new(json_object_get(json_pointer_find(document, str_of(graphs)), "requestBody"),
                            "x-max-bytes", json_integer(1));
        assert_differs(document);
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
                cmocka_unit_test(routes_and_documents_agree),
                cmocka_unit_test(any_difference_is_found),
                cmocka_unit_test(scopes_bear_the_words_of_the_table),
                cmocka_unit_test(the_list_of_scopes_is_the_table),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
