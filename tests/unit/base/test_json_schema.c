#include "base/json_schema.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "unit.h"

static json_t *parsed(const char *text) {
        json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

        assert_non_null(value);
        return value;
}

static bool fits(const char *schema_text, const char *value_text) {
        json_t *schema = parsed(schema_text), *value = parsed(value_text);
        struct json_schema_problems problems;
        struct json_schema *compiled = NULL;
        char problem[200];
        bool result;

        assert_int_equal(json_schema_new(schema, NULL, &compiled, problem), 0);
        result = json_schema_fits(compiled, value, &problems);
        assert_true(result == (problems.n == 0));
        assert_true(result == json_schema_fits(compiled, value, NULL));
        json_schema_problems_end(&problems);
        json_schema_free(compiled);
        json_decref(schema);
        json_decref(value);
        return result;
}

static void assert_no_schema(const char *text, const char *why) {
        json_t *schema = parsed(text);
        struct json_schema *compiled = NULL;
        char problem[200] = "";

        assert_int_equal(json_schema_new(schema, NULL, &compiled, problem), -ERR_SCHEMA);
        assert_string_equal(problem, why);
        assert_null(compiled);
        json_decref(schema);
}

static void what_draft_2020_renamed_works(void **state) {
        const char *tuple =
                "{\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"integer\"}],\"items\":false}";
        const char *dependent = "{\"dependentRequired\":{\"a\":[\"b\",\"c\"]}}";
        const char *schemas = "{\"dependentSchemas\":{\"a\":{\"properties\":{\"b\":{\"type\":\"null\"}}}}}";
        const char *contains = "{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}";

        assert_true(fits(tuple, "[\"a\",1]"));
        assert_true(fits(tuple, "[\"a\"]"));
        assert_false(fits(tuple, "[1]"));
        assert_false(fits(tuple, "[\"a\",1,null]"));
        assert_true(fits(dependent, "{\"b\":1}"));
        assert_true(fits(dependent, "{\"a\":1,\"b\":1,\"c\":1}"));
        assert_false(fits(dependent, "{\"a\":1,\"b\":1}"));
        assert_true(fits(schemas, "{\"b\":1}"));
        assert_false(fits(schemas, "{\"a\":1,\"b\":1}"));
        assert_false(fits(contains, "[1,2]"));
        assert_true(fits(contains, "[1,2,1.0]"));
        assert_false(fits(contains, "[1,1,1,1]"));
        assert_true(fits("{\"contains\":{\"const\":1},\"minContains\":0}", "[]"));
}

static void a_reference_counts_with_what_stands_beside_it(void **state) {
        const char *schema = "{\"$defs\":{\"a/b %\":{\"type\":\"string\"}},"
                             "\"items\":{\"$ref\":\"#/$defs/a~1b%20%25\",\"maxLength\":2}}";

        assert_true(fits(schema, "[\"ab\"]"));
        assert_false(fits(schema, "[\"abc\"]"));
        assert_false(fits(schema, "[1]"));
}

static void a_reference_into_another_document_is_followed(void **state) {
        json_t *document = parsed("{\"components\":{\"schemas\":{\"N\":{\"type\":\"integer\"}}}}");
        json_t *schema = parsed("{\"$ref\":\"#/components/schemas/N\"}"), *value = parsed("\"x\"");
        struct json_schema *compiled = NULL;
        char problem[200];

        assert_int_equal(json_schema_new(schema, document, &compiled, problem), 0);
        assert_false(json_schema_fits(compiled, value, NULL));
        json_schema_free(compiled);
        assert_int_equal(json_schema_new(schema, NULL, &compiled, problem), -ERR_SCHEMA);
        json_decref(document);
        json_decref(schema);
        json_decref(value);
}

static void recursive_schemas_follow_the_value(void **state) {
        const char *tree = "{\"type\":\"object\",\"properties\":{\"child\":{\"$ref\":\"#\"},\"n\":{\"type\":"
                           "\"integer\"}}}";

        assert_true(fits(tree, "{\"child\":{\"child\":{\"n\":1}}}"));
        assert_false(fits(tree, "{\"child\":{\"child\":{\"n\":\"1\"}}}"));
}

static void circles_that_never_end_do_not_fit(void **state) {
        int64_t begin = clock_monotonic_ms();

        assert_false(fits("{\"$ref\":\"#\"}", "1"));
        assert_false(fits("{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "1"));
        assert_false(fits("{\"not\":{\"$ref\":\"#\"}}", "1"));
        assert_false(fits("{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#/anyOf/0\"}]}", "1"));
        assert_true(clock_monotonic_ms() - begin < 60000);
}

static void integers_beyond_doubles_are_compared_exactly(void **state) {
        assert_true(fits("{\"maximum\":9007199254740993}", "9007199254740993"));
        assert_false(fits("{\"maximum\":9007199254740992}", "9007199254740993"));
        assert_false(fits("{\"maximum\":9007199254740992.0}", "9007199254740993"));
        assert_false(fits("{\"const\":9007199254740992.0}", "9007199254740993"));
        assert_true(fits("{\"const\":1.0}", "1"));
        assert_true(fits("{\"type\":\"integer\"}", "1.0"));
        assert_false(fits("{\"type\":\"integer\"}", "1.5"));
        assert_true(fits("{\"multipleOf\":0.01}", "4.35"));
        assert_false(fits("{\"multipleOf\":0.01}", "4.351"));
        assert_false(fits("{\"multipleOf\":1e-300}", "1e300"));
}

static void many_items_are_told_apart_in_time(void **state) {
        struct strbuf text = STRBUF_INIT(10 * 1024 * 1024);
        int64_t begin = clock_monotonic_ms();

        strbuf_append_char(&text, '[');
        for (int i = 0; i < 50000; i++)
                strbuf_printf(&text, "{\"a\":[%d],\"b\":\"%d\"},", i, i);
        strbuf_append(&text, STR("{\"b\":\"77\",\"a\":[78]}]"));
        strbuf_append_char(&text, '\0');
        assert_true(fits("{\"uniqueItems\":true}", text.ptr));
        text.ptr[text.len - 5] = '7';
        assert_false(fits("{\"uniqueItems\":true}", text.ptr));
        strbuf_done(&text);
        assert_true(clock_monotonic_ms() - begin < 30000);
}

static void patterns_are_those_of_ecmascript_and_bounded(void **state) {
        int64_t begin = clock_monotonic_ms();

        assert_true(fits("{\"pattern\":\"^\\\\d+$\"}", "\"123\""));
        assert_false(fits("{\"pattern\":\"^\\\\d+$\"}", "\"123\\n\""));
        assert_true(fits("{\"pattern\":\"b\"}", "\"abc\""));
        assert_false(fits("{\"pattern\":\"^(a+)+$\"}",
                          "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\""));
        assert_true(clock_monotonic_ms() - begin < 20000);
}

static void formats_are_held_to(void **state) {
        static const struct {
                const char *format, *text;
                bool valid;
        } rows[] = {
                { "uuid", "0190b3c1-7c3e-7cc2-A000-000000000001", true },
                { "uuid", "0190b3c17c3e7cc2a000000000000001", false },
                { "uuid", "0190b3c1-7c3e-7cc2-a000-00000000000g", false },
                { "uuid", "0190b3c1-7c3e-7cc2-a0000-0000000000g", false },
                { "date", "2024-02-29", true },
                { "date", "2023-02-29", false },
                { "date", "2024-13-01", false },
                { "date", "2024-1-01", false },
                { "date", "2024-01-01T00:00", false },
                { "date-time", "2024-02-29T23:59:59.123Z", true },
                { "date-time", "2024-02-29 23:59+01:00", true },
                { "date-time", "2024-02-29", false },
                { "date-time", "2024-02-29T24:00:00Z", false },
                { "date-time", "2016-12-31T23:59:60Z", true },
                { "date-time", "2016-12-31T15:59:60-08:00", true },
                { "date-time", "2016-12-31T15:59:60Z", false },
                { "date-time", "2016-12-31T15:59:00.Z", false },
                { "time", "09:30", true },
                { "time", "09:30:00.5-05:30", true },
                { "time", "9:30", false },
                { "time", "09:30:00 ", false },
                { "email", "a.b@example.com", true },
                { "email", "@example.com", false },
                { "email", "a@", false },
                { "email", "a@b@c", false },
                { "email", "a b@c.de", false },
                { "email", ".a@c.de", false },
                { "email", "a@c_d.de", false },
                { "uri", "https://example.com/a?b=%20#c", true },
                { "uri", "com.example:/cb", true },
                { "uri", "/a", false },
                { "uri", "1a:b", false },
                { "uri", "a:b c", false },
                { "uri", "a:%2", false },
                { "uri", "a:\xc3\xa9", false },
                { "hostname", "any text at all", true },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                json_t *schema = json_pack("{s:s}", "format", rows[i].format);
                json_t *value = json_string(rows[i].text);
                struct json_schema *compiled = NULL;
                char problem[200];

                assert_int_equal(json_schema_new(schema, NULL, &compiled, problem), 0);
                if (json_schema_fits(compiled, value, NULL) != rows[i].valid)
                        fail_msg("%s: %s", rows[i].format, rows[i].text);
                json_schema_free(compiled);
                json_decref(schema);
                json_decref(value);
        }
}

static void annotations_are_passed_over(void **state) {
        assert_true(fits(
                "{\"title\":1,\"x-what\":[],\"default\":3,\"examples\":[4],\"secret\":false,\"format\":\"x\","
                "\"discriminator\":{},\"$schema\":\"s\",\"$id\":\"i\",\"$defs\":{},\"then\":false}",
                "5"));
}

static void what_is_not_supported_is_refused_with_its_place(void **state) {
        assert_no_schema("{\"properties\":{\"a\":{\"items\":{\"unevaluatedItems\":false}}}}",
                         "#/properties/a/items/unevaluatedItems: is not supported");
        assert_no_schema("{\"$dynamicRef\":\"#x\"}", "#/$dynamicRef: is not supported");
        assert_no_schema("{\"items\":{\"$id\":\"x\"}}", "#/items/$id: is not supported within a schema");
        assert_no_schema("{\"$ref\":\"#anchor\"}",
                         "#/$ref: only references by JSON pointer within the document are supported");
        assert_no_schema("{\"$ref\":\"other.json\"}",
                         "#/$ref: only references by JSON pointer within the document are supported");
        assert_no_schema("{\"$ref\":\"#/a\"}", "#/$ref: points nowhere");
}

static void what_is_no_schema_is_refused(void **state) {
        assert_no_schema("7", "#/: a schema is an object or a boolean");
        assert_no_schema("{\"allOf\":[{},3]}", "#/allOf: a schema is an object or a boolean");
        assert_no_schema("{\"type\":\"strin\"}", "#/type: not a type");
        assert_no_schema("{\"type\":[]}", "#/type: no type would do");
        assert_no_schema("{\"minLength\":-1}", "#/minLength: must be a whole number, and not negative");
        assert_no_schema("{\"maxItems\":1.5}", "#/maxItems: must be a whole number, and not negative");
        assert_no_schema("{\"multipleOf\":0}",
                         "#/multipleOf: must be a number; of multipleOf greater than 0");
        assert_no_schema("{\"required\":[1]}", "#/required: must be an array of names");
        assert_no_schema("{\"required\":true}", "#/required: must be an array of names");
        assert_no_schema("{\"enum\":1}", "#/enum: must be an array");
        assert_no_schema("{\"anyOf\":[]}", "#/anyOf: must be an array of schemas, with one at least");
        assert_no_schema("{\"items\":[{}]}", "#/items: a list of schemas is called prefixItems");
        assert_no_schema("{\"dependentRequired\":{\"a\":[1]}}",
                         "#/dependentRequired: must be an object of arrays of names");
        assert_no_schema("{\"pattern\":\"(\"}", "#/pattern: missing closing parenthesis at byte 1");
        assert_no_schema("{\"patternProperties\":{\"[\":{}}}",
                         "#/patternProperties: missing terminating ] for character class at byte 1");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_draft_2020_renamed_works),
                cmocka_unit_test(a_reference_counts_with_what_stands_beside_it),
                cmocka_unit_test(a_reference_into_another_document_is_followed),
                cmocka_unit_test(recursive_schemas_follow_the_value),
                cmocka_unit_test(circles_that_never_end_do_not_fit),
                cmocka_unit_test(integers_beyond_doubles_are_compared_exactly),
                cmocka_unit_test(many_items_are_told_apart_in_time),
                cmocka_unit_test(patterns_are_those_of_ecmascript_and_bounded),
                cmocka_unit_test(formats_are_held_to),
                cmocka_unit_test(annotations_are_passed_over),
                cmocka_unit_test(what_is_not_supported_is_refused_with_its_place),
                cmocka_unit_test(what_is_no_schema_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
