/* Walks the tests of the JSON Schema Test Suite (Debian's json-schema-test-suite): a folder of files, each a list of schemas
 * with values that fit them or do not. The package's newest draft is 7; where 2020-12 only renamed what draft 7 has, the
 * schemas are rewritten. JSON_SCHEMA_SUITE names another folder, of draft 2020-12 as it is. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_schema.h"
#include "unit.h"

#define SUITE "/usr/share/json-schema-test-suite/tests/draft7"

/* What is left out, and why. Files: */
static const struct {
        const char *file, *why;
} files_left_out[] = {
        { "refRemote.json", "references to other documents are not followed: nothing is fetched" },
        { "definitions.json", "refers to the metaschema, which is another document" },
        { "defs.json", "refers to the metaschema, which is another document" },
        { "vocabulary.json", "all vocabularies that are known are in force" },
        { "anchor.json", "references by $anchor are not supported" },
        { "dynamicRef.json", "$dynamicRef is not supported" },
        { "unevaluatedItems.json", "unevaluatedItems is not supported" },
        { "unevaluatedProperties.json", "unevaluatedProperties is not supported" },
        { "id.json", "$id within a schema is not supported" },
        { "unknownKeyword.json", "$id within a schema is not supported" },
};

/* Schemas by their descriptions: */
static const struct {
        const char *description, *why;
} schemas_left_out[] = {
        { "relative pointer ref to array", "points into a list of items, which the rewriting moves" },
        { "ref overrides any sibling keywords", "from 2019-09 on they count" },
        { "$ref prevents a sibling $id from changing the base uri", "from 2019-09 on it does not" },
        { "remote ref, containing refs itself", "refers to the metaschema, which is another document" },
        { "Recursive references between schemas", "$id within a schema is not supported" },
        { "Location-independent identifier", "references by $id or $anchor are not supported" },
        { "Reference an anchor with a non-relative URI", "references by $id or $anchor are not supported" },
        { "ref creates new scope when adjacent to keywords", "unevaluatedProperties is not supported" },
        { "refs with relative uris and defs", "$id within a schema is not supported" },
        { "relative refs with absolute uris and defs", "$id within a schema is not supported" },
        { "$id must be resolved against nearest parent, not just immediate parent", "$id within a schema" },
        { "order of evaluation: $id and $ref", "$id within a schema is not supported" },
        { "order of evaluation: $id and $anchor and $ref", "$id within a schema is not supported" },
        { "simple URN base URI with $ref via the URN", "references by $id are not supported" },
        { "URN base URI with f-component", "references to other documents" },
        { "URN base URI with URN and JSON pointer ref", "references by $id are not supported" },
        { "URN base URI with URN and anchor ref", "references by $id are not supported" },
        { "URN ref with nested pointer ref", "$id within a schema is not supported" },
        { "ref to if", "references by $id are not supported" },
        { "ref to then", "references by $id are not supported" },
        { "ref to else", "references by $id are not supported" },
        { "ref with absolute-path-reference", "references by $id are not supported" },
        { "collect annotations inside a 'not', even if collection is disabled", "unevaluatedProperties" },
};

static size_t schemas_run, values_run, failures, left_out;

static const char *why_not(const char *description) {
        for (size_t i = 0; i < ARRAY_LENGTH(schemas_left_out); i++)
                if (strcmp(schemas_left_out[i].description, description) == 0)
                        return schemas_left_out[i].why;
        return NULL;
}

/* `items` with a list became `prefixItems`, and `additionalItems` beside it `items`; `dependencies` became two keywords. */
static void rewrite(json_t *schema) {
        json_t *value = json_object_get(schema, "items"), *member;
        const char *name;
        size_t i;

        if (json_is_array(value)) {
                json_object_set(schema, "prefixItems", value);
                json_object_del(schema, "items");
                if (json_object_get(schema, "additionalItems"))
                        json_object_set(schema, "items", json_object_get(schema, "additionalItems"));
        }
        if (json_is_object(schema))
                json_object_del(schema, "additionalItems");
        value = json_object_get(schema, "dependencies");
        if (json_is_object(value)) {
                json_t *required = json_object(), *schemas = json_object();

                json_object_foreach(value, name, member) {
                        json_object_set(json_is_array(member) ? required : schemas, name, member);
                }
                json_object_set_new(schema, "dependentRequired", required);
                json_object_set_new(schema, "dependentSchemas", schemas);
                json_object_del(schema, "dependencies");
        }
        json_object_foreach(schema, name, member) {
                if (strcmp(name, "enum") != 0 && strcmp(name, "const") != 0)
                        rewrite(member);
        }
        json_array_foreach(schema, i, member) {
                rewrite(member);
        }
}

static void run_schema(const char *file, json_t *group, bool draft7) {
        const char *description = json_string_value(json_object_get(group, "description"));
        json_t *schema = json_object_get(group, "schema"), *test;
        struct json_schema *compiled = NULL;
        char problem[200];
        size_t i;

        if (why_not(description)) {
                print_message("left out: %s: %s: %s\n", file, description, why_not(description));
                left_out++;
                return;
        }
        if (draft7)
                rewrite(schema);
        if (json_schema_new(schema, NULL, &compiled, problem) < 0) {
                print_error("%s: %s: %s\n", file, description, problem);
                failures++;
                return;
        }
        schemas_run++;
        json_array_foreach(json_object_get(group, "tests"), i, test) {
                bool valid = json_is_true(json_object_get(test, "valid"));
                json_t *value = json_object_get(test, "data");
                struct json_schema_problems problems;
                bool loud = json_schema_fits(compiled, value, &problems);

                values_run++;
                if (loud != valid || loud != (problems.n == 0) ||
                    json_schema_fits(compiled, value, NULL) != valid) {
                        print_error("%s: %s: %s: should be %s\n", file, description,
                                    json_string_value(json_object_get(test, "description")),
                                    valid ? "valid" : "invalid");
                        failures++;
                }
                json_schema_problems_end(&problems);
        }
        json_schema_free(compiled);
}

static void run_file(const char *folder, const char *name, bool draft7) {
        char path[1000];
        json_t *groups, *group;
        json_error_t problem;
        size_t i;

        for (i = 0; i < ARRAY_LENGTH(files_left_out); i++)
                if (strcmp(files_left_out[i].file, name) == 0) {
                        print_message("left out: %s: %s\n", name, files_left_out[i].why);
                        left_out++;
                        return;
                }
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        groups = json_load_file(path, JSON_ALLOW_NUL, &problem);
        if (!groups)
                print_error("%s: %s\n", path, problem.text);
        assert_non_null(groups);
        json_array_foreach(groups, i, group) {
                run_schema(name, group, draft7);
        }
        json_decref(groups);
}

static bool ends_in_json(const char *name) {
        const char *ending = strrchr(name, '.');

        return ending && strcmp(ending, ".json") == 0;
}

static void the_suite_passes(void **state) {
        static const char *const formats[] = { "date.json", "date-time.json", "email.json", "uri.json" };
        const char *other = getenv("JSON_SCHEMA_SUITE"), *folder = other ? other : SUITE;
        struct dirent *entry;
        char path[500];
        DIR *dir = opendir(folder);

        if (!dir) {
                print_message("%s is not there: the package json-schema-test-suite is not installed\n",
                              folder);
                skip();
        }
        while ((entry = readdir(dir)))
                if (ends_in_json(entry->d_name))
                        run_file(folder, entry->d_name, !other);
        closedir(dir);
        snprintf(path, sizeof(path), "%s/optional/format", folder);
        for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
                run_file(path, formats[i], !other);
        print_message("%zu schemas, %zu values; %zu left out\n", schemas_run, values_run, left_out);
        assert_true(schemas_run > 100 && values_run > 400);
        assert_int_equal(failures, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_suite_passes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
