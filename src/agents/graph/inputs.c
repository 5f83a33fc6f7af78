/* Whether each node has what it needs: by a link or by a value of its own. */
#include "agents/graph/credentials.h"
#include "agents/graph/graph_int.h"

static bool is_given(const struct graph_node *node, const json_t *given, struct str name) {
        const char *key;
        json_t *value;

        json_object_foreach(node->input_default, key,
                            value) if (str_eq(graph_pin_base(str_of(key)), name)) return true;
        if (json_object_getn(json_object_get(given, node->id), name.ptr, name.len))
                return true;
        for (size_t i = 0; i < node->n_inputs; i++)
                if (str_eq(graph_pin_base(str_of(node->inputs[i]->sink_name)), name))
                        return true;
        return false;
}

static bool is_reserved(struct str name) {
        static const struct str ending = STR_INIT("_credentials");

        return str_eq(name, STR("credentials")) ||
               (name.len >= ending.len && str_eq(str_from(name, name.len - ending.len), ending));
}

/* Inputs and outputs of a graph go by their names; those of inputs must not look like credentials, which go beside them
 * (dialect: Graphs). */
static int check_name(const struct graph_node *node, struct graph_problems *problems) {
        const json_t *value = json_object_get(node->input_default, "name");
        const char *name = json_string_value(value);

        if (value && !name && (node->block->ui == BLOCK_UI_INPUT || node->block->ui == BLOCK_UI_OUTPUT))
                return graph_problems_add(problems, node->id, "name", "%s", SHAPE_STRING.text);
        if (node->block->ui != BLOCK_UI_INPUT || !name || !is_reserved(str_of(name)))
                return 0;
        return graph_problems_add(problems, node->id, "name",
                                  "'%.200s' is a reserved input name: 'credentials' and `*_credentials` are "
                                  "reserved",
                                  name);
}

/* Credentials are no value like others: the Platform has words of their own for them, and they may be left out. */
static int say_lacking(const struct graph *graph, const struct graph_node *node,
                       const struct block_field *field, struct graph_problems *problems) {
        if (!(field->flags & FIELD_CREDENTIALS))
                return graph_problems_add(problems, node->id, field->name, "This field is required");
        if (graph_credential_is_optional(graph, node))
                return 0;
        return graph_problems_add(problems, node->id, field->name, "These credentials are required");
}

static int check_node(const struct graph *graph, const struct graph_node *node, bool to_run,
                      const json_t *given, struct graph_problems *problems) {
        const struct block *block = node->block;
        bool strict = to_run || block->ui == BLOCK_UI_INPUT || block->ui == BLOCK_UI_OUTPUT ||
                      block->ui == BLOCK_UI_AGENT;
        int r;

        for (size_t i = 0; i < block->n_inputs && strict; i++) {
                const struct block_field *field = &block->inputs[i];

                if (!(field->flags & FIELD_REQUIRED) || is_given(node, given, str_of(field->name)))
                        continue;
                r = say_lacking(graph, node, field, problems);
                if (r < 0)
                        return r;
        }
        return check_name(node, problems);
}

static bool starts(const struct graph *graph) {
        for (size_t i = 0; i < graph->n_nodes; i++)
                if (graph_node_starts(&graph->nodes[i]))
                        return true;
        return false;
}

static int check_all(const struct graph *graph, bool to_run, const json_t *given,
                     struct graph_problems *problems) {
        int r;

        if (to_run && !starts(graph))
                return graph_problems_say(problems, GRAPH_NO_START);
        for (size_t i = 0; i < graph->n_nodes; i++) {
                r = check_node(graph, &graph->nodes[i], to_run, given, problems);
                if (r < 0)
                        return r;
        }
        r = to_run ? 0 : graph_check_types(graph, problems);
        if (r < 0)
                return r;
        return problems->n ? -ERR_GRAPH : 0;
}

int graph_check_inputs(const struct graph *graph, const json_t *inputs, const json_t *given,
                       struct graph_problems *ret_problems) {
        _cleanup_(graph_problems_end) struct graph_problems problems = { 0 };
        int r;

        r = check_all(graph, inputs != NULL, given, &problems);
        if (r == -ERR_GRAPH) {
                *ret_problems = problems;
                problems = (struct graph_problems){ 0 };
        }
        return r;
}
