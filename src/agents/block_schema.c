#include "agents/block_schema.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/value/value.h"
#include "base/log.h"

enum { TITLE_MAX = 100, SLOTS = 1024 };

/* "max_tokens" → "Max Tokens", as the Platform titles fields that have no title of their own. */
static json_t *title_of(const char *name) {
        char title[TITLE_MAX];
        bool begins = true;
        size_t len = 0;

        for (; *name && len < TITLE_MAX - 1; name++) {
                title[len++] = *name == '_' ? ' ' : (char)(begins ? toupper(*name) : *name);
                begins = *name == '_';
        }
        return json_stringn(title, len);
}

static int parse_part(const struct block *block, const char *name, const char *text, json_t **ret) {
        char problem[VALUE_PROBLEM_MAX];
        int r;

        r = value_parse(str_of(text), true, ret, problem);
        if (r == -ERR_BAD_JSON) {
                LOG(LOG_ERROR, "a block's field is malformed", LOG_STR("block", str_of(block->name)),
                    LOG_STR("field", str_of(name)), LOG_STR("problem", str_of(problem)));
                return -ERR_SCHEMA;
        }
        return r;
}

/* The schema of one field as clients read it: that of the value and what editors show. */
static int describe(const struct block *block, const struct block_field *field, bool input, json_t **ret) {
        bool optional = input && !(field->flags & FIELD_REQUIRED);
        json_auto_t *schema = NULL, *initial = NULL;
        int r;

        r = parse_part(block, field->name, field->schema, &schema);
        if (r < 0)
                return r;
        if (!json_object_get(schema, "title"))
                r |= json_object_set_new(schema, "title", title_of(field->name));
        if (field->description)
                r |= json_object_set_new(schema, "description", json_string(field->description));
        r |= json_object_set_new(schema, "secret", json_boolean(field->flags & FIELD_SECRET));
        r |= json_object_set_new(
                schema, "advanced",
                json_boolean((field->flags & FIELD_ADVANCED) || (optional && !(field->flags & FIELD_BASIC))));
        if (field->flags & FIELD_HIDDEN)
                r |= json_object_set_new(schema, "hidden", json_true());
        if (r < 0)
                return -ERR_NO_MEMORY;
        if (optional && field->initial) {
                r = parse_part(block, field->name, field->initial, &initial);
                if (r < 0)
                        return r;
                if (json_object_set(schema, "default", initial) < 0)
                        return -ERR_NO_MEMORY;
        }
        *ret = json_incref(schema);
        return 0;
}

static int describe_all(const struct block *block, const struct block_field *fields, size_t n, bool input,
                        json_t **ret) {
        json_auto_t *properties = json_object(), *required = json_array();
        int r;

        for (size_t i = 0; i < n; i++) {
                json_t *schema = NULL;

                r = describe(block, &fields[i], input, &schema);
                if (r < 0)
                        return r;
                if (json_object_set_new(properties, fields[i].name, schema) < 0)
                        return -ERR_NO_MEMORY;
                if ((!input || (fields[i].flags & FIELD_REQUIRED)) &&
                    json_array_append_new(required, json_string(fields[i].name)) < 0)
                        return -ERR_NO_MEMORY;
        }
        *ret = json_pack("{s:s, s:s, s:O, s:O}", "title", input ? "Input" : "Output", "type", "object",
                         "properties", properties, "required", required);
        return *ret ? 0 : -ERR_NO_MEMORY;
}

/* Every block may fail, but for those that carry a graph's inputs and outputs. */
static int add_error(const struct block *block, json_t *output) {
        json_t *error;

        if (block->ui == BLOCK_UI_INPUT || block->ui == BLOCK_UI_OUTPUT)
                return 0;
        error = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "type", "string", "title", "Error", "description",
                          "Why the block failed", "default", "", "secret", 0, "advanced", 0);
        if (!error || json_object_set_new(json_object_get(output, "properties"), "error", error) < 0)
                return -ERR_NO_MEMORY;
        return 0;
}

int block_schema_describe(const struct block *block, json_t **ret_input, json_t **ret_output) {
        json_auto_t *input = NULL, *output = NULL;
        int r;

        r = describe_all(block, block->inputs, block->n_inputs, true, &input);
        if (r == 0)
                r = describe_all(block, block->outputs, block->n_outputs, false, &output);
        if (r == 0)
                r = add_error(block, output);
        if (r < 0)
                return r;
        *ret_input = json_incref(input);
        *ret_output = json_incref(output);
        return 0;
}

static int compile(const struct block *block, json_t *schema, struct json_schema **ret) {
        char problem[200];
        int r;

        r = json_schema_new(schema, NULL, ret, problem);
        if (r == -ERR_SCHEMA)
                LOG(LOG_ERROR, "a block's schema is malformed", LOG_STR("block", str_of(block->name)),
                    LOG_STR("problem", str_of(problem)));
        return r;
}

static int compile_outputs(const struct block *block, struct block_schema *made) {
        int r;

        for (size_t i = 0; i < block->n_outputs; i++) {
                json_t *schema =
                        json_object_get(json_object_get(made->output, "properties"), block->outputs[i].name);

                if (strcmp(block->outputs[i].schema, "{}") == 0)
                        continue;
                r = compile(block, schema, &made->output_checks[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int collect_defaults(const struct block *block, struct block_schema *made) {
        made->defaults = json_object();
        if (!made->defaults)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < block->n_inputs; i++) {
                const char *name = block->inputs[i].name;
                const json_t *schema = json_object_get(json_object_get(made->input, "properties"), name);
                const char *type = json_string_value(json_object_get(schema, "type"));
                json_t *initial = json_object_get(schema, "default");

                made->integers[i] = strstr(block->inputs[i].schema, "\"integer\"") != NULL &&
                                    !strstr(block->inputs[i].schema, "\"number\"") &&
                                    (!type || strcmp(type, "integer") == 0);
                if (initial && json_object_set(made->defaults, name, initial) < 0)
                        return -ERR_NO_MEMORY;
        }
        return 0;
}

static struct block_schema *schema_free(struct block_schema *schema, size_t n_outputs) {
        if (!schema)
                return NULL;
        json_decref(schema->input);
        json_decref(schema->output);
        json_decref(schema->defaults);
        json_schema_free(schema->input_check);
        for (size_t i = 0; schema->output_checks && i < n_outputs; i++)
                json_schema_free(schema->output_checks[i]);
        free(schema->output_checks);
        free(schema->integers);
        free(schema);
        return NULL;
}

static int make(const struct block *block, struct block_schema **ret) {
        struct block_schema *made = calloc(1, sizeof(*made));
        int r = -ERR_NO_MEMORY;

        if (!made)
                return r;
        made->output_checks = calloc(block->n_outputs + 1, sizeof(struct json_schema *));
        made->integers = calloc(block->n_inputs + 1, sizeof(bool));
        if (made->output_checks && made->integers)
                r = block_schema_describe(block, &made->input, &made->output);
        if (r == 0)
                r = compile(block, made->input, &made->input_check);
        if (r == 0)
                r = compile_outputs(block, made);
        if (r == 0)
                r = collect_defaults(block, made);
        if (r < 0) {
                schema_free(made, block->n_outputs);
                return r;
        }
        *ret = made;
        return 0;
}

/* Those made so far, by the block's address. Slots are filled under the lock and never emptied, so that readers need
 * none. */
static struct {
        _Atomic(const struct block *) block;
        struct block_schema *schema; /* set before `block` */
} slots[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The block's slot, or the free one where it belongs; SLOTS if all are taken. */
static size_t find_slot(const struct block *block) {
        size_t at = ((uintptr_t)block / sizeof(*block)) % SLOTS;

        for (size_t i = 0; i < SLOTS; i++, at = (at + 1) % SLOTS) {
                const struct block *there = atomic_load_explicit(&slots[at].block, memory_order_acquire);

                if (!there || there == block)
                        return at;
        }
        return SLOTS;
}

int block_schema_of(const struct block *block, const struct block_schema **ret) {
        size_t at = find_slot(block);
        int r = 0;

        if (at == SLOTS)
                return -ERR_NO_MEMORY;
        if (!atomic_load_explicit(&slots[at].block, memory_order_acquire)) {
                (void)pthread_mutex_lock(&lock);
                at = find_slot(block);
                if (at == SLOTS) {
                        r = -ERR_NO_MEMORY;
                } else if (!atomic_load_explicit(&slots[at].block, memory_order_relaxed)) {
                        r = make(block, &slots[at].schema);
                        if (r == 0)
                                atomic_store_explicit(&slots[at].block, block, memory_order_release);
                }
                (void)pthread_mutex_unlock(&lock);
        }
        if (r == 0)
                *ret = slots[at].schema;
        return r;
}
