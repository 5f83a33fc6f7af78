#include <stdlib.h>

#include "base/errors.h"
#include "graph_fixture.h"

#define CALCULATOR(id) "{'id': '" id "', 'block_id': 'CalculatorBlock', 'input_default': {}}"
#define STORE(id)      "{'id': '" id "', 'block_id': 'StoreValueBlock', 'input_default': {'input': 1}}"
#define NOTE(id)       "{'id': '" id "', 'block_id': 'NoteBlock', 'input_default': {'text': ''}}"
#define LINK(a, x, b, y)                                                                                     \
        "{'id': 'l', 'source_id': '" a "', 'source_name': '" x "', 'sink_id': '" b "', 'sink_name': '" y "'" \
        "}"
#define GRAPH(nodes, links) "{'name': 'n', 'nodes': [" nodes "], 'links': [" links "]}"

#define assert_refused(text, literal)                      \
        do {                                               \
                char *said_ = graph_fixture_refused(text); \
                assert_str(str_of(said_), literal);        \
                free(said_);                               \
        } while (0)

static void nodes_have_the_links_from_and_to_them_in_the_graphs_order(void **state) {
        struct graph *graph =
                graph_fixture_new(GRAPH(CALCULATOR("a") "," STORE("s") "," CALCULATOR("b"),
                                        LINK("s", "output", "a", "a") "," LINK(
                                                "a", "result", "b", "b") "," LINK("s", "output", "b", "a")));
        struct graph_node *a = &graph->nodes[0], *s = &graph->nodes[1], *b = &graph->nodes[2];

        assert_int_equal(graph->n_nodes, 3);
        assert_int_equal(graph->n_links, 3);
        assert_int_equal(a->n_inputs, 1);
        assert_int_equal(a->n_outputs, 1);
        assert_ptr_equal(a->outputs[0], &graph->links[1]);
        assert_int_equal(s->n_outputs, 2);
        assert_ptr_equal(s->outputs[0], &graph->links[0]);
        assert_ptr_equal(s->outputs[1], &graph->links[2]);
        assert_int_equal(b->n_inputs, 2);
        assert_ptr_equal(b->inputs[0]->source, a);
        assert_ptr_equal(b->inputs[1]->source, s);
        assert_string_equal(b->inputs[1]->sink_name, "a");
        assert_int_equal(json_integer_value(json_object_get(s->input_default, "input")), 1);
        graph_unref(graph);
}

static void links_from_blocks_with_static_output_are_static_and_others_may_be(void **state) {
        struct graph *graph = graph_fixture_new(
                GRAPH(CALCULATOR("a") "," STORE("s") "," CALCULATOR("b"),
                      LINK("s", "output", "a", "a") "," LINK(
                              "a", "result", "b", "b") ","
                                                       "{'source_id':'a','source_name':'result','sink_id':'b'"
                                                       ",'sink_name':'a','is_static':true}"));

        assert_true(graph->links[0].is_static);
        assert_false(graph->links[1].is_static);
        assert_true(graph->links[2].is_static);
        assert_string_equal(graph->links[2].id, "");
        graph_unref(graph);
}

static void what_is_absent_has_its_default(void **state) {
        struct graph *graph = graph_fixture_new("{'nodes': [{'id': 'a', 'block_id': 'CalculatorBlock'}]}");

        assert_int_equal(graph->version, 1);
        assert_string_equal(graph->id, "");
        assert_null(graph->name);
        assert_int_equal(json_object_size(graph->nodes[0].input_default), 0);
        graph_unref(graph_ref(graph));
        assert_int_equal(graph->n_nodes, 1);
        graph_unref(graph);
        graph = graph_fixture_new("{'id': 'x', 'version': 7, 'name': 'N', 'description': 'D'}");
        assert_int_equal(graph->version, 7);
        assert_string_equal(graph->id, "x");
        assert_string_equal(graph->name, "N");
        assert_string_equal(graph->description, "D");
        graph_unref(graph);
}

static void unknown_blocks_are_named(void **state) {
        assert_refused(GRAPH("{'id': 'a', 'block_id': 'nonsense'}", ""),
                       "Invalid block nonsense for node #a");
        assert_refused(GRAPH("{'id': 'a', 'block_id': '00000000-0000-0000-0000-000000000000'}", ""),
                       "Invalid block 00000000-0000-0000-0000-000000000000 for node #a");
}

static void a_link_to_no_node_is_told_with_the_nodes_there_are(void **state) {
        assert_refused(GRAPH(CALCULATOR("a") "," STORE("s"), LINK("x", "output", "a", "a")),
                       "Link (x, output) <-> (a, a), x is invalid node id, available nodes: a, s");
        assert_refused(GRAPH(CALCULATOR("a") "," STORE("s"), LINK("s", "output", "", "a")),
                       "Link (s, output) <-> (, a),  is invalid node id, available nodes: a, s");
}

static void a_link_to_no_pin_is_told_with_the_pins_there_are(void **state) {
        assert_refused(GRAPH(CALCULATOR("a") "," STORE("s"), LINK("s", "value", "a", "a")),
                       "Link (s, value) <-> (a, a), `value` invalid, Allowed fields: output, error");
        assert_refused(
                GRAPH(CALCULATOR("a") "," STORE("s"), LINK("s", "output", "a", "c")),
                "Link (s, output) <-> (a, c), `c` invalid, Allowed fields: operation, a, b, round_result");
        assert_refused(GRAPH(CALCULATOR("a") "," STORE("s"), LINK("s", "output_^_x", "a", "tools_^_x")),
                       "Link (s, output_^_x) <-> (a, tools_^_x), `tools_^_x` invalid, Allowed fields: "
                       "operation, a, b, round_result");
}

static void parts_of_pins_count_as_the_pin(void **state) {
        struct graph *graph = graph_fixture_new(
                GRAPH(STORE("s") "," STORE("t"), LINK("s", "output_#_key", "t", "input_$_0_#_x") "," LINK(
                                                         "s", "output_@_a", "t", "data_#_b")));

        assert_string_equal(graph->links[0].sink_name, "input_$_0_#_x");
        graph_unref(graph);
}

static void errors_of_blocks_may_be_linked(void **state) {
        graph_unref(
                graph_fixture_new(GRAPH(CALCULATOR("a") "," STORE("s"), LINK("a", "error", "s", "data"))));
}

static void a_cycle_that_nothing_starts_is_refused_with_node_and_pin(void **state) {
        assert_refused(
                GRAPH(CALCULATOR("a") "," CALCULATOR("b") "," STORE("s"),
                      LINK("s", "output", "a", "a") "," LINK("a", "result", "b", "a") "," LINK("b", "result",
                                                                                               "a", "b")),
                "Graph validation failed: 2 issues on 2 nodes\n"
                "  b:\n    a: This input can never arrive: its links come from a cycle that nothing starts\n"
                "  a:\n    b: This input can never arrive: its links come from a cycle that nothing starts");
        assert_refused(
                GRAPH(CALCULATOR("a") "," STORE("s"), LINK("a", "result", "a", "a")),
                "Graph validation failed: 1 issues on 1 nodes\n"
                "  a:\n    a: This input can never arrive: its links come from a cycle that nothing starts");
}

static void what_only_follows_a_dead_cycle_is_not_blamed(void **state) {
        assert_refused(
                GRAPH(CALCULATOR("a") "," CALCULATOR("z") "," STORE("s"),
                      LINK("a", "result", "a", "a") "," LINK("a", "result", "z", "a") "," LINK("s", "output",
                                                                                               "z", "b")),
                "Graph validation failed: 1 issues on 1 nodes\n"
                "  a:\n    a: This input can never arrive: its links come from a cycle that nothing starts");
}

static void without_a_start_the_platforms_words_come_first(void **state) {
        assert_refused(
                GRAPH(CALCULATOR("a"), LINK("a", "result", "a", "b")),
                "No starting nodes found for the graph, make sure an AgentInput or blocks with no inbound "
                "links "
                "are present as starting nodes.\n"
                "  a:\n    b: This input can never arrive: its links come from a cycle that nothing starts");
}

static void a_cycle_with_a_way_in_is_good(void **state) {
        graph_unref(
                graph_fixture_new(GRAPH(CALCULATOR("a") "," STORE("s"),
                                        LINK("s", "output", "a", "a") "," LINK("a", "result", "a", "a"))));
}

static void what_waits_for_a_note_alone_is_good(void **state) {
        graph_unref(graph_fixture_new(
                GRAPH(NOTE("n") "," CALCULATOR("a") "," STORE("s"), LINK("n", "output", "a", "a"))));
}

static void shapes_are_told_by_member(void **state) {
        static const struct {
                const char *text, *said;
        } cases[] = {
                { "[]", ": Input should be a valid dictionary" },
                { "{'id': 5}", "id: Input should be a valid string" },
                { "{'id': '1234567890123456789012345678901234567'}", "id: String is too long" },
                { "{'version': '1'}", "version: Input should be a valid integer" },
                { "{'version': 1.5}", "version: Input should be a valid integer" },
                { "{'name': []}", "name: Input should be a valid string" },
                { "{'nodes': {}}", "nodes: Input should be a valid list" },
                { "{'nodes': [5]}", "nodes.0: Input should be a valid dictionary" },
                { "{'nodes': [{'id': {}}]}", "nodes.0.id: Input should be a valid string" },
                { "{'nodes': [{'id': 'a'}]}", "nodes.0.block_id: Field required" },
                { "{'nodes': [{'id': 'a', 'block_id': 'StoreValueBlock', 'input_default': []}]}",
                  "nodes.0.input_default: Input should be a valid dictionary" },
                { GRAPH(STORE("s") "," STORE("t") "," STORE("s"), ""),
                  "nodes.2.id: Value error, another one has this id, too" },
                { "{'links': 'x'}", "links: Input should be a valid list" },
                { "{'links': [null]}", "links.0: Input should be a valid dictionary" },
                { "{'links': [{}]}", "links.0.source_id: Field required" },
                { GRAPH(STORE("s"), "{'source_id': 's', 'sink_id': 's', 'source_name': 'output'}"),
                  "links.0.sink_name: Field required" },
                { GRAPH(STORE("s"), "{'source_id': 's', 'sink_id': 's', 'source_name': 'output', "
                                    "'sink_name': 'data', 'is_static': 1}"),
                  "links.0.is_static: Input should be a valid boolean" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                char *said = graph_fixture_refused(cases[i].text);
                const char *wanted = cases[i].said[0] == ':' ? cases[i].said + 2 : cases[i].said;

                assert_string_equal(said, wanted);
                free(said);
        }
}

static void messages_about_long_names_stay_text(void **state) {
        char name[GRAPH_PIN_MAX + 1], text[2000];

        for (size_t i = 0; i + 1 < sizeof(name); i += 2)
                memcpy(name + i, "ä", 2);
        name[sizeof(name) - 1] = '\0';
        snprintf(text, sizeof(text),
                 GRAPH(STORE("s"), "{'source_id':'s','source_name':'o%s','sink_id':'s','sink_name':'x'}"),
                 name + 2);
        free(graph_fixture_refused(text)); /* looks at its UTF-8 */
}

/* Many nodes in a row, each with a loop of its own: time must not grow with their square. */
static void a_hundred_thousand_nodes_are_made_in_time(void **state) {
        json_t *document = json_pack("{s:[], s:[]}", "nodes", "links");
        json_t *nodes = json_object_get(document, "nodes"), *links = json_object_get(document, "links");
        struct graph_problems problems = { 0 };
        struct graph *graph;
        char id[16], next[16];

        for (int i = 0; i < GRAPH_NODES_MAX; i++) {
                snprintf(id, sizeof(id), "%d", i);
                snprintf(next, sizeof(next), "%d", i + 1);
                json_array_append_new(nodes, json_pack("{s:s, s:s}", "id", id, "block_id",
                                                       "1ff065e9-88e8-4358-9d82-8dc91f622ba9"));
                if (i + 1 < GRAPH_NODES_MAX)
                        json_array_append_new(links, json_pack("{s:s, s:s, s:s, s:s}", "source_id", id,
                                                               "source_name", "output", "sink_id", next,
                                                               "sink_name", "input"));
        }
        assert_int_equal(graph_new(document, &graph, &problems), 0);
        assert_int_equal(graph->n_nodes, GRAPH_NODES_MAX);
        graph_unref(graph);
        json_array_append_new(nodes, json_pack("{s:s, s:s}", "id", "x", "block_id",
                                               "1ff065e9-88e8-4358-9d82-8dc91f622ba9"));
        assert_int_equal(graph_new(document, &graph, &problems), -ERR_GRAPH);
        assert_string_equal(problems.field, "nodes");
        assert_string_equal(problems.type, "too_long");
        graph_problems_end(&problems);
        json_decref(document);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nodes_have_the_links_from_and_to_them_in_the_graphs_order),
                cmocka_unit_test(links_from_blocks_with_static_output_are_static_and_others_may_be),
                cmocka_unit_test(what_is_absent_has_its_default),
                cmocka_unit_test(unknown_blocks_are_named),
                cmocka_unit_test(a_link_to_no_node_is_told_with_the_nodes_there_are),
                cmocka_unit_test(a_link_to_no_pin_is_told_with_the_pins_there_are),
                cmocka_unit_test(parts_of_pins_count_as_the_pin),
                cmocka_unit_test(errors_of_blocks_may_be_linked),
                cmocka_unit_test(a_cycle_that_nothing_starts_is_refused_with_node_and_pin),
                cmocka_unit_test(what_only_follows_a_dead_cycle_is_not_blamed),
                cmocka_unit_test(without_a_start_the_platforms_words_come_first),
                cmocka_unit_test(a_cycle_with_a_way_in_is_good),
                cmocka_unit_test(what_waits_for_a_note_alone_is_good),
                cmocka_unit_test(shapes_are_told_by_member),
                cmocka_unit_test(messages_about_long_names_stay_text),
                cmocka_unit_test(a_hundred_thousand_nodes_are_made_in_time),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
