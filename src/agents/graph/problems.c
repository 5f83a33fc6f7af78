#include <stdio.h>

#include "agents/graph/graph_int.h"
#include "base/strbuf.h"

/* A text cut to its room may end within a character. */
static void end_at_character(char *text) {
        while (*text && !str_is_utf8(str_of(text)))
                text[strlen(text) - 1] = '\0';
}

void graph_problems_note(struct graph_problems *problems, const char *format, ...) {
        va_list args;

        va_start(args, format);
        vsnprintf(problems->message, sizeof(problems->message), format, args);
        va_end(args);
        end_at_character(problems->message);
}

const struct graph_shape SHAPE_MISSING = { "missing", "Field required" };
const struct graph_shape SHAPE_STRING = { "string_type", "Input should be a valid string" };
const struct graph_shape SHAPE_OBJECT = { "dict_type", "Input should be a valid dictionary" };
const struct graph_shape SHAPE_LIST = { "list_type", "Input should be a valid list" };
const struct graph_shape SHAPE_BOOLEAN = { "bool_type", "Input should be a valid boolean" };
const struct graph_shape SHAPE_INTEGER = { "int_type", "Input should be a valid integer" };
const struct graph_shape SHAPE_STRING_LONG = { "string_too_long", "String is too long" };
const struct graph_shape SHAPE_LIST_LONG = { "too_long", "List has too many items" };
const struct graph_shape SHAPE_TWICE = { "value_error", "Value error, another one has this id, too" };

void graph_problems_note_shape(struct graph_problems *problems, const char *path, const char *name,
                               const struct graph_shape *shape) {
        snprintf(problems->field, sizeof(problems->field), "%s%s%s", path ? path : "",
                 path && name ? "." : "", name ? name : "");
        problems->type = shape->type;
        graph_problems_note(problems, "%s", shape->text);
}

int graph_problems_add(struct graph_problems *problems, const char *node_id, const char *pin,
                       const char *format, ...) {
        char message[GRAPH_MESSAGE_MAX + 1];
        json_t *pins;
        va_list args;

        if (problems->n >= GRAPH_PROBLEMS_MAX)
                return 0;
        if (!problems->by_node && !(problems->by_node = json_object()))
                return -ERR_NO_MEMORY;
        pins = json_object_get(problems->by_node, node_id);
        if (!pins) {
                pins = json_object();
                if (json_object_set_new(problems->by_node, node_id, pins) < 0)
                        return -ERR_NO_MEMORY;
        }
        if (json_object_get(pins, pin))
                return 0;
        va_start(args, format);
        vsnprintf(message, sizeof(message), format, args);
        va_end(args);
        end_at_character(message);
        if (json_object_set_new(pins, pin, json_string(message)) < 0)
                return -ERR_NO_MEMORY;
        problems->n++;
        return 0;
}

int graph_problems_merge(struct graph_problems *problems, struct graph_problems *found) {
        _cleanup_(graph_problems_end) struct graph_problems taken = *found;
        const char *node, *pin;
        json_t *pins, *message;
        int r;

        *found = (struct graph_problems){ 0 };
        json_object_foreach(taken.by_node, node, pins) json_object_foreach(pins, pin, message) {
                r = graph_problems_add(problems, node, pin, "%s", json_string_value(message));
                if (r < 0)
                        return r;
        }
        if (!taken.message[0])
                return 0;
        memcpy(problems->message, taken.message, sizeof(problems->message));
        memcpy(problems->field, taken.field, sizeof(problems->field));
        problems->type = taken.type;
        return -ERR_GRAPH;
}

void graph_problems_write(const struct graph_problems *problems, struct strbuf *out) {
        const char *node, *pin;
        json_t *pins, *message;

        if (problems->field[0])
                strbuf_printf(out, "%s: %s", problems->field, problems->message);
        else if (problems->message[0])
                strbuf_append(out, str_of(problems->message));
        else
                strbuf_printf(out, "Graph validation failed: %zu issues on %zu nodes", problems->n,
                              json_object_size(problems->by_node));
        json_object_foreach(problems->by_node, node, pins) {
                strbuf_printf(out, "\n  %s:", node);
                json_object_foreach(pins, pin, message)
                        strbuf_printf(out, "\n    %s: %s", pin, json_string_value(message));
        }
}

void graph_problems_end(struct graph_problems *problems) {
        json_decref(problems->by_node);
        *problems = (struct graph_problems){ 0 };
}
