#include "base/json_schema_int.h"

bool schema_check_quietly(struct schema_run *run, const struct schema_node *node, json_t *value,
                          const struct schema_place *at) {
        struct json_schema_problems *problems = run->problems;
        bool fits;

        run->problems = NULL;
        fits = schema_check(run, node, value, at);
        run->problems = problems;
        return fits;
}

static bool exhausted(struct schema_run *run) {
        if (run->depth >= JSON_SCHEMA_DEPTH_MAX || run->steps >= JSON_SCHEMA_STEPS_MAX)
                run->exhausted = true;
        return run->exhausted;
}

bool schema_check(struct schema_run *run, const struct schema_node *node, json_t *value,
                  const struct schema_place *at) {
        static bool (*const checks[])(struct schema_run *, const struct schema_node *, json_t *,
                                      const struct schema_place *) = {
                schema_check_number, schema_check_string,      schema_check_array,
                schema_check_object, schema_check_combination,
        };
        bool fits;

        run->steps++;
        if (exhausted(run))
                return false;
        if (node->never)
                return schema_problem(run, at, "value_error", value, NULL, "No value is allowed here");
        run->depth++;
        fits = schema_check_kind(run, node, value, at);
        /* What is of another kind altogether is not told its length as well. */
        for (size_t i = 0; fits && i < ARRAY_LENGTH(checks); i++)
                fits = checks[i](run, node, value, at);
        run->depth--;
        return fits;
}

bool json_schema_fits(const struct json_schema *schema, json_t *value, struct json_schema_problems *ret) {
        struct schema_run run = { .problems = ret };
        bool fits;

        if (ret)
                ret->n = 0;
        fits = schema_check(&run, schema->root, value, NULL);
        if (!run.exhausted)
                return fits;
        run.exhausted = false; /* the last word is its own */
        return schema_problem(&run, NULL, "recursion_loop", value, NULL,
                              "Input is nested too deeply or is too large");
}
