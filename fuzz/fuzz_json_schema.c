/* JSON Schema: a first line that is a schema, a second that is a value. Whatever both are, a check ends soon; it says what is
 * wrong exactly when something is; it comes to the same result without a word; a value fits the schema of itself alone, and
 * exactly one of a schema and its negation unless a limit was passed. */
#include "base/json_schema.h"
#include "fuzz.h"

enum { TEXT_MAX = 16 * 1024 };

static bool fits(json_t *schema, json_t *document, json_t *value, struct json_schema_problems *problems) {
        struct json_schema *compiled = NULL;
        char problem[200];
        bool result;

        HOLDS(json_schema_new(schema, document, &compiled, problem) == 0);
        result = json_schema_fits(compiled, value, problems);
        HOLDS(result == json_schema_fits(compiled, value, NULL));
        json_schema_free(compiled);
        return result;
}

static void check_itself(json_t *value) {
        json_t *only = json_pack("{s:O, s:[O]}", "const", value, "enum", value);

        HOLDS(only && fits(only, NULL, value, NULL));
        json_decref(only);
}

static bool passed_limit(const struct json_schema_problems *problems) {
        return problems->n > 0 && strcmp(problems->list[problems->n - 1].type, "recursion_loop") == 0;
}

static void check_problems(const struct json_schema_problems *problems, bool result) {
        HOLDS(result == (problems->n == 0) && problems->n <= JSON_SCHEMA_PROBLEMS_MAX);
        for (size_t i = 0; i < problems->n; i++) {
                HOLDS(problems->list[i].type && json_is_array(problems->list[i].path));
                HOLDS(str_is_utf8(str_of(problems->list[i].message)) && problems->list[i].message[0]);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str rest = str_n(data, size), text = fuzz_line(&rest);
        struct json_schema_problems problems;
        struct json_schema *compiled = NULL;
        json_t *schema, *value, *negated;
        char problem[200] = "";
        bool result;

        if (size > TEXT_MAX)
                return 0;
        schema = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
        value = json_loadb(rest.ptr, rest.len, JSON_DECODE_ANY, NULL);
        if (schema && value) {
                check_itself(value);
                if (json_schema_new(schema, NULL, &compiled, problem) < 0) {
                        HOLDS(problem[0] && strlen(problem) < sizeof(problem));
                } else {
                        json_schema_free(compiled);
                        result = fits(schema, NULL, value, &problems);
                        check_problems(&problems, result);
                        negated = json_pack("{s:O}", "not", schema);
                        if (!passed_limit(&problems))
                                HOLDS(fits(negated, schema, value, NULL) != result);
                        json_decref(negated);
                        json_schema_problems_end(&problems);
                }
        }
        json_decref(schema);
        json_decref(value);
        return 0;
}
