/* What is asked of arrays and objects. */
#include <stdlib.h>

#include "base/json_schema_int.h"
#include "base/table_hash.h"

static bool problem_size(struct schema_run *run, const struct schema_place *at, bool list, json_t *value,
                         size_t size, size_t min, size_t max) {
        const char *kind = list ? "List" : "Dictionary";
        bool few = size < min;
        size_t limit = few ? min : max;

        return schema_problem(run, at, few ? "too_short" : "too_long", value,
                              json_pack("{s:s, s:I, s:I}", "field_type", kind,
                                        few ? "min_length" : "max_length", (json_int_t)limit, "actual_length",
                                        (json_int_t)size),
                              "%s should have at %s %zu item%s after validation, not %zu", kind,
                              few ? "least" : "most", limit, limit == 1 ? "" : "s", size);
}

struct hashed {
        uint64_t hash;
        size_t index;
};

static int compare_hashed(const void *a, const void *b) {
        const struct hashed *x = a, *y = b;

        if (x->hash != y->hash)
                return x->hash < y->hash ? -1 : 1;
        return (x->index > y->index) - (x->index < y->index);
}

/* Equal items stand side by side once they are sorted by their hashes. Lack of memory counts as not unique. */
static bool is_unique(struct schema_run *run, const json_t *value) {
        size_t n = json_array_size(value);
        struct hashed *list;
        bool unique = true;

        if (n < 2)
                return true;
        list = calloc(n, sizeof(*list));
        if (!list)
                return false;
        for (size_t i = 0; i < n; i++)
                list[i] = (struct hashed){ .hash = table_hash_json(json_array_get(value, i)), .index = i };
        qsort(list, n, sizeof(*list), compare_hashed);
        for (size_t i = 0; i < n && unique; i++)
                for (size_t j = i + 1; j < n && unique && list[j].hash == list[i].hash; j++) {
                        unique = ++run->steps < JSON_SCHEMA_STEPS_MAX &&
                                 !schema_equal(json_array_get(value, list[i].index),
                                               json_array_get(value, list[j].index));
                }
        free(list);
        return unique;
}

static bool check_contains(struct schema_run *run, const struct schema_node *node, json_t *value,
                           const struct schema_place *at) {
        size_t found = 0;

        for (size_t i = 0; i < json_array_size(value) && !run->exhausted; i++) {
                struct schema_place place = { .up = at, .index = i };

                found += schema_check_quietly(run, node->contains, json_array_get(value, i), &place);
        }
        if (found < node->min_contains)
                return schema_problem(
                        run, at, "contains", value, NULL,
                        "List should have at least %zu item%s of the kind that is asked for, not %zu",
                        node->min_contains, node->min_contains == 1 ? "" : "s", found);
        if (found > node->max_contains)
                return schema_problem(
                        run, at, "contains", value, NULL,
                        "List should have at most %zu item%s of the kind that is asked for, not %zu",
                        node->max_contains, node->max_contains == 1 ? "" : "s", found);
        return true;
}

bool schema_check_array(struct schema_run *run, const struct schema_node *node, json_t *value,
                        const struct schema_place *at) {
        size_t n = json_array_size(value);
        bool fits = true;

        if (!json_is_array(value))
                return true;
        if (n < node->min_items || n > node->max_items)
                return problem_size(run, at, true, value, n, node->min_items, node->max_items);
        for (size_t i = 0; (node->items || i < node->prefix.n) && i < n && (fits || run->problems); i++) {
                struct schema_place place = { .up = at, .index = i };
                const struct schema_node *item = i < node->prefix.n ? node->prefix.list[i] : node->items;

                if (run->exhausted)
                        return false;
                fits &= schema_check(run, item, json_array_get(value, i), &place);
        }
        if (!fits)
                return false;
        if (node->contains && !check_contains(run, node, value, at))
                return false;
        if (node->unique && !is_unique(run, value))
                return schema_problem(run, at, "unique_items", value, NULL,
                                      "List should not have the same item twice");
        return true;
}

/* The members that the schema names, in its order. */
static bool check_named(struct schema_run *run, const struct schema_node *node, json_t *value,
                        const struct schema_place *at) {
        bool fits = true;

        for (size_t i = 0; i < node->properties.n && (fits || run->problems); i++) {
                const struct schema_property *property = &node->properties.list[i];
                struct schema_place place = { .up = at, .name = property->name };
                json_t *member = json_object_get(value, property->name);

                if (!member && property->required)
                        fits = schema_problem(run, &place, "missing", value, NULL, "Field required");
                else if (member && property->node)
                        fits &= schema_check(run, property->node, member, &place);
        }
        return fits;
}

/* A member by the patterns that its name matches, and by what holds for all that nothing else names. */
static bool check_other(struct schema_run *run, const struct schema_node *node, const char *name,
                        json_t *member, const struct schema_place *place) {
        bool known = node->properties.by_name && json_object_get(node->properties.by_name, name), fits = true;

        for (size_t i = 0; i < node->patterns.n; i++) {
                const struct schema_pattern *pattern = node->patterns.list[i];

                if (regex_search(pattern->regex, str_of(name), 0, JSON_SCHEMA_PATTERN_BUDGET_US, NULL) <= 0)
                        continue;
                known = true;
                fits &= schema_check(run, pattern->node, member, place);
        }
        if (known || !node->additional)
                return fits;
        if (node->additional->never)
                return schema_problem(run, place, "extra_forbidden", member, NULL,
                                      "Extra inputs are not permitted");
        return schema_check(run, node->additional, member, place) && fits;
}

static bool check_name(struct schema_run *run, const struct schema_node *node, const char *name,
                       const struct schema_place *place) {
        json_t *text = json_string(name);
        bool fits = text && schema_check_quietly(run, node->names, text, place);

        json_decref(text);
        /* The name has no place in the value that could be shown as what was found. */
        return fits || schema_problem(run, place, "invalid_key", NULL, NULL,
                                      "A member of this name is not allowed here");
}

static bool check_dependencies(struct schema_run *run, const struct schema_node *node, json_t *value,
                               const struct schema_place *at) {
        bool fits = true;

        for (size_t i = 0; i < node->dependencies.n && (fits || run->problems); i++) {
                const struct schema_dependency *dependency = &node->dependencies.list[i];

                if (!json_object_get(value, dependency->name))
                        continue;
                if (dependency->node)
                        fits &= schema_check(run, dependency->node, value, at);
                for (size_t j = 0; j < json_array_size(dependency->names); j++) {
                        const char *name = json_string_value(json_array_get(dependency->names, j));
                        struct schema_place place = { .up = at, .name = name };

                        if (!json_object_get(value, name))
                                fits = schema_problem(run, &place, "missing", value, NULL, "Field required");
                }
        }
        return fits;
}

bool schema_check_object(struct schema_run *run, const struct schema_node *node, json_t *value,
                         const struct schema_place *at) {
        size_t n = json_object_size(value);
        const char *name;
        json_t *member;
        bool fits;

        if (!json_is_object(value))
                return true;
        fits = check_named(run, node, value, at);
        if (node->additional || node->patterns.n > 0 || node->names)
                json_object_foreach(value, name, member) {
                        struct schema_place place = { .up = at, .name = name };

                        if ((!fits && !run->problems) || run->exhausted)
                                return false;
                        if (node->names)
                                fits &= check_name(run, node, name, &place);
                        fits &= check_other(run, node, name, member, &place);
                }
        if (n < node->min_members || n > node->max_members)
                fits = problem_size(run, at, false, value, n, node->min_members, node->max_members);
        return check_dependencies(run, node, value, at) && fits;
}
