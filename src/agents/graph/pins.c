#include <stdio.h>

#include "agents/graph/graph_int.h"

struct str graph_pin_base(struct str pin) {
        for (size_t i = 0; i + 2 < pin.len; i++)
                if (pin.ptr[i] == '_' && pin.ptr[i + 2] == '_' && pin.ptr[i + 1] &&
                    strchr("$#@^", pin.ptr[i + 1]))
                        return str_first(pin, i);
        return pin;
}

static bool field_is_among(const struct block_field *fields, size_t n, struct str name) {
        for (size_t i = 0; i < n; i++)
                if (str_eq(str_of(fields[i].name), name))
                        return true;
        return false;
}

/* The pins of a node that runs another agent are that agent's inputs and outputs, which it was told when it was made. */
static json_t *agent_pins(const struct graph_node *node, const char *schema) {
        return json_object_get(json_object_get(node->input_default, schema), "properties");
}

bool graph_node_has_input(const struct graph_node *node, struct str pin) {
        if (node->block->ui == BLOCK_UI_AGENT)
                return json_object_getn(agent_pins(node, "input_schema"), pin.ptr, pin.len) != NULL;
        return field_is_among(node->block->inputs, node->block->n_inputs, pin);
}

bool graph_node_has_output(const struct graph_node *node, struct str pin) {
        enum block_ui ui = node->block->ui;

        if (str_eq(pin, STR("error")) && ui != BLOCK_UI_INPUT && ui != BLOCK_UI_OUTPUT)
                return true;
        if (ui == BLOCK_UI_AGENT)
                return json_object_getn(agent_pins(node, "output_schema"), pin.ptr, pin.len) != NULL;
        return field_is_among(node->block->outputs, node->block->n_outputs, pin);
}

void graph_list_name(char *list, size_t size, const char *name) {
        static const char more[] = ", …";
        size_t used = strlen(list);

        if (used + strlen(name) + 2 + sizeof(more) <= size)
                snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
        else if (used >= sizeof(more) && strcmp(list + used - (sizeof(more) - 1), more) != 0)
                snprintf(list + used, size - used, "%s", more);
}

void graph_node_pins(const struct graph_node *node, bool outputs, char *out, size_t size) {
        const struct block *block = node->block;
        const struct block_field *fields = outputs ? block->outputs : block->inputs;
        size_t n = outputs ? block->n_outputs : block->n_inputs;
        json_t *schema;
        const char *name;

        out[0] = '\0';
        if (block->ui == BLOCK_UI_AGENT) {
                json_object_foreach(agent_pins(node, outputs ? "output_schema" : "input_schema"), name,
                                    schema) graph_list_name(out, size, name);
        } else {
                for (size_t i = 0; i < n; i++)
                        graph_list_name(out, size, fields[i].name);
        }
        if (outputs && !field_is_among(fields, n, STR("error")) && graph_node_has_output(node, STR("error")))
                graph_list_name(out, size, "error");
}
