/* What has no better place: values kept and printed, types converted, people asked (dialect: Blocks, basic). */
#include "agents/blocks/families.h"
#include "agents/value/convert.h"

static int run_store_value(struct block_run *run) {
        json_t *data = input_value(run, "data");

        return block_yield(run, "output", json_incref(value_truthy(data) ? data : input_value(run, "input")));
}

/* The console is that of the graph's editor: the server's own log holds nothing of what people work on. */
static int run_print_to_console(struct block_run *run) {
        int r;

        r = block_yield(run, "output", json_incref(input_value(run, "text")));
        return r < 0 ? r : block_yield(run, "status", json_string("printed"));
}

static enum convert_to target(struct str type) {
        if (str_eq(type, STR("string")))
                return CONVERT_STRING;
        if (str_eq(type, STR("number")))
                return CONVERT_NUMBER;
        if (str_eq(type, STR("boolean")))
                return CONVERT_BOOLEAN;
        return str_eq(type, STR("list")) ? CONVERT_LIST : CONVERT_DICTIONARY;
}

static int run_universal_type_converter(struct block_run *run) {
        json_t *converted;
        int r;

        r = convert_value(input_value(run, "value"), target(input_str(run, "type")), &converted);
        return r < 0 ? r : block_yield(run, "value", converted);
}

static int run_reverse_list_order(struct block_run *run) {
        const json_t *list = input_value(run, "input_list");
        json_t *reversed = json_array();

        for (size_t i = json_array_size(list); i > 0; i--)
                if (json_array_append(reversed, json_array_get(list, i - 1)) < 0) {
                        json_decref(reversed);
                        return -ERR_NO_MEMORY;
                }
        return block_yield(run, "reversed_list", reversed);
}

static const struct block_field store_inputs[] = {
        { "input", TYPE_ANY, NULL, "What is kept when there is no data", FIELD_REQUIRED },
        { "data", TYPE_ANY, "null", "The constant to keep", FIELD_BASIC },
};

static const struct block_field store_outputs[] = {
        { "output", TYPE_ANY, NULL, "The value that is kept", 0 },
};

static const struct block_field print_inputs[] = {
        { "text", TYPE_ANY, NULL, "What to print", FIELD_REQUIRED },
};

static const struct block_field print_outputs[] = {
        { "output", TYPE_ANY, NULL, "What was printed", 0 },
        { "status", TYPE_STRING, NULL, "\"printed\"", 0 },
};

static const struct block_field convert_inputs[] = {
        { "value", TYPE_ANY, NULL, "The value to convert", FIELD_REQUIRED },
        { "type",
          "{\"type\":\"string\",\"enum\":[\"string\",\"number\",\"boolean\",\"list\",\"dictionary\"]}", NULL,
          "What to convert it to", FIELD_REQUIRED },
};

static const struct block_field convert_outputs[] = {
        { "value", TYPE_ANY, NULL, "The converted value", 0 },
};

static const struct block_field reverse_inputs[] = {
        { "input_list", TYPE_LIST, NULL, "The list to reverse", FIELD_REQUIRED },
};

static const struct block_field reverse_outputs[] = {
        { "reversed_list", TYPE_LIST, NULL, "The list from its end to its beginning", 0 },
};

static const struct block_field review_inputs[] = {
        { "data", TYPE_ANY, NULL, "What a person shall look at", FIELD_REQUIRED },
        { "name", TYPE_STRING, NULL, "What to call it for the person who looks at it", FIELD_REQUIRED },
        { "editable", TYPE_BOOLEAN, "true", "Whether that person may change it", 0 },
};

static const struct block_field review_outputs[] = {
        { "approved_data", TYPE_ANY, NULL, "The data once approved, changes included", 0 },
        { "rejected_data", TYPE_ANY, NULL, "The data when it was rejected", 0 },
        { "review_message", TYPE_STRING, NULL, "What the person had to say", 0 },
};

static const struct block blocks[] = {
        { .id = "1ff065e9-88e8-4358-9d82-8dc91f622ba9",
          .name = "StoreValueBlock",
          .description = "Keeps a value, so that it can be used again and again",
          .categories = CATEGORY_BASIC,
          .static_output = true,
          INPUTS(store_inputs),
          OUTPUTS(store_outputs),
          .run = run_store_value },
        { .id = "f3b1c1b2-4c4f-4f0d-8d2f-4c4f0d8d2f4c",
          .name = "PrintToConsoleBlock",
          .description = "Shows a value among the outputs of a run, to find out what an agent does",
          .categories = CATEGORY_BASIC,
          INPUTS(print_inputs),
          OUTPUTS(print_outputs),
          .run = run_print_to_console },
        { .id = "95d1b990-ce13-4d88-9737-ba5c2070c97b",
          .name = "UniversalTypeConverterBlock",
          .description = "Converts a value to another type",
          .categories = CATEGORY_BASIC,
          INPUTS(convert_inputs),
          OUTPUTS(convert_outputs),
          .run = run_universal_type_converter },
        { .id = "422cb708-3109-4277-bfe3-bc2ae5812777",
          .name = "ReverseListOrderBlock",
          .description = "Turns a list around",
          .categories = CATEGORY_BASIC,
          INPUTS(reverse_inputs),
          OUTPUTS(reverse_outputs),
          .run = run_reverse_list_order },
        { .id = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d",
          .name = "HumanInTheLoopBlock",
          .description = "Waits until a person has approved or rejected the data",
          .categories = CATEGORY_BASIC,
          .ui = BLOCK_UI_HUMAN,
          INPUTS(review_inputs),
          OUTPUTS(review_outputs) },
};

const struct block_family family_basic = BLOCK_FAMILY(blocks);
