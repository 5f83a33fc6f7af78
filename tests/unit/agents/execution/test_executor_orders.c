/* What must hold in whatever order nodes run, however many at a time, and wherever the server ends in between. */
#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "executor_fixture.h"

enum { SEEDS = 150 };

/* Runs a graph in many orders, some of them cut off again and again: the outputs are the same each time. */
static void assert_same_in_every_order(struct graph *graph, struct graph *const *agents, size_t n_agents,
                                       const char *inputs, const char *wanted) {
        unsigned cuts = 0;

        for (unsigned seed = 1; seed <= SEEDS; seed++) {
                struct trial t = {
                        .graph = graph,
                        .agents = agents,
                        .n_agents = n_agents,
                        .parallel = 1 + seed % 7,
                        .seed = seed,
                        .cut = seed % 2 ? 5 : 0,
                };
                char *got;

                trial_run(&t, inputs);
                assert_int_equal(t.result, 0);
                assert_int_equal(executor_status(t.x), EXECUTION_COMPLETED);
                got = trial_outputs(&t);
                if (strcmp(got, wanted) != 0)
                        fail_msg("seed %u: %s", seed, got);
                free(got);
                cuts += t.cuts;
                trial_end(&t);
        }
        assert_true(cuts > 20);
}

/* A tree of sums: layers of calculators, each of which adds two of the layer before. */
static struct graph *make_tree(unsigned leaves) {
        char id[32], from[48], to[48];
        struct flow f;

        flow_init(&f);
        for (unsigned i = 0; i < leaves; i++) {
                snprintf(id, sizeof(id), "l0-%u", i);
                flow_node(&f, id, "CalculatorBlock",
                          i % 2 ? "{\"operation\":\"Multiply\",\"a\":3,\"b\":2}"
                                : "{\"operation\":\"Add\",\"a\":1,\"b\":0}");
        }
        for (unsigned layer = 1, n = leaves / 2; n > 0; layer++, n /= 2)
                for (unsigned i = 0; i < n; i++) {
                        snprintf(id, sizeof(id), "l%u-%u", layer, i);
                        flow_node(&f, id, "CalculatorBlock", "{\"operation\":\"Add\"}");
                        for (unsigned k = 0; k < 2; k++) {
                                snprintf(from, sizeof(from), "l%u-%u.result", layer - 1, 2 * i + k);
                                snprintf(to, sizeof(to), "%s.%s", id, k ? "b" : "a");
                                flow_link(&f, from, to);
                        }
                        if (n == 1) {
                                flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Sum\"}");
                                snprintf(from, sizeof(from), "%s.result", id);
                                flow_link(&f, from, "out.value");
                        }
                }
        return flow_graph(&f);
}

static void a_tree_of_sums_comes_out_the_same(void **state _unused_) {
        struct graph *graph = make_tree(16);

        assert_same_in_every_order(graph, NULL, 0, "{}", "[{\"Sum\":56.0}]");
        (void)graph_unref(graph);
}

/* The order of a value's runs follows the order of its coming, where one run follows the other. */
static void static_values_and_branches_come_out_the_same(void **state _unused_) {
        struct graph *graph;
        struct flow f;

        flow_init(&f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"x\"}");
        flow_node(&f, "keep", "StoreValueBlock", "{\"input\":0}");
        flow_node(&f, "twice", "CalculatorBlock", "{\"operation\":\"Multiply\",\"b\":2}");
        flow_node(&f, "add", "CalculatorBlock", "{\"operation\":\"Add\"}");
        flow_node(&f, "big", "ConditionBlock", "{\"operator\":\">\",\"value2\":10}");
        flow_node(&f, "yes", "AgentOutputBlock", "{\"name\":\"Big\"}");
        flow_node(&f, "no", "AgentOutputBlock", "{\"name\":\"Small\"}");
        flow_link(&f, "in.result", "twice.a");
        flow_link(&f, "in.result", "keep.data");
        flow_link(&f, "keep.output", "add.a");
        flow_link(&f, "twice.result", "add.b");
        flow_link(&f, "add.result", "big.value1");
        flow_link(&f, "big.yes_output", "yes.value");
        flow_link(&f, "big.no_output", "no.value");
        graph = flow_graph(&f);
        assert_same_in_every_order(graph, NULL, 0, "{\"x\":4}", "[{\"Big\":12.0}]");
        assert_same_in_every_order(graph, NULL, 0, "{\"x\":3}", "[{\"Small\":10}]");
        (void)graph_unref(graph);
}

#define AGENT(version, inputs, outputs)                                                 \
        "{\"user_id\":\"\",\"graph_id\":\"00000000-0000-4000-8000-00000000000" #version \
        "\",\"graph_version\":" #version                                                \
        ",\"inputs\":{},\"input_schema\":{\"type\":\"object\",\"properties\":{" inputs  \
        "}},\"output_schema\":{\"type\":\"object\",\"properties\":{" outputs "}}}"

/* Doubles each item of a list, in an agent of its own that uses another for each. */
static void agents_within_agents_come_out_the_same(void **state _unused_) {
        struct graph *agents[2], *graph;
        struct flow f;

        flow_init(&f);
        f.version = 1;
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"n\"}");
        flow_node(&f, "twice", "CalculatorBlock", "{\"operation\":\"Multiply\",\"b\":2}");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"twice\"}");
        flow_link(&f, "in.result", "twice.a");
        flow_link(&f, "twice.result", "out.value");
        agents[0] = flow_graph(&f);

        flow_init(&f);
        f.version = 2;
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"m\"}");
        flow_node(&f, "agent", "AgentExecutorBlock", AGENT(1, "\"n\":{}", "\"twice\":{}"));
        flow_node(&f, "again", "AgentExecutorBlock", AGENT(1, "\"n\":{}", "\"twice\":{}"));
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"four\"}");
        flow_link(&f, "in.result", "agent.n");
        flow_link(&f, "agent.twice", "again.n");
        flow_link(&f, "again.twice", "out.value");
        agents[1] = flow_graph(&f);

        flow_init(&f);
        f.version = 3;
        flow_node(&f, "one", "AgentExecutorBlock", AGENT(2, "\"m\":{}", "\"four\":{}"));
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"x\"}");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"result\"}");
        flow_link(&f, "in.result", "one.m");
        flow_link(&f, "one.four", "out.value");
        graph = flow_graph(&f);
        assert_same_in_every_order(graph, agents, 2, "{\"x\":5}", "[{\"result\":20.0}]");
        (void)graph_unref(graph);
        (void)graph_unref(agents[0]);
        (void)graph_unref(agents[1]);
}

/* An agent that gives what it gets, and then asks a person. */
static struct graph *make_asking(void) {
        struct flow f;

        flow_init(&f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"n\"}");
        flow_node(&f, "ask", "HumanInTheLoopBlock", "{\"name\":\"Look\"}");
        flow_node(&f, "soon", "AgentOutputBlock", "{\"name\":\"soon\"}");
        flow_node(&f, "late", "AgentOutputBlock", "{\"name\":\"late\"}");
        flow_link(&f, "in.result", "soon.value");
        flow_link(&f, "in.result", "ask.data");
        flow_link(&f, "ask.approved_data", "late.value");
        return flow_graph(&f);
}

static struct graph *make_user_of_asking(void) {
        struct flow f;

        flow_init(&f);
        f.version = 2;
        flow_node(&f, "agent", "AgentExecutorBlock", AGENT(1, "\"n\":{}", "\"soon\":{},\"late\":{}"));
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"x\"}");
        flow_node(&f, "one", "AgentOutputBlock", "{\"name\":\"one\"}");
        flow_node(&f, "two", "AgentOutputBlock", "{\"name\":\"two\"}");
        flow_link(&f, "in.result", "agent.n");
        flow_link(&f, "agent.soon", "one.value");
        flow_link(&f, "agent.late", "two.value");
        return flow_graph(&f);
}

static void what_an_agent_gives_goes_on_as_it_comes(void **state _unused_) {
        struct graph *asking = make_asking();

        for (unsigned cut = 0; cut < 6; cut += 2) {
                struct trial t = { .graph = make_user_of_asking(),
                                   .agents = &asking,
                                   .n_agents = 1,
                                   .cut = cut,
                                   .seed = cut };

                trial_run(&t, "{\"x\":5}");
                assert_int_equal(executor_status(t.x), EXECUTION_REVIEW);
                assert_outputs(&t, "[{\"one\":5}]");
                assert_statuses(&t, "agent", "RUNNING");
                assert_int_equal(
                        executor_review(t.x, trial_execution(&t, "ask", 0)->number, true, NULL, STR("")), 0);
                t.cut = 0; /* the answer is not stored */
                trial_go_on(&t);
                assert_outputs(&t, "[{\"one\":5},{\"two\":5}]");
                assert_statuses(&t, "agent", "COMPLETED");
                trial_end(&t);
                (void)graph_unref(t.graph);
        }
        (void)graph_unref(asking);
}

/* As a version stored it that passed on an agent's outputs at its end. */
static void what_an_agent_gave_before_is_not_lost(void **state _unused_) {
        struct graph *asking = make_asking();
        struct trial t = { .graph = make_user_of_asking(), .agents = &asking, .n_agents = 1 };
        json_t *agent = json_loads(
                "{\"graph_id\":\"00000000-0000-4000-8000-000000000001\",\"graph_version\":1}", 0, NULL);
        json_t *output = json_loads("{\"name\":\"soon\",\"value\":5}", 0, NULL),
               *data = json_loads("{\"data\":5}", 0, NULL);
        const struct node_execution_record rows[] = {
                { 1, 0, 1, STR("agent"), EXECUTION_RUNNING, NULL, agent, NULL },
                { 2, 1, 2, STR("soon"), EXECUTION_COMPLETED, NULL, output, NULL },
                { 3, 1, 3, STR("ask"), EXECUTION_REVIEW, NULL, data, NULL },
        };

        trial_restore(&t, rows, ARRAY_LENGTH(rows));
        assert_outputs(&t, "[{\"one\":5}]");
        assert_int_equal(executor_review(t.x, 3, true, NULL, STR("")), 0);
        trial_go_on(&t);
        assert_outputs(&t, "[{\"one\":5},{\"two\":5}]");
        trial_end(&t);
        json_decref(agent);
        json_decref(output);
        json_decref(data);
        (void)graph_unref(t.graph);
        (void)graph_unref(asking);
}

static void an_agent_that_runs_itself_ends(void **state _unused_) {
        struct trial t = { 0 };
        struct flow f;

        flow_init(&f);
        flow_node(&f, "in", "AgentInputBlock", "{\"name\":\"n\"}");
        flow_node(&f, "self", "AgentExecutorBlock", AGENT(1, "\"n\":{}", "\"out\":{}"));
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"out\"}");
        flow_link(&f, "in.result", "self.n");
        flow_link(&f, "self.error", "out.value");
        t.graph = flow_graph(&f);
        t.agents = &t.graph;
        t.n_agents = 1;
        trial_run(&t, "{\"n\":1}");
        assert_int_equal(t.result, 0);
        assert_int_equal(executor_status(t.x), EXECUTION_COMPLETED);
        assert_statuses(&t, "self",
                        "COMPLETED COMPLETED COMPLETED COMPLETED COMPLETED COMPLETED COMPLETED COMPLETED "
                        "COMPLETED FAILED");
        trial_end(&t);
        (void)graph_unref(t.graph);
}

static void an_unknown_agent_fails_its_node(void **state _unused_) {
        struct trial t = { 0 };
        struct flow f;

        flow_init(&f);
        flow_node(&f, "agent", "AgentExecutorBlock", AGENT(7, "", ""));
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"Error\"}");
        flow_link(&f, "agent.error", "out.value");
        t.graph = flow_graph(&f);
        trial_run(&t, "{}");
        assert_statuses(&t, "agent", "FAILED");
        assert_outputs(&t, "[{\"Error\":\"Graph #00000000-0000-4000-8000-000000000007 not found.\"}]");
        trial_end(&t);
        (void)graph_unref(t.graph);
}

/* Each of n values runs once, in whatever order: none is lost, none is counted twice. */
static void every_value_runs_once(void **state _unused_) {
        struct graph *graph;
        struct flow f;

        flow_init(&f);
        flow_node(&f, "each", "StepThroughItemsBlock", "{\"items\":[1,2,4,8,16,32,64,128]}");
        flow_node(&f, "hundred", "AgentInputBlock", "{\"name\":\"h\",\"value\":1000}");
        flow_node(&f, "add", "CalculatorBlock", "{\"operation\":\"Add\"}");
        flow_node(&f, "out", "AgentOutputBlock", "{\"name\":\"v\"}");
        flow_link(&f, "each.item", "add.a");
        flow_link(&f, "hundred.result", "add.b");
        flow_link(&f, "add.result", "out.value");
        graph = flow_graph(&f);
        for (unsigned seed = 1; seed <= SEEDS; seed++) {
                struct trial t = {
                        .graph = graph, .parallel = 1 + seed % 5, .seed = seed, .cut = seed % 3 ? 6 : 0
                };
                json_t *outputs, *one;
                double sum = 0;
                size_t i;

                trial_run(&t, "{}");
                assert_int_equal(t.result, 0);
                assert_int_equal(executor_outputs(t.x, &outputs), 0);
                assert_int_equal(json_array_size(outputs), 8);
                json_array_foreach(outputs, i, one) sum += json_number_value(json_object_get(one, "v"));
                assert_int_equal((int)sum, 8 * 1000 + 255);
                json_decref(outputs);
                trial_end(&t);
        }
        (void)graph_unref(graph);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_tree_of_sums_comes_out_the_same),
                cmocka_unit_test(static_values_and_branches_come_out_the_same),
                cmocka_unit_test(agents_within_agents_come_out_the_same),
                cmocka_unit_test(what_an_agent_gives_goes_on_as_it_comes),
                cmocka_unit_test(what_an_agent_gave_before_is_not_lost),
                cmocka_unit_test(an_agent_that_runs_itself_ends),
                cmocka_unit_test(an_unknown_agent_fails_its_node),
                cmocka_unit_test(every_value_runs_once),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
