#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "executor_fixture.h"

static void init(struct trial *t, struct flow *f) {
        *t = (struct trial){ 0 };
        flow_init(f);
}

static void finish(struct trial *t) {
        trial_end(t);
        (void)graph_unref(t->graph);
}

static void flow_calculator(struct flow *f, const char *id, const char *operation, const char *rest) {
        char input[200];

        snprintf(input, sizeof(input), "{\"operation\":\"%s\"%s}", operation, rest);
        flow_node(f, id, "CalculatorBlock", input);
}

static void a_calculation_runs(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"Input\"}");
        flow_calculator(&f, "add", "Add", ",\"b\":34");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Output\"}");
        flow_link(&f, "in.result", "add.a");
        flow_link(&f, "add.result", "out.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{\"Input\":8,\"Unknown\":1}");
        assert_int_equal(t.result, 0);
        assert_int_equal(executor_status(t.x), EXECUTION_COMPLETED);
        assert_outputs(&t, "[{\"Output\":42.0}]");
        assert_statuses(&t, "add", "COMPLETED");
        finish(&t);
}

static void an_absent_input_takes_its_own_default(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"Input\",\"value\":5}");
        flow_node(&f, "none", "AgentInputBlock", "{\"name\":\"None\"}");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Output\"}");
        flow_node(&f, "never", "AgentOutputBlock", "{\"name\":\"Never\"}");
        flow_link(&f, "in.result", "out.value");
        flow_link(&f, "none.result", "never.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_outputs(&t, "[{\"Output\":5}]");
        assert_statuses(&t, "none", "COMPLETED");
        assert_statuses(&t, "never", "");
        finish(&t);
}

static void a_graph_that_nothing_begins_is_refused(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "note", "NoteBlock", "{\"text\":\"a note\"}");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_int_equal(t.result, -ERR_GRAPH);
        finish(&t);
}

/* items: JSON array. Each item plus the static 100. */
static void make_iteration(struct trial *t, const char *items) {
        struct flow f;
        char input[400];

        init(t, &f);
        snprintf(input, sizeof(input), "{\"items\":%s}", items);
        flow_node(&f, "each", "StepThroughItemsBlock", input);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"Input\",\"value\":100}");
        flow_calculator(&f, "add", "Add", "");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Sum\"}");
        flow_link(&f, "each.item", "add.a");
        flow_static_link(&f, "in.result", "add.b");
        flow_link(&f, "add.result", "out.value");
        t->graph = flow_graph(&f);
}

static void each_value_makes_its_own_run(void **state _unused_) {
        struct trial t;

        make_iteration(&t, "[1,2,3]");
        trial_run(&t, "{}");
        assert_outputs(&t, "[{\"Sum\":101.0},{\"Sum\":102.0},{\"Sum\":103.0}]");
        assert_statuses(&t, "add", "COMPLETED COMPLETED COMPLETED");
        finish(&t);
}

static void pins_are_paired_first_in_first_out(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "a", "StepThroughItemsBlock", "{\"items\":[1,2,3]}");
        flow_node(&f, "b", "StepThroughItemsBlock", "{\"items\":[10,20]}");
        flow_calculator(&f, "add", "Add", "");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Sum\"}");
        flow_link(&f, "a.item", "add.a");
        flow_link(&f, "b.item", "add.b");
        flow_link(&f, "add.result", "out.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_outputs(&t, "[{\"Sum\":11.0},{\"Sum\":22.0}]");
        assert_statuses(&t, "add", "COMPLETED COMPLETED INCOMPLETE");
        assert_int_equal(executor_status(t.x), EXECUTION_COMPLETED);
        finish(&t);
}

/* Whatever comes first, the values or the static one: all are added once it is there. */
static void a_static_value_serves_all_runs_whenever_it_comes(void **state _unused_) {
        for (unsigned seed = 0; seed < 40; seed++) {
                struct trial t;
                char *outputs;
                size_t sums = 0;

                make_iteration(&t, "[1,2,3,4,5]");
                t.seed = seed;
                t.parallel = 4;
                trial_run(&t, "{}");
                outputs = trial_outputs(&t);
                for (int i = 1; i <= 5; i++) {
                        char sum[32];

                        snprintf(sum, sizeof(sum), "{\"Sum\":10%d.0}", i);
                        sums += strstr(outputs, sum) != NULL;
                }
                assert_int_equal(sums, 5);
                free(outputs);
                assert_null(trial_execution(&t, "out", 5));
                finish(&t);
        }
}

/* A second static value begins a run of its own with what else is static. */
static void every_static_value_counts(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "x", "AgentInputBlock", "{\"name\":\"x\",\"value\":1}");
        flow_node(&f, "each", "StepThroughItemsBlock", "{\"items\":[10,20]}");
        flow_node(&f, "keep", "StoreValueBlock", "{}");
        flow_calculator(&f, "add", "Add", "");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Sum\"}");
        flow_link(&f, "each.item", "keep.input");
        flow_link(&f, "x.result", "add.a");
        flow_link(&f, "keep.output", "add.b");
        flow_link(&f, "add.result", "out.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_outputs(&t, "[{\"Sum\":11.0},{\"Sum\":21.0}]");
        finish(&t);
}

static void only_the_branch_taken_runs(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "each", "StepThroughItemsBlock", "{\"items\":[1,5,9]}");
        flow_node(&f, "big", "ConditionBlock", "{\"operator\":\">\",\"value2\":4}");
        flow_node(&f, "yes", "AgentOutputBlock", "{\"name\":\"Big\"}");
        flow_node(&f, "no", "AgentOutputBlock", "{\"name\":\"Small\"}");
        flow_link(&f, "each.item", "big.value1");
        flow_link(&f, "big.yes_output", "yes.value");
        flow_link(&f, "each.item", "big.no_value");
        flow_link(&f, "big.no_output", "no.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_outputs(&t, "[{\"Small\":1},{\"Big\":5},{\"Big\":9}]");
        finish(&t);
}

static void a_failure_goes_down_the_error_links_and_no_further(void **state _unused_) {
        struct flow f;
        struct trial t;
        char *outputs;

        init(&t, &f);
        flow_node(&f, "find", "GetListItemBlock", "{\"list\":[1],\"index\":7}");
        flow_node(&f, "error", "AgentOutputBlock", "{\"name\":\"Error\"}");
        flow_node(&f, "item", "AgentOutputBlock", "{\"name\":\"Item\"}");
        flow_node(&f, "other", "StoreValueBlock", "{\"input\":2}");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Other\"}");
        flow_link(&f, "find.error", "error.value");
        flow_link(&f, "find.item", "item.value");
        flow_link(&f, "other.output", "out.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_int_equal(executor_status(t.x), EXECUTION_COMPLETED);
        assert_statuses(&t, "find", "FAILED");
        assert_statuses(&t, "item", "");
        assert_int_equal(json_array_size(json_object_get(trial_execution(&t, "find", 0)->output, "error")),
                         1);
        outputs = trial_outputs(&t);
        assert_contains(str_of(outputs), "Index out of range");
        assert_contains(str_of(outputs), "{\"Other\":2}");
        free(outputs);
        finish(&t);
}

static void what_failed_lends_no_static_value(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "each", "StepThroughItemsBlock", "{\"items\":[0,7,0]}");
        flow_node(&f, "list", "StoreValueBlock", "{\"input\":[5]}");
        flow_node(&f, "get", "GetListItemBlock", "{}");
        flow_link(&f, "list.output", "get.list");
        flow_link(&f, "each.item", "get.index");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_statuses(&t, "get", "COMPLETED FAILED COMPLETED");
        finish(&t);
}

static void dynamic_pins_take_values_apart_and_together(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"In\"}");
        flow_node(&f, "dict", "CreateDictionaryBlock", "{\"values\":{\"fixed\":true}}");
        flow_node(&f, "list", "CreateListBlock", "{\"values\":[]}");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Dict\"}");
        flow_node(&f, "list-out", "AgentOutputBlock", "{\"name\":\"List\"}");
        flow_node(&f, "never", "AgentOutputBlock", "{\"name\":\"Never\"}");
        flow_link(&f, "in.result_#_a_$_1", "dict.values_#_second");
        flow_link(&f, "in.result_#_b", "dict.values_#_b");
        flow_link(&f, "in.result_#_b", "list.values_$_1");
        flow_link(&f, "in.result_#_missing", "never.value");
        flow_link(&f, "dict.dictionary", "out.value");
        flow_link(&f, "list.list", "list-out.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{\"In\":{\"a\":[1,2],\"b\":\"x\"}}");
        assert_outputs(&t, "[{\"Dict\":{\"fixed\":true,\"b\":\"x\",\"second\":2}},{\"List\":[\"\",\"x\"]}]");
        finish(&t);
}

static void an_input_that_cannot_be_put_together_fails_its_node(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"In\",\"value\":1}");
        flow_node(&f, "list", "CreateListBlock", "{\"values\":[]}");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Error\"}");
        flow_link(&f, "in.result", "list.values_$_x");
        flow_link(&f, "list.error", "out.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_statuses(&t, "list", "FAILED");
        assert_statuses(&t, "out", "COMPLETED");
        finish(&t);
}

static void a_person_is_waited_for(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "ask", "HumanInTheLoopBlock", "{\"data\":[1],\"name\":\"Look\"}");
        flow_node(&f, "yes", "AgentOutputBlock", "{\"name\":\"Approved\"}");
        flow_node(&f, "no", "AgentOutputBlock", "{\"name\":\"Rejected\"}");
        flow_node(&f, "why", "AgentOutputBlock", "{\"name\":\"Why\"}");
        flow_link(&f, "ask.approved_data", "yes.value");
        flow_link(&f, "ask.rejected_data", "no.value");
        flow_link(&f, "ask.review_message", "why.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_int_equal(executor_status(t.x), EXECUTION_REVIEW);
        assert_int_equal(executor_review(t.x, 99, true, NULL, STR("")), -ERR_NOT_FOUND);
        assert_int_equal(executor_review(t.x, 1, false, NULL, STR("not good")), 0);
        assert_int_equal(executor_review(t.x, 1, false, NULL, STR("again")), -ERR_NOT_FOUND);
        trial_go_on(&t);
        assert_int_equal(executor_status(t.x), EXECUTION_COMPLETED);
        assert_outputs(&t, "[{\"Rejected\":[1]},{\"Why\":\"not good\"}]");
        finish(&t);
}

static void what_has_ended_is_left_when_the_rest_is_terminated(void **state _unused_) {
        struct flow f;
        struct trial t;
        struct node_execution *e;

        init(&t, &f);
        flow_node(&f, "ask", "HumanInTheLoopBlock", "{\"data\":1,\"name\":\"Look\"}");
        flow_node(&f, "done", "StoreValueBlock", "{\"input\":1}");
        flow_calculator(&f, "add", "Add", "");
        flow_link(&f, "done.output", "add.a");
        flow_link(&f, "ask.approved_data", "add.b");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        executor_terminate(t.x);
        assert_int_equal(executor_status(t.x), EXECUTION_TERMINATED);
        assert_statuses(&t, "ask", "TERMINATED");
        assert_statuses(&t, "done", "COMPLETED");
        assert_statuses(&t, "add", "TERMINATED");
        assert_int_equal(executor_next(t.x, &e), 0);
        assert_null(e);
        finish(&t);
}

static void endless_loops_meet_the_limit_of_steps(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"In\",\"value\":0}");
        flow_calculator(&f, "add", "Add", ",\"b\":1");
        flow_link(&f, "in.result", "add.a");
        flow_link(&f, "add.result", "add.a");
        t.graph = flow_graph(&f);
        t.limits.steps = 1000;
        trial_run(&t, "{}");
        assert_int_equal(t.result, -ERR_TOO_LARGE);
        assert_int_equal(executor_status(t.x), EXECUTION_FAILED);
        assert_string_equal(executor_problem(t.x), "The execution has more than 1000 steps");
        finish(&t);
}

static void values_that_grow_meet_the_limit_of_bytes(void **state _unused_) {
        struct flow f;
        struct trial t;

        init(&t, &f);
        flow_node(&f, "list", "StoreValueBlock", "{\"input\":[1,2,3,4,5,6,7,8]}");
        flow_node(&f, "twice", "AddToListBlock", "{}");
        flow_link(&f, "list.output", "twice.list");
        flow_link(&f, "list.output", "twice.entries");
        flow_link(&f, "twice.updated_list", "twice.list");
        flow_link(&f, "twice.updated_list", "twice.entries");
        t.graph = flow_graph(&f);
        t.limits.bytes = 1 << 20;
        trial_run(&t, "{}");
        assert_int_equal(t.result, -ERR_TOO_LARGE);
        assert_string_equal(executor_problem(t.x), "The execution's inputs and outputs have more than 1 MiB");
        finish(&t);
}

static void links_that_carry_nothing_meet_a_limit_too(void **state _unused_) {
        struct flow f;
        struct trial t;
        char pin[40];

        init(&t, &f);
        flow_node(&f, "each", "StepThroughItemsBlock", "{\"items\":[1,2,3,4,5,6,7,8,9,10]}");
        flow_node(&f, "out", "PrintToConsoleBlock", "{}");
        for (unsigned i = 0; i < 100; i++) {
                snprintf(pin, sizeof(pin), "each.item_#_%u", i);
                flow_link(&f, pin, "out.text");
        }
        t.graph = flow_graph(&f);
        t.limits.steps = 10;
        trial_run(&t, "{}");
        assert_int_equal(t.result, -ERR_TOO_LARGE);
        finish(&t);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_calculation_runs),
                cmocka_unit_test(an_absent_input_takes_its_own_default),
                cmocka_unit_test(a_graph_that_nothing_begins_is_refused),
                cmocka_unit_test(each_value_makes_its_own_run),
                cmocka_unit_test(pins_are_paired_first_in_first_out),
                cmocka_unit_test(a_static_value_serves_all_runs_whenever_it_comes),
                cmocka_unit_test(every_static_value_counts),
                cmocka_unit_test(only_the_branch_taken_runs),
                cmocka_unit_test(a_failure_goes_down_the_error_links_and_no_further),
                cmocka_unit_test(what_failed_lends_no_static_value),
                cmocka_unit_test(dynamic_pins_take_values_apart_and_together),
                cmocka_unit_test(an_input_that_cannot_be_put_together_fails_its_node),
                cmocka_unit_test(a_person_is_waited_for),
                cmocka_unit_test(what_has_ended_is_left_when_the_rest_is_terminated),
                cmocka_unit_test(endless_loops_meet_the_limit_of_steps),
                cmocka_unit_test(values_that_grow_meet_the_limit_of_bytes),
                cmocka_unit_test(links_that_carry_nothing_meet_a_limit_too),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
