/* Where a graph's inputs come in and its outputs go out, agents within agents, and notes (dialect: Blocks, graph input and
 * output). */
#include "agents/blocks/families.h"
#include "agents/template.h"

static int run_input(struct block_run *run) {
        if (!input_given(run, "value"))
                return 0;
        return block_yield(run, "result", json_incref(input_value(run, "value")));
}

static int run_table_input(struct block_run *run) {
        if (!input_given(run, "value"))
                return block_yield(run, "result", json_array());
        return run_input(run);
}

/* The output's value through the template that its author gave it. A template that fails says so in place of the value: the
 * graph's output itself is the value as it came, whatever becomes of this. */
static int format_output(struct block_run *run, struct str format) {
        _cleanup_(strbuf_done) struct strbuf out = STRBUF_INIT(BLOCK_OUTPUT_BYTES_MAX);
        const struct template_options options = {
                .escape_html = input_bool(run, "escape_html"),
                .random = run->context ? run->context->random : NULL,
                .stop = run->stop,
                .deadline_us = run->deadline_us,
        };
        json_auto_t *values = json_object();
        char problem[TEMPLATE_PROBLEM_MAX];
        int r;

        if (json_object_set(values, json_string_value(input_value(run, "name")), input_value(run, "value")) <
            0)
                return -ERR_NO_MEMORY;
        r = template_render(format, values, &options, &out, problem);
        if (r < 0 && r != -ERR_TEMPLATE)
                return r;
        if (r == -ERR_TEMPLATE) {
                strbuf_reset(&out);
                strbuf_printf(&out, "Error: %s, ", problem);
                value_write_text(&out, input_value(run, "value"));
        }
        if (out.failed)
                return block_fail(run, "The output is longer than %d MiB", BLOCK_OUTPUT_BYTES_MAX >> 20);
        return block_yield(run, "output", value_of_str(strbuf_str(&out)));
}

static int run_output(struct block_run *run) {
        struct str format = input_str(run, "format");
        int r;

        if (format.len)
                return format_output(run, format);
        r = block_yield(run, "output", json_incref(input_value(run, "value")));
        return r < 0 ? r : block_yield(run, "name", json_incref(input_value(run, "name")));
}

#define TYPE_TEXT_OR_NULL TYPE_OR_NULL(TYPE_STRING)
#define TYPE_DATE         "{\"type\":\"string\",\"format\":\"date\"}"
#define TYPE_TIME         "{\"type\":\"string\",\"format\":\"time\"}"
#define TYPE_TABLE        "{\"type\":\"array\",\"items\":" TYPE_OBJECT "}"

/* What every input of a graph has; `schema` and `initial` of its value. */
#define INPUT_FIELDS(schema, initial)                                                                 \
        { "name", TYPE_STRING, NULL, "The input's name", FIELD_REQUIRED },                            \
                { "value", schema, initial, "What comes in; the default where nothing is passed",     \
                  FIELD_BASIC },                                                                      \
                { "title", TYPE_TEXT_OR_NULL, "null", "What people call it", 0 },                     \
                { "description", TYPE_TEXT_OR_NULL, "null", "What it is for", 0 },                    \
                { "advanced", TYPE_BOOLEAN, "false", "Show it only among the advanced inputs", 0 }, { \
                "secret", TYPE_BOOLEAN, "false", "Hide what is typed", 0                              \
        }

static const struct block_field any_inputs[] = { INPUT_FIELDS(TYPE_ANY, "null") };
static const struct block_field text_inputs[] = { INPUT_FIELDS(TYPE_TEXT_OR_NULL, "null") };
static const struct block_field number_inputs[] = { INPUT_FIELDS(TYPE_OR_NULL(TYPE_INTEGER), "null") };
static const struct block_field date_inputs[] = { INPUT_FIELDS(TYPE_OR_NULL(TYPE_DATE), "null") };
static const struct block_field time_inputs[] = { INPUT_FIELDS(TYPE_OR_NULL(TYPE_TIME), "null") };
static const struct block_field toggle_inputs[] = { INPUT_FIELDS(TYPE_BOOLEAN, "false") };

static const struct block_field dropdown_inputs[] = {
        INPUT_FIELDS(TYPE_TEXT_OR_NULL, "null"),
        { "options", TYPE_LIST, "[]", "What there is to choose from", FIELD_BASIC },
        { "placeholder_values", TYPE_LIST, "[]", "An older name of options", FIELD_HIDDEN },
};

static const struct block_field table_inputs[] = {
        INPUT_FIELDS(TYPE_OR_NULL(TYPE_TABLE), "null"),
        { "column_headers", TYPE_STRINGS, "[\"Column 1\",\"Column 2\",\"Column 3\"]", "The table's columns",
          FIELD_BASIC },
};

#define RESULT_FIELD(schema) \
        { "result", schema, NULL, "The input's value", 0 }

static const struct block_field any_outputs[] = { RESULT_FIELD(TYPE_ANY) };
static const struct block_field text_outputs[] = { RESULT_FIELD(TYPE_STRING) };
static const struct block_field number_outputs[] = { RESULT_FIELD(TYPE_INTEGER) };
static const struct block_field date_outputs[] = { RESULT_FIELD(TYPE_DATE) };
static const struct block_field time_outputs[] = { RESULT_FIELD(TYPE_TIME) };
static const struct block_field toggle_outputs[] = { RESULT_FIELD(TYPE_BOOLEAN) };
static const struct block_field table_outputs[] = { RESULT_FIELD(TYPE_TABLE) };

static const struct block_field output_inputs[] = {
        { "value", TYPE_ANY, "null", "What goes out", FIELD_BASIC },
        { "name", TYPE_STRING, NULL, "The output's name", FIELD_REQUIRED },
        { "title", TYPE_TEXT_OR_NULL, "null", "What people call it", 0 },
        { "description", TYPE_TEXT_OR_NULL, "null", "What it is for", 0 },
        { "format", TYPE_STRING, "\"\"", "A Jinja2 template with one variable, called by the output's name",
          0 },
        { "escape_html", TYPE_BOOLEAN, "false", "Escape the value for HTML in the template", 0 },
        { "advanced", TYPE_BOOLEAN, "false", "Show it only among the advanced outputs", 0 },
        { "secret", TYPE_BOOLEAN, "false", "Hide what is shown", 0 },
};

static const struct block_field output_outputs[] = {
        { "output", TYPE_ANY, NULL, "The value, formatted if there is a format", 0 },
        { "name", TYPE_ANY, NULL, "The output's name; not with a format", 0 },
};

static const struct block_field agent_inputs[] = {
        { "user_id", TYPE_STRING, NULL, "Whom the agent runs for", FIELD_REQUIRED },
        { "graph_id", TYPE_STRING, NULL, "The agent's graph", FIELD_REQUIRED },
        { "graph_version", TYPE_INTEGER, NULL, "The graph's version", FIELD_REQUIRED },
        { "agent_name", TYPE_TEXT_OR_NULL, "null", "What to call it in the editor", 0 },
        { "inputs", TYPE_OBJECT, NULL, "What the agent takes, by the names of its inputs", FIELD_REQUIRED },
        { "input_schema", TYPE_OBJECT, NULL, "The graph's input schema", FIELD_REQUIRED | FIELD_HIDDEN },
        { "output_schema", TYPE_OBJECT, NULL, "The graph's output schema", FIELD_REQUIRED | FIELD_HIDDEN },
};

static const struct block_field note_inputs[] = {
        { "text", TYPE_STRING, NULL, "What the note says", FIELD_REQUIRED },
};

static const struct block_field note_outputs[] = {
        { "output", TYPE_STRING, NULL, "What the note says", 0 },
};

/* One way in: they differ in what they let through. */
#define INPUT_BLOCK(uuid, class_name, about, fields, results, function)                                   \
        {                                                                                                 \
                .id = (uuid), .name = (class_name), .description = (about), .categories = CATEGORY_INPUT, \
                .ui = BLOCK_UI_INPUT, .static_output = true, INPUTS(fields), OUTPUTS(results),            \
                .run = (function)                                                                         \
        }

static const struct block blocks[] = {
        INPUT_BLOCK("c0a8e994-ebf1-4a9c-a4d8-89d09c86741b", "AgentInputBlock", "Takes one input of the agent",
                    any_inputs, any_outputs, run_input),
        INPUT_BLOCK("7fcd3bcb-8e1b-4e69-903d-32d3d4a92158", "AgentShortTextInputBlock",
                    "Takes a line of text", text_inputs, text_outputs, run_input),
        INPUT_BLOCK("90a56ffb-7024-4b2b-ab50-e26c5e5ab8ba", "AgentLongTextInputBlock",
                    "Takes text of several lines", text_inputs, text_outputs, run_input),
        INPUT_BLOCK("96dae2bb-97a2-41c2-bd2f-13a3b5a8ea98", "AgentNumberInputBlock", "Takes a whole number",
                    number_inputs, number_outputs, run_input),
        INPUT_BLOCK("7e198b09-4994-47db-8b4d-952d98241817", "AgentDateInputBlock", "Takes a date",
                    date_inputs, date_outputs, run_input),
        INPUT_BLOCK("2a1c757e-86cf-4c7e-aacf-060dc382e434", "AgentTimeInputBlock", "Takes a time of day",
                    time_inputs, time_outputs, run_input),
        INPUT_BLOCK("cbf36ab5-df4a-43b6-8a7f-f7ed8652116e", "AgentToggleInputBlock", "Takes yes or no",
                    toggle_inputs, toggle_outputs, run_input),
        INPUT_BLOCK("655d6fdf-a334-421c-b733-520549c07cd1", "AgentDropdownInputBlock",
                    "Takes one of several texts", dropdown_inputs, text_outputs, run_input),
        INPUT_BLOCK("5603b273-f41e-4020-af7d-fbc9c6a8d928", "AgentTableInputBlock",
                    "Takes a table: a list of rows, each with a value by the column's name", table_inputs,
                    table_outputs, run_table_input),
        { .id = "363ae599-353e-4804-937e-b2ee3cef3da4",
          .name = "AgentOutputBlock",
          .description = "Gives one output of the agent",
          .categories = CATEGORY_OUTPUT,
          .ui = BLOCK_UI_OUTPUT,
          INPUTS(output_inputs),
          OUTPUTS(output_outputs),
          .run = run_output },
        { .id = "e189baac-8c20-45a1-94a7-55177ea42565",
          .name = "AgentExecutorBlock",
          .description = "Runs another agent and gives its outputs",
          .categories = CATEGORY_AGENT,
          .ui = BLOCK_UI_AGENT,
          INPUTS(agent_inputs) },
        { .id = "cc10ff7b-7753-4ff2-9af6-9399b1a7eddc",
          .name = "NoteBlock",
          .description = "A note on the canvas; it never runs",
          .categories = CATEGORY_BASIC,
          .ui = BLOCK_UI_NOTE,
          INPUTS(note_inputs),
          OUTPUTS(note_outputs) },
};

const struct block_family family_io = BLOCK_FAMILY(blocks);
