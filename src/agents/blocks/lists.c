/* Several lists made into one (dialect: Blocks, list). Items are told apart by value: true and 1 differ, 1 and 1.0 don't. */
#include "agents/blocks/families.h"
#include "agents/value/set.h"

/* A loop of many cheap turns looks at the clock now and then. */
enum { TURNS_BETWEEN_LOOKS = 1024 };

static int look(struct block_run *run, size_t turn) {
        return turn % TURNS_BETWEEN_LOOKS == 0 ? block_go_on(run) : 0;
}

/* Yields a list and how long it is. */
static int yield_list(struct block_run *run, const char *name, json_t *list) {
        int r;

        r = block_yield(run, name, json_incref(list));
        return r < 0 ? r : block_yield(run, "length", json_integer((json_int_t)json_array_size(list)));
}

static int run_concatenate_lists(struct block_run *run) {
        _cleanup_(value_set_done) struct value_set seen = { 0 };
        const json_t *lists = input_value(run, "lists");
        json_auto_t *joined = json_array();
        int r;

        for (size_t i = 0; i < json_array_size(lists); i++) {
                const json_t *list = json_array_get(lists, i);

                for (size_t k = 0; k < json_array_size(list); k++) {
                        json_t *item = json_array_get(list, k);

                        r = look(run, k);
                        if (r < 0)
                                return r;
                        if (json_is_null(item) && input_bool(run, "remove_none"))
                                continue;
                        r = input_bool(run, "deduplicate") ? value_set_add(&seen, item) : 1;
                        if (r < 0 || (r > 0 && json_array_append(joined, item) < 0))
                                return -ERR_NO_MEMORY;
                }
        }
        return yield_list(run, "concatenated_list", joined);
}

/* Lists within lists, 1 for a flat one. Values are at most VALUE_DEPTH_MAX deep. */
static json_int_t nesting(const json_t *list) {
        json_int_t deepest = 0;

        for (size_t i = 0; i < json_array_size(list); i++)
                if (json_is_array(json_array_get(list, i)))
                        deepest = MAX_OF(deepest, nesting(json_array_get(list, i)));
        return deepest + 1;
}

/* depth   how many more levels to take apart; negative for all */
static int flatten(const json_t *list, json_int_t depth, json_t *into) {
        int r = 0;

        for (size_t i = 0; i < json_array_size(list) && r == 0; i++) {
                json_t *item = json_array_get(list, i);

                if (json_is_array(item) && depth != 0)
                        r = flatten(item, depth - 1, into);
                else if (json_array_append(into, item) < 0)
                        r = -ERR_NO_MEMORY;
        }
        return r;
}

static int run_flatten_list(struct block_run *run) {
        const json_t *nested = input_value(run, "nested_list");
        json_auto_t *flat = json_array();
        int r;

        r = flatten(nested, input_integer(run, "max_depth"), flat);
        if (r == 0)
                r = yield_list(run, "flattened_list", flat);
        return r < 0 ? r : block_yield(run, "original_depth", json_integer(nesting(nested)));
}

static size_t longest(const json_t *lists) {
        size_t most = 0;

        for (size_t i = 0; i < json_array_size(lists); i++)
                most = MAX_OF(most, json_array_size(json_array_get(lists, i)));
        return most;
}

static size_t shortest(const json_t *lists) {
        size_t least = longest(lists);

        for (size_t i = 0; i < json_array_size(lists); i++)
                least = MIN_OF(least, json_array_size(json_array_get(lists, i)));
        return least;
}

/* The items at one index of every list. Of those that are too short `fill`; nothing when that is NULL. */
static int append_row(const json_t *lists, size_t index, json_t *fill, json_t *into) {
        for (size_t i = 0; i < json_array_size(lists); i++) {
                json_t *item = json_array_get(json_array_get(lists, i), index);

                if ((item || fill) && json_array_append(into, item ? item : fill) < 0)
                        return -ERR_NO_MEMORY;
        }
        return 0;
}

static int run_interleave_lists(struct block_run *run) {
        const json_t *lists = input_value(run, "lists");
        json_auto_t *mixed = json_array();
        size_t most = longest(lists);
        int r;

        for (size_t i = 0; i < most; i++) {
                r = block_go_on(run);
                if (r == 0)
                        r = append_row(lists, i, NULL, mixed);
                if (r < 0)
                        return r;
        }
        return yield_list(run, "interleaved_list", mixed);
}

static int run_zip_lists(struct block_run *run) {
        const json_t *lists = input_value(run, "lists");
        size_t n = input_bool(run, "pad_to_longest") ? longest(lists) : shortest(lists), items = 0;
        json_auto_t *rows = json_array();
        int r;

        for (size_t i = 0; i < n; i++) {
                json_t *row = json_array();

                r = block_go_on(run);
                if (r == 0)
                        r = append_row(lists, i, input_value(run, "fill_value"), row);
                if (json_array_append_new(rows, row) < 0 && r == 0)
                        r = -ERR_NO_MEMORY;
                if (r < 0)
                        return r;
                items += json_array_size(lists);
                if (items > BLOCK_OUTPUT_BYTES_MAX) /* padding makes much of little */
                        return block_fail(run, "The zipped list has more than %d items",
                                          BLOCK_OUTPUT_BYTES_MAX);
        }
        return yield_list(run, "zipped_list", rows);
}

static int make_set(struct block_run *run, const json_t *list, struct value_set *ret) {
        int r = 0;

        for (size_t i = 0; i < json_array_size(list) && r >= 0; i++) {
                r = look(run, i);
                if (r == 0)
                        r = value_set_add(ret, json_array_get(list, i));
        }
        return MIN_OF(r, 0);
}

/* Appends what `list` has and the other one, of which `in` is made, has not. */
static int append_missing(struct block_run *run, const json_t *list, const json_t *other, json_t *into) {
        _cleanup_(value_set_done) struct value_set there = { 0 };
        int r;

        r = make_set(run, other, &there);
        for (size_t i = 0; i < json_array_size(list) && r == 0; i++) {
                json_t *item = json_array_get(list, i);

                r = look(run, i);
                if (r == 0 && !value_set_has(&there, item) && json_array_append(into, item) < 0)
                        r = -ERR_NO_MEMORY;
        }
        return r;
}

static int run_list_difference(struct block_run *run) {
        const json_t *a = input_value(run, "list_a"), *b = input_value(run, "list_b");
        json_auto_t *difference = json_array();
        int r;

        r = append_missing(run, a, b, difference);
        if (r == 0 && input_bool(run, "symmetric"))
                r = append_missing(run, b, a, difference);
        return r < 0 ? r : yield_list(run, "difference", difference);
}

static int run_list_intersection(struct block_run *run) {
        _cleanup_(value_set_done) struct value_set there = { 0 }, taken = { 0 };
        const json_t *a = input_value(run, "list_a");
        json_auto_t *common = json_array();
        int r;

        r = make_set(run, input_value(run, "list_b"), &there);
        for (size_t i = 0; i < json_array_size(a) && r == 0; i++) {
                json_t *item = json_array_get(a, i);

                r = look(run, i);
                if (r < 0 || !value_set_has(&there, item))
                        continue;
                r = value_set_add(&taken, item);
                if (r > 0)
                        r = json_array_append(common, item) < 0 ? -ERR_NO_MEMORY : 0;
        }
        return r < 0 ? r : yield_list(run, "intersection", common);
}

static const struct block_field concatenate_inputs[] = {
        { "lists", TYPE_LISTS, NULL, "The lists to join, in their order", FIELD_REQUIRED },
        { "deduplicate", TYPE_BOOLEAN, "false", "Keep only the first of items that are the same", 0 },
        { "remove_none", TYPE_BOOLEAN, "false", "Leave nulls out", 0 },
};

static const struct block_field flatten_inputs[] = {
        { "nested_list", TYPE_LIST, NULL, "The list with lists in it", FIELD_REQUIRED },
        { "max_depth", "{\"type\":\"integer\",\"minimum\":-1}", "-1",
          "How many levels to take apart; -1 for all", 0 },
};

static const struct block_field interleave_inputs[] = {
        { "lists", TYPE_LISTS, NULL, "The lists to take items from in turn", FIELD_REQUIRED },
};

static const struct block_field zip_inputs[] = {
        { "lists", TYPE_LISTS, NULL, "The lists whose items to put together by their index", FIELD_REQUIRED },
        { "pad_to_longest", TYPE_BOOLEAN, "false", "Go on to the end of the longest list, not the shortest",
          0 },
        { "fill_value", TYPE_ANY, "null", "What stands for the items that shorter lists lack", 0 },
};

static const struct block_field difference_inputs[] = {
        { "list_a", TYPE_LIST, NULL, "The items to keep", FIELD_REQUIRED },
        { "list_b", TYPE_LIST, NULL, "The items to leave out", FIELD_REQUIRED },
        { "symmetric", TYPE_BOOLEAN, "false", "Give also what only the second list has", 0 },
};

static const struct block_field intersection_inputs[] = {
        { "list_a", TYPE_LIST, NULL, "The items to keep, in their order", FIELD_REQUIRED },
        { "list_b", TYPE_LIST, NULL, "The items that must be there too", FIELD_REQUIRED },
};

#define LIST_AND_LENGTH(output, about)                                   \
        { output, TYPE_LIST, NULL, about, 0 }, {                         \
                "length", TYPE_INTEGER, NULL, "How many items it has", 0 \
        }

static const struct block_field concatenate_outputs[] = {
        LIST_AND_LENGTH("concatenated_list", "All their items"),
};

static const struct block_field flatten_outputs[] = {
        LIST_AND_LENGTH("flattened_list", "Its items without lists among them"),
        { "original_depth", TYPE_INTEGER, NULL, "Levels that it had; 1 for a list without lists", 0 },
};

static const struct block_field interleave_outputs[] = {
        LIST_AND_LENGTH("interleaved_list", "The first items of all lists, then the second ones, and so on"),
};

static const struct block_field zip_outputs[] = {
        { "zipped_list", TYPE_LISTS, NULL, "For each index the list of the items there", 0 },
        { "length", TYPE_INTEGER, NULL, "How many items it has", 0 },
};

static const struct block_field difference_outputs[] = {
        LIST_AND_LENGTH("difference", "What is in the first list and not in the second"),
};

static const struct block_field intersection_outputs[] = {
        LIST_AND_LENGTH("intersection", "What is in both, once each"),
};

static const struct block blocks[] = {
        { .id = "3cf9298b-5817-4141-9d80-7c2cc5199c8e",
          .name = "ConcatenateListsBlock",
          .description = "Joins lists into one",
          .categories = CATEGORY_BASIC,
          INPUTS(concatenate_inputs),
          OUTPUTS(concatenate_outputs),
          .run = run_concatenate_lists },
        { .id = "cc45bb0f-d035-4756-96a7-fe3e36254b4d",
          .name = "FlattenListBlock",
          .description = "Takes the lists within a list apart",
          .categories = CATEGORY_BASIC,
          INPUTS(flatten_inputs),
          OUTPUTS(flatten_outputs),
          .run = run_flatten_list },
        { .id = "9f616084-1d9f-4f8e-bc00-5b9d2a75cd75",
          .name = "InterleaveListsBlock",
          .description = "Takes items from several lists in turn",
          .categories = CATEGORY_BASIC,
          INPUTS(interleave_inputs),
          OUTPUTS(interleave_outputs),
          .run = run_interleave_lists },
        { .id = "0d0e684f-5cb9-4c4b-b8d1-47a0860e0c07",
          .name = "ZipListsBlock",
          .description = "Puts the items of several lists together by their index",
          .categories = CATEGORY_BASIC,
          INPUTS(zip_inputs),
          OUTPUTS(zip_outputs),
          .run = run_zip_lists },
        { .id = "05309873-9d61-447e-96b5-b804e2511829",
          .name = "ListDifferenceBlock",
          .description = "Gives what one list has and another has not",
          .categories = CATEGORY_BASIC,
          INPUTS(difference_inputs),
          OUTPUTS(difference_outputs),
          .run = run_list_difference },
        { .id = "b6eb08b6-dbe3-411b-b9b4-2508cb311a1f",
          .name = "ListIntersectionBlock",
          .description = "Gives what two lists have in common",
          .categories = CATEGORY_BASIC,
          INPUTS(intersection_inputs),
          OUTPUTS(intersection_outputs),
          .run = run_list_intersection },
};

const struct block_family family_lists = BLOCK_FAMILY(blocks);
