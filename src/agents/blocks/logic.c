/* Decisions, arithmetic and iteration (dialect: Blocks, logic). */
#include <math.h>

#include "agents/blocks/families.h"

enum { STEP_ITEMS_MAX = 10000, STEP_TEXT_MAX = 1024 * 1024 };

/* A text that is a number counts as one; any other is taken without the white space around it. */
static json_t *coerce(json_t *value) {
        struct str text = value_str(value);
        double number;

        if (!text.ptr)
                return json_incref(value);
        if (value_text_number(text, &number))
                return value_real(number);
        while (text.len && strchr(" \t\r\n\v\f", text.ptr[0]))
                text = str_from(text, 1);
        while (text.len && strchr(" \t\r\n\v\f", text.ptr[text.len - 1]))
                text.len--;
        return value_of_str(text);
}

/* Which of two results a condition leads to, and what goes out there. */
static int branch(struct block_run *run, bool yes, json_t *value) {
        int r;

        r = block_yield(run, "result", json_boolean(yes));
        return r < 0 ? r : block_yield(run, yes ? "yes_output" : "no_output", json_incref(value));
}

static const char *const operators[] = { "==", "!=", ">", "<", ">=", "<=" };

/* The order of two operands of which one at least is a number as text: also one that JSON has no number for, as inf. */
static bool order_as_numbers(const json_t *a, const json_t *b, enum value_order *ret) {
        double first, second;

        if (!json_is_string(a) && !json_is_string(b))
                return false;
        if (!value_number(a, &first) && !value_text_number(value_str(a), &first))
                return false;
        if (!value_number(b, &second) && !value_text_number(value_str(b), &second))
                return false;
        *ret = first < second    ? VALUE_LESS
               : first == second ? VALUE_EQUAL
               : first > second  ? VALUE_GREATER
                                 : VALUE_UNORDERED;
        return true;
}

static bool holds(size_t which, enum value_order order) {
        switch (which) {
        case 0:
                return order == VALUE_EQUAL;
        case 1:
                return order != VALUE_EQUAL;
        case 2:
                return order == VALUE_GREATER;
        case 3:
                return order == VALUE_LESS;
        case 4:
                return order == VALUE_GREATER || order == VALUE_EQUAL;
        default:
                return order == VALUE_LESS || order == VALUE_EQUAL;
        }
}

static int run_condition(struct block_run *run) {
        json_t *given = input_value(run, "value1"), *other = input_value(run, "value2");
        json_auto_t *a = coerce(given), *b = coerce(other);
        struct str symbol = input_str(run, "operator");
        enum value_order order;
        size_t which = 0;

        if (!a || !b)
                return -ERR_NO_MEMORY;
        while (which + 1 < ARRAY_LENGTH(operators) && !str_eq(symbol, str_of(operators[which])))
                which++;
        if (!order_as_numbers(given, other, &order)) {
                if (which < 2)
                        order = value_equal(a, b) ? VALUE_EQUAL : VALUE_UNORDERED;
                else if (!value_order(a, b, &order))
                        return block_fail(run, "'%s' not supported between these two values",
                                          operators[which]);
        }
        if (holds(which, order))
                return branch(run, true, input_given(run, "yes_value") ? input_value(run, "yes_value") : a);
        return branch(run, false, input_given(run, "no_value") ? input_value(run, "no_value") : b);
}

static int run_if_input_matches(struct block_run *run) {
        bool yes = value_equal(input_value(run, "input"), input_value(run, "value"));

        return branch(run, yes, input_value(run, yes ? "yes_value" : "no_value"));
}

static double calculate(struct str operation, double a, double b) {
        double result;

        if (str_eq(operation, STR("Add")))
                return a + b;
        if (str_eq(operation, STR("Subtract")))
                return a - b;
        if (str_eq(operation, STR("Multiply")))
                return a * b;
        if (str_eq(operation, STR("Divide")))
                return b == 0 ? INFINITY : a / b;
        result = pow(a, b);
        return isinf(result) && a != 0 ? NAN
                                       : result; /* too large; but 0 to a negative power divides by zero */
}

static int run_calculator(struct block_run *run) {
        double result = calculate(input_str(run, "operation"), json_number_value(input_value(run, "a")),
                                  json_number_value(input_value(run, "b")));

        if (!input_bool(run, "round_result"))
                return block_yield(run, "result", value_real(result));
        result = rint(result); /* half to even */
        if (result >= -0x1p63 && result < 0x1p63)
                return block_yield(run, "result", json_integer((json_int_t)result));
        return block_yield(run, "result", value_real(result));
}

static int run_count_items(struct block_run *run) {
        const json_t *collection = input_value(run, "collection");
        json_int_t count = -1;

        if (json_is_array(collection))
                count = (json_int_t)json_array_size(collection);
        else if (json_is_object(collection))
                count = (json_int_t)json_object_size(collection);
        else if (json_is_string(collection))
                count = (json_int_t)str_utf8_length(value_str(collection));
        return block_yield(run, "count", json_integer(count));
}

static int step_list(struct block_run *run, const json_t *list) {
        int r = 0;

        for (size_t i = 0; i < json_array_size(list) && r == 0; i++) {
                r = block_yield(run, "item", json_incref(json_array_get(list, i)));
                if (r == 0)
                        r = block_yield(run, "key", json_integer((json_int_t)i));
        }
        return r;
}

static int step_object(struct block_run *run, json_t *object) {
        const char *name;
        json_t *member;
        int r;

        json_object_foreach(object, name, member) {
                r = block_yield(run, "item", json_incref(member));
                if (r == 0)
                        r = block_yield(run, "key", json_string(name));
                if (r < 0)
                        return r;
        }
        return 0;
}

static int step_through(struct block_run *run, json_t *items) {
        size_t n = json_is_array(items) ? json_array_size(items) : json_object_size(items);

        if (n > STEP_ITEMS_MAX)
                return block_fail(run, "Too many items: %zu > %d", n, STEP_ITEMS_MAX);
        return json_is_array(items) ? step_list(run, items) : step_object(run, items);
}

static int step_text(struct block_run *run, struct str text) {
        char problem[VALUE_PROBLEM_MAX];
        json_auto_t *items = NULL;
        int r;

        if (text.len == 0)
                return 0;
        if (text.len > STEP_TEXT_MAX)
                return block_fail(run, "Input too large: %zu bytes > %d bytes", text.len, STEP_TEXT_MAX);
        r = value_parse(text, false, &items, problem);
        if (r == -ERR_BAD_JSON)
                return block_fail(run, "items_str is not valid JSON: %s", problem);
        if (r < 0)
                return r;
        if (!json_is_array(items) && !json_is_object(items))
                return block_fail(run, "items_str must hold a JSON list or object");
        return step_through(run, items);
}

static int run_step_through_items(struct block_run *run) {
        int r;

        r = step_through(run, input_value(run, "items"));
        if (r == 0)
                r = step_through(run, input_value(run, "items_object"));
        return r < 0 ? r : step_text(run, input_str(run, "items_str"));
}

#define LIST_OR_OBJECT "{\"anyOf\":[" TYPE_LIST "," TYPE_OBJECT "]}"

static const struct block_field condition_inputs[] = {
        { "value1", TYPE_ANY, NULL, "The first value; a text that is a number counts as one",
          FIELD_REQUIRED },
        { "operator", "{\"type\":\"string\",\"enum\":[\"==\",\"!=\",\">\",\"<\",\">=\",\"<=\"]}", NULL,
          "How the two are compared", FIELD_REQUIRED },
        { "value2", TYPE_ANY, NULL, "The second value; a text that is a number counts as one",
          FIELD_REQUIRED },
        { "yes_value", TYPE_ANY, "null", "What goes out when the condition holds; value1 if there is none",
          FIELD_BASIC },
        { "no_value", TYPE_ANY, "null", "What goes out when it does not; value2 if there is none",
          FIELD_BASIC },
};

static const struct block_field branch_outputs[] = {
        { "result", TYPE_BOOLEAN, NULL, "Whether the condition holds", 0 },
        { "yes_output", TYPE_ANY, NULL, "What goes out when it holds", 0 },
        { "no_output", TYPE_ANY, NULL, "What goes out when it does not", 0 },
};

static const struct block_field matches_inputs[] = {
        { "input", TYPE_ANY, NULL, "What is looked at", FIELD_REQUIRED },
        { "value", TYPE_ANY, NULL, "What it must equal", FIELD_REQUIRED },
        { "yes_value", TYPE_ANY, "null", "What goes out when they are equal", FIELD_BASIC },
        { "no_value", TYPE_ANY, "null", "What goes out when they are not", FIELD_BASIC },
};

static const struct block_field calculator_inputs[] = {
        { "operation",
          "{\"type\":\"string\",\"enum\":[\"Add\",\"Subtract\",\"Multiply\",\"Divide\",\"Power\"]}", NULL,
          "What to do with the two numbers", FIELD_REQUIRED },
        { "a", TYPE_NUMBER, NULL, "The first number", FIELD_REQUIRED },
        { "b", TYPE_NUMBER, NULL, "The second number", FIELD_REQUIRED },
        { "round_result", TYPE_BOOLEAN, "false", "Round to a whole number, half to even", 0 },
};

static const struct block_field calculator_outputs[] = {
        { "result", TYPE_OR_NULL(TYPE_NUMBER), NULL,
          "The result; null for infinity and for what is no number, which JSON can't say", 0 },
};

static const struct block_field count_inputs[] = {
        { "collection", TYPE_ANY, NULL, "A list, a dictionary or a text", FIELD_REQUIRED },
};

static const struct block_field count_outputs[] = {
        { "count", TYPE_INTEGER, NULL, "Its items or characters; -1 of what has none", 0 },
};

static const struct block_field step_inputs[] = {
        { "items", LIST_OR_OBJECT, "[]", "The list or dictionary to go through", FIELD_BASIC },
        { "items_object", LIST_OR_OBJECT, "{}", "Another one, gone through next", FIELD_BASIC },
        { "items_str", TYPE_STRING, "\"\"", "One as JSON text, gone through last", FIELD_BASIC },
};

static const struct block_field step_outputs[] = {
        { "item", TYPE_ANY, NULL, "Each item in turn", 0 },
        { "key", TYPE_ANY, NULL, "Its index in the list or its key in the dictionary", 0 },
};

static const struct block blocks[] = {
        { .id = "715696a0-e1da-45c8-b209-c2fa9c3b0be6",
          .name = "ConditionBlock",
          .description = "Compares two values and sends one of two values on",
          .categories = CATEGORY_LOGIC,
          INPUTS(condition_inputs),
          OUTPUTS(branch_outputs),
          .run = run_condition },
        { .id = "6dbbc4b3-ca6c-42b6-b508-da52d23e13f2",
          .name = "IfInputMatchesBlock",
          .description = "Sends one of two values on, by whether the input equals a value",
          .categories = CATEGORY_LOGIC,
          INPUTS(matches_inputs),
          OUTPUTS(branch_outputs),
          .run = run_if_input_matches },
        { .id = "b1ab9b19-67a6-406d-abf5-2dba76d00c79",
          .name = "CalculatorBlock",
          .description = "Does arithmetic on two numbers",
          .categories = CATEGORY_LOGIC,
          INPUTS(calculator_inputs),
          OUTPUTS(calculator_outputs),
          .run = run_calculator },
        { .id = "3c9c2f42-b0c3-435f-ba35-05f7a25c772a",
          .name = "CountItemsBlock",
          .description = "Counts the items of a collection",
          .categories = CATEGORY_LOGIC,
          INPUTS(count_inputs),
          OUTPUTS(count_outputs),
          .run = run_count_items },
        { .id = "f66a3543-28d3-4ab5-8945-9b336371e2ce",
          .name = "StepThroughItemsBlock",
          .description = "Goes through a list or dictionary and sends each item on by itself",
          .categories = CATEGORY_LOGIC,
          INPUTS(step_inputs),
          OUTPUTS(step_outputs),
          .run = run_step_through_items },
};

const struct block_family family_logic = BLOCK_FAMILY(blocks);
