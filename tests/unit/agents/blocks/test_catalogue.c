/* What must hold of every entry. */
#include "agents/block_schema.h"
#include "base/errors.h"
#include "block_fixture.h"
#include "unit.h"

static bool is_uuid(const char *id) {
        for (size_t i = 0; i < BLOCK_ID_LENGTH; i++)
                if (i == 8 || i == 13 || i == 18 || i == 23 ? id[i] != '-'
                                                            : !strchr("0123456789abcdef", id[i]) || !id[i])
                        return false;
        return id[BLOCK_ID_LENGTH] == '\0';
}

static bool is_name(const char *name) {
        return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static void every_entry_is_complete_and_found_by_its_id(void **state) {
        const struct block *const *all;
        size_t n;

        all = block_all(&n);
        assert_true(n >= 40);
        for (size_t i = 0; i < n; i++) {
                const struct block *block = all[i];
                size_t length = strlen(block->name);
                bool executors = block->ui == BLOCK_UI_NOTE || block->ui == BLOCK_UI_AGENT ||
                                 block->ui == BLOCK_UI_HUMAN;

                if (!is_uuid(block->id) || block_find(str_of(block->id)) != block)
                        fail_msg("%s: id %s", block->name, block->id);
                if (length < 6 || strcmp(block->name + length - 5, "Block") != 0)
                        fail_msg("%s: name", block->name);
                if (!block->description || !block->categories || block->categories >> BLOCK_CATEGORIES)
                        fail_msg("%s: description or categories", block->name);
                if ((block->run == NULL) != executors)
                        fail_msg("%s: who runs it?", block->name);
                for (size_t k = 0; k < i; k++)
                        if (strcmp(all[k]->name, block->name) == 0)
                                fail_msg("%s is there twice", block->name);
        }
}

static void check_fields(const struct block *block, const struct block_field *fields, size_t n, bool input) {
        for (size_t i = 0; i < n; i++) {
                if (!is_name(fields[i].name) || !fields[i].schema)
                        fail_msg("%s: field %s", block->name, fields[i].name);
                if (!input && (fields[i].initial || strcmp(fields[i].name, "error") == 0))
                        fail_msg("%s: output %s", block->name, fields[i].name);
                if ((fields[i].flags & FIELD_REQUIRED) && fields[i].initial)
                        fail_msg("%s: %s is required and has a default", block->name, fields[i].name);
                for (size_t k = 0; k < i; k++)
                        if (strcmp(fields[k].name, fields[i].name) == 0)
                                fail_msg("%s: %s is there twice", block->name, fields[i].name);
        }
}

/* A default that its own schema refuses would fail every run that leaves the input out. */
static void check_defaults(const struct block *block, const struct block_schema *schema) {
        const char *name;
        json_t *initial;

        json_object_foreach(schema->defaults, name, initial) {
                json_t *field = json_object_get(json_object_get(schema->input, "properties"), name);
                struct json_schema *check;
                char problem[200];

                assert_int_equal(json_schema_new(field, NULL, &check, problem), 0);
                if (!json_schema_fits(check, initial, NULL))
                        fail_msg("%s: the default of %s does not fit", block->name, name);
                json_schema_free(check);
        }
}

static void every_field_is_named_once_and_defaults_fit(void **state) {
        const struct block *const *all;
        size_t n;

        all = block_all(&n);
        for (size_t i = 0; i < n; i++) {
                const struct block_schema *schema;

                check_fields(all[i], all[i]->inputs, all[i]->n_inputs, true);
                check_fields(all[i], all[i]->outputs, all[i]->n_outputs, false);
                if (block_schema_of(all[i], &schema) < 0)
                        fail_msg("%s: schema", all[i]->name);
                check_defaults(all[i], schema);
        }
}

/* Something that fits: null for what takes anything. */
static json_t *sample_of(json_t *schema) {
        static const char *const samples[] = { "null",    "\"x\"",  "1",          "[]",     "{}",
                                               "[\"x\"]", "\"==\"", "\"string\"", "\"Add\"" };
        struct json_schema *check;
        json_t *found = NULL;
        char problem[200];

        assert_int_equal(json_schema_new(schema, NULL, &check, problem), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(samples) && !found; i++) {
                json_t *value = json_loads(samples[i], JSON_DECODE_ANY, NULL);

                if (json_schema_fits(check, value, NULL))
                        found = json_incref(value);
                json_decref(value);
        }
        json_schema_free(check);
        assert_non_null(found);
        return found;
}

/* Runs a block on nulls, where it takes them; true if it takes any. */
static bool run_on_nulls(const struct block *block, struct str graph_id, int *ret, char *ret_message) {
        const struct block_schema *schema;
        struct block_run run;
        bool any = false;

        block_run_begin(&run, block, "{}");
        run.graph_id = graph_id;
        assert_int_equal(block_schema_of(block, &schema), 0);
        for (size_t i = 0; i < block->n_inputs; i++) {
                const char *name = block->inputs[i].name;
                json_t *sample;

                if (!(block->inputs[i].flags & FIELD_REQUIRED))
                        continue;
                sample = sample_of(json_object_get(json_object_get(schema->input, "properties"), name));
                any |= json_is_null(sample);
                json_object_set_new(run.input, name, sample);
        }
        *ret = any ? block_execute(&run) : 0;
        memcpy(ret_message, run.message, sizeof(run.message));
        block_run_end(&run);
        return any;
}

/* What has arrived at a pin is there; run by itself, a block has its nulls dropped. */
static void null_is_a_value_within_a_graph_alone(void **state) {
        char message[BLOCK_MESSAGE_MAX + 1];
        const struct block *const *all;
        size_t n, found = 0;
        int r;

        all = block_all(&n);
        for (size_t i = 0; i < n; i++) {
                if (!all[i]->run || all[i]->acts || strcmp(all[i]->name, "PersistInformationBlock") == 0 ||
                    !run_on_nulls(all[i], STR("graph"), &r, message))
                        continue; /* what acts and what needs a database does not run here */
                found++;
                if (r < 0 && strstr(message, "invalid input data"))
                        fail_msg("%s: %s", all[i]->name, message);
                assert_true(run_on_nulls(all[i], STR_NULL, &r, message));
                assert_int_equal(r, -ERR_BLOCK);
                assert_non_null(strstr(message, "invalid input data"));
        }
        assert_true(found >= 10);
}

static void unknown_ids_are_not_found(void **state) {
        assert_null(block_find(STR("")));
        assert_null(block_find(STR("00000000-0000-0000-0000-000000000000")));
        assert_null(block_find(STR("ffffffff-ffff-ffff-ffff-ffffffffffff")));
        assert_null(block_find(STR("B1AB9B19-67A6-406D-ABF5-2DBA76D00C79")));
        assert_null(block_find(STR("b1ab9b19-67a6-406d-abf5-2dba76d00c79 ")));
        assert_null(block_find(STR("b1ab9b19-67a6-406d-abf5-2dba76d00c7")));
        assert_null(block_find(STR("b1ab9b19-67a6-406d-abf5-2dba76d00c79\0x")));
}

static void a_stored_value_is_static(void **state) {
        assert_true(block_named("StoreValueBlock")->static_output);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_stored_value_is_static),
                cmocka_unit_test(every_entry_is_complete_and_found_by_its_id),
                cmocka_unit_test(every_field_is_named_once_and_defaults_fit),
                cmocka_unit_test(null_is_a_value_within_a_graph_alone),
                cmocka_unit_test(unknown_ids_are_not_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
