#include <stdlib.h>

#include "base/errors.h"
#include "graph_fixture.h"

#define NODE(id, block, input) "{'id': '" id "', 'block_id': '" block "', 'input_default': {" input "}}"
#define LINK(a, x, b, y) \
        "{'source_id': '" a "', 'source_name': '" x "', 'sink_id': '" b "', 'sink_name': '" y "'}"
#define GRAPH(nodes, links) "{'name': 'n', 'nodes': [" nodes "], 'links': [" links "]}"

#define assert_lacks(text, inputs, literal)                      \
        do {                                                     \
                char *said_ = graph_fixture_lacks(text, inputs); \
                assert_str(str_of(said_), literal);              \
                free(said_);                                     \
        } while (0)

#define assert_good(text, inputs) assert_null(graph_fixture_lacks(text, inputs))

static void ways_in_and_out_need_their_names_from_the_start(void **state) {
        assert_lacks(
                GRAPH(NODE("i", "AgentInputBlock", "") "," NODE("o", "AgentOutputBlock", "'value': 1"), ""),
                NULL,
                "Graph validation failed: 2 issues on 2 nodes\n"
                "  i:\n    name: This field is required\n"
                "  o:\n    name: This field is required");
        assert_good(GRAPH(NODE("i", "AgentInputBlock", "'name': 'x'") "," NODE("o", "AgentOutputBlock",
                                                                               "'name': 'x'"),
                          ""),
                    NULL);
}

static void agents_need_their_graph_from_the_start(void **state) {
        assert_lacks(
                GRAPH(NODE("a", "AgentExecutorBlock", "'graph_id': 'x', 'inputs': {}, 'user_id': 'u'"), ""),
                NULL,
                "Graph validation failed: 3 issues on 1 nodes\n"
                "  a:\n    graph_version: This field is required\n"
                "    input_schema: This field is required\n"
                "    output_schema: This field is required");
}

static void other_nodes_need_their_inputs_only_to_run(void **state) {
        static const char text[] = GRAPH(NODE("c", "CalculatorBlock", "'b': 1"), "");

        assert_good(text, NULL);
        assert_lacks(text, "{}",
                     "Graph validation failed: 2 issues on 1 nodes\n"
                     "  c:\n    operation: This field is required\n    a: This field is required");
}

static void links_and_parts_of_pins_count_as_given(void **state) {
        assert_good(GRAPH(NODE("s", "StoreValueBlock", "'input': 1") "," NODE(
                                  "c", "CalculatorBlock", "'operation': 'Add', 'b': null"),
                          LINK("s", "output", "c", "a")),
                    "{}");
        assert_good(GRAPH(NODE("s", "StoreValueBlock", "'input': 1") "," NODE(
                                  "d", "CreateDictionaryBlock",
                                  "'values_#_x': 5") "," NODE("e", "CreateDictionaryBlock", ""),
                          LINK("s", "output", "e", "values_#_y")),
                    "{}");
}

static void inputs_that_nobody_asked_for_are_no_fault(void **state) {
        assert_good(GRAPH(NODE("i", "AgentInputBlock", "'name': 'x'"), ""), "{'y': 5}");
}

static void names_of_inputs_must_not_look_like_credentials(void **state) {
        static const char said[] =
                "Graph validation failed: 1 issues on 1 nodes\n  i:\n    name: '%s' is a reserved "
                "input name: 'credentials' and `*_credentials` are reserved";
        static const char *const names[] = { "credentials", "_credentials", "my_credentials" };
        char text[300], wanted[300];

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
                char *got;

                snprintf(text, sizeof(text), GRAPH(NODE("i", "AgentInputBlock", "'name': '%s'"), ""),
                         names[i]);
                snprintf(wanted, sizeof(wanted), said, names[i]);
                got = graph_fixture_lacks(text, NULL);
                assert_non_null(got);
                assert_string_equal(got, wanted);
                free(got);
        }
        assert_good(GRAPH(NODE("i", "AgentInputBlock", "'name': 'credentials_'"), ""), NULL);
        assert_good(GRAPH(NODE("o", "AgentOutputBlock", "'name': 'credentials'"), ""), NULL);
}

static void names_are_texts(void **state) {
        assert_lacks(GRAPH(NODE("i", "AgentInputBlock", "'name': 5") "," NODE("o", "AgentOutputBlock",
                                                                              "'name': []"),
                           ""),
                     NULL,
                     "Graph validation failed: 2 issues on 2 nodes\n"
                     "  i:\n    name: Input should be a valid string\n"
                     "  o:\n    name: Input should be a valid string");
}

static void what_has_no_start_does_not_run(void **state) {
        assert_good("{'nodes': []}", NULL);
        assert_lacks("{'nodes': []}", "{}",
                     "No starting nodes found for the graph, make sure an AgentInput or blocks with no "
                     "inbound links are "
                     "present as starting nodes.");
        assert_lacks(GRAPH(NODE("n", "NoteBlock", "'text': ''"), ""), "{}",
                     "No starting nodes found for the graph, make sure an AgentInput or blocks with no "
                     "inbound links are "
                     "present as starting nodes.");
}

#define FROM_SUM(block, input, output, pin) \
        GRAPH(NODE("c", "CalculatorBlock", "") "," NODE("t", block, input), LINK("c", output, "t", pin))

static void a_link_that_never_fits_is_told_with_node_and_pin(void **state) {
        assert_lacks(FROM_SUM("CalculatorBlock", "", "result", "operation"), NULL,
                     "Graph validation failed: 1 issues on 1 nodes\n"
                     "  t:\n    operation: Incompatible types: `result` of node #c is a number or null, "
                     "which never "
                     "becomes what "
                     "`operation` takes");
        assert_lacks(
                GRAPH(NODE("c", "CountItemsBlock", "") "," NODE("t", "AgentDateInputBlock", "'name': 'x'"),
                      LINK("c", "count", "t", "value")),
                NULL,
                "Graph validation failed: 1 issues on 1 nodes\n"
                "  t:\n    value: Incompatible types: `count` of node #c is a number, which never becomes "
                "what "
                "`value` takes");
        assert_lacks(FROM_SUM("StoreValueBlock", "'input': 1", "result_$_0", "data"), NULL,
                     "Graph validation failed: 1 issues on 1 nodes\n"
                     "  t:\n    data: Incompatible types: `result` of node #c is a number or null, which has "
                     "no items");
        assert_lacks(FROM_SUM("StoreValueBlock", "'input': 1", "result_#_x", "data"), NULL,
                     "Graph validation failed: 1 issues on 1 nodes\n"
                     "  t:\n    data: Incompatible types: `result` of node #c is a number or null, which has "
                     "no entries");
}

/* Conversions make nearly anything of anything: what may fit is never refused. */
static void what_may_fit_is_good(void **state) {
        assert_good(FROM_SUM("CalculatorBlock", "", "error", "operation"), NULL);
        assert_good(FROM_SUM("AgentDateInputBlock", "'name': 'x'", "result", "value"), NULL);
        assert_good(FROM_SUM("CalculatorBlock", "", "result", "round_result"), NULL);
        assert_good(FROM_SUM("CreateDictionaryBlock", "", "result", "values"), NULL);
        assert_good(FROM_SUM("CreateListBlock", "", "result", "values"), NULL);
        assert_good(FROM_SUM("CreateDictionaryBlock", "", "result", "values_#_operation"), NULL);
        assert_good(FROM_SUM("AgentShortTextInputBlock", "'name': 'x'", "result", "value"), NULL);
        assert_good(GRAPH(NODE("s", "StoreValueBlock", "'input': 1") "," NODE("t", "CalculatorBlock", ""),
                          LINK("s", "output", "t", "operation") "," LINK("s", "output_$_3", "t", "a")),
                    NULL);
        assert_good(GRAPH(NODE("d", "CreateDictionaryBlock", "'values': {}") "," NODE("t", "StoreValueBlock",
                                                                                      "'input': 1"),
                          LINK("d", "dictionary_#_x_$_5", "t", "data")),
                    NULL);
}

static void pins_of_agents_have_the_types_that_their_schemas_say(void **state) {
#define AGENT(in, out)                                                                             \
        NODE("a", "AgentExecutorBlock",                                                            \
             "'graph_id': 'x', 'graph_version': 1, 'inputs': {}, 'user_id': 'u', 'input_schema': " \
             "{'properties': {'p': " in "}}, 'output_schema': {'properties': {'q': " out "}}")
        assert_lacks(GRAPH(NODE("c", "CalculatorBlock", "") "," AGENT("{'enum': ['a', 'b']}", "{}"),
                           LINK("c", "result", "a", "p")),
                     NULL,
                     "Graph validation failed: 1 issues on 1 nodes\n"
                     "  a:\n    p: Incompatible types: `result` of node #c is a number or null, which never "
                     "becomes "
                     "what `p` takes");
        assert_good(GRAPH(NODE("c", "CalculatorBlock", "") "," AGENT("{'enum': ['a', '5']}", "{}"),
                          LINK("c", "result", "a", "p")),
                    NULL);
        assert_good(GRAPH(NODE("c", "CalculatorBlock",
                               "") "," AGENT("{'anyOf': [{'enum': ['a']}, {'type': 'number'}]}", "{}"),
                          LINK("c", "result", "a", "p")),
                    NULL);
        assert_lacks(GRAPH(NODE("c", "CalculatorBlock",
                                "") "," AGENT("{}", "{'type': ['boolean', 'null', 'integer', 'number']}"),
                           LINK("a", "q", "c", "operation")),
                     NULL,
                     "Graph validation failed: 1 issues on 1 nodes\n"
                     "  c:\n    operation: Incompatible types: `q` of node #a is a boolean or a "
                     "number or null, which never "
                     "becomes what `operation` takes");
        assert_good(GRAPH(NODE("c", "CalculatorBlock", "") "," AGENT("5", "[]"),
                          LINK("a", "q", "c", "operation")),
                    NULL);
        assert_good(
                GRAPH(NODE("c", "CalculatorBlock", "") "," AGENT("5", "[]"), LINK("c", "result", "a", "p")),
                NULL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ways_in_and_out_need_their_names_from_the_start),
                cmocka_unit_test(agents_need_their_graph_from_the_start),
                cmocka_unit_test(other_nodes_need_their_inputs_only_to_run),
                cmocka_unit_test(links_and_parts_of_pins_count_as_given),
                cmocka_unit_test(inputs_that_nobody_asked_for_are_no_fault),
                cmocka_unit_test(names_of_inputs_must_not_look_like_credentials),
                cmocka_unit_test(names_are_texts),
                cmocka_unit_test(what_has_no_start_does_not_run),
                cmocka_unit_test(a_link_that_never_fits_is_told_with_node_and_pin),
                cmocka_unit_test(what_may_fit_is_good),
                cmocka_unit_test(pins_of_agents_have_the_types_that_their_schemas_say),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
