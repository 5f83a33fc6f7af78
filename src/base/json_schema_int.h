/* A compiled schema, and a check under way. For json_schema*.c alone. */
#pragma once

#include "base/arena.h"
#include "base/json_schema.h"
#include "base/regex.h"

enum schema_type {
        TYPE_NULL = 1 << 0,
        TYPE_BOOLEAN = 1 << 1,
        TYPE_INTEGER = 1 << 2, /* also a number without a fraction: 1.0 */
        TYPE_NUMBER = 1 << 3,
        TYPE_STRING = 1 << 4,
        TYPE_ARRAY = 1 << 5,
        TYPE_OBJECT = 1 << 6,
};

enum schema_format {
        FORMAT_NONE,
        FORMAT_UUID,
        FORMAT_DATE,
        FORMAT_DATE_TIME,
        FORMAT_TIME,
        FORMAT_EMAIL,
        FORMAT_URI
};

struct schema_node;

struct schema_list {
        const struct schema_node **list;
        size_t n;
};

struct schema_property {
        const char *name;
        const struct schema_node *node; /* NULL when it is required and nothing is said of it */
        bool required;
};

struct schema_properties {
        struct schema_property *list; /* in the order of the schema */
        size_t n;
        json_t *by_name; /* the keyword's value; NULL without it */
};

struct schema_pattern {
        struct regex *regex;
        const char *text;
        const struct schema_node *node; /* of patternProperties */
        struct schema_pattern *next;    /* all of one schema, to be freed */
};

struct schema_patterns {
        struct schema_pattern **list;
        size_t n;
};

/* What the presence of a member asks for. */
struct schema_dependency {
        const char *name;
        json_t *names;                  /* array of other members; or NULL */
        const struct schema_node *node; /* of the object; or NULL */
};

struct schema_dependencies {
        struct schema_dependency *list;
        size_t n;
};

/* One schema. Keywords that it lacks are NULL, empty, or without effect. Values are borrowed from the schema's text. */
struct schema_node {
        bool never;     /* the schema `false` */
        unsigned types; /* enum schema_type; 0 for any */
        json_t *choices, *constant;

        json_t *minimum, *maximum, *above, *below, *factor;

        size_t min_length, max_length; /* code points */
        struct schema_pattern *pattern;
        enum schema_format format;

        size_t min_items, max_items, min_contains, max_contains;
        bool unique;
        struct schema_list prefix;
        const struct schema_node *items, *contains;

        size_t min_members, max_members;
        struct schema_properties properties;
        struct schema_patterns patterns;
        struct schema_dependencies dependencies;
        const struct schema_node *additional, *names;

        const struct schema_node *reference;
        struct schema_list all, any, one;
        const struct schema_node *negated, *condition, *then, *otherwise;
};

struct json_schema {
        struct arena arena;
        const struct schema_node *root;
        struct schema_pattern *patterns;
};

/* Where a value is: a member or an item of what is above it. */
struct schema_place {
        const struct schema_place *up; /* NULL: the root, which has no name */
        const char *name;              /* NULL for an item */
        size_t index;
};

struct schema_run {
        struct json_schema_problems *problems; /* NULL when only the result is of interest */
        unsigned depth;
        size_t steps;
        bool exhausted; /* a limit was passed: nothing counts any more */
};

/* Whether a value fits a schema; says what is wrong if the run wants to know. */
bool schema_check(struct schema_run *run, const struct schema_node *node, json_t *value,
                  const struct schema_place *at);

/* The same without a word. */
bool schema_check_quietly(struct schema_run *run, const struct schema_node *node, json_t *value,
                          const struct schema_place *at);

/* The checks that it is made of; each passes over values of kinds that it has nothing to say of. */
bool schema_check_kind(struct schema_run *run, const struct schema_node *node, json_t *value,
                       const struct schema_place *at);
bool schema_check_number(struct schema_run *run, const struct schema_node *node, json_t *value,
                         const struct schema_place *at);
bool schema_check_string(struct schema_run *run, const struct schema_node *node, json_t *value,
                         const struct schema_place *at);
bool schema_check_array(struct schema_run *run, const struct schema_node *node, json_t *value,
                        const struct schema_place *at);
bool schema_check_object(struct schema_run *run, const struct schema_node *node, json_t *value,
                         const struct schema_place *at);
bool schema_check_combination(struct schema_run *run, const struct schema_node *node, json_t *value,
                              const struct schema_place *at);

/* Whether a value is of one of these types. */
bool schema_type_fits(unsigned types, const json_t *value);

/* Why a text has not this format, for "Input should be a valid …, REASON"; NULL when it has. */
const char *schema_format_problem(enum schema_format format, struct str text);

/* Equality of JSON Schema: 1 and 1.0 are equal, the order of members is nothing. */
bool schema_equal(const json_t *a, const json_t *b);
int schema_compare_numbers(const json_t *a, const json_t *b);

/* Notes a problem, if the run wants to know; returns false.
 *
 * context   stolen; NULL for none
 */
_printf_(6, 7) bool schema_problem(struct schema_run *run, const struct schema_place *at, const char *type,
                                   json_t *input, json_t *context, const char *format, ...);

/* Problems in words: not of the wanted type; none of the choices (an array). */
bool schema_problem_type(struct schema_run *run, const struct schema_place *at,
                         const struct schema_node *node, json_t *input);
bool schema_problem_choice(struct schema_run *run, const struct schema_place *at, const char *type,
                           json_t *choices, json_t *input);
