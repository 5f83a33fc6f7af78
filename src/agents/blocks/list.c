/* Lists and their items (dialect: Blocks, list). Negative positions count from the end. */
#include "agents/blocks/families.h"
#include "agents/value/tokens.h"

enum { ITEM_TEXT_MAX = 64 * 1024 * 1024 };

/* Tokens of an item: of a text itself, of anything else of its JSON. */
static int count_tokens(const json_t *item, size_t *ret) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(ITEM_TEXT_MAX);

        if (!json_is_string(item)) {
                value_write_text(&text, item);
                if (text.failed)
                        return -ERR_NO_MEMORY;
        }
        *ret = tokens_estimate(json_is_string(item) ? value_str(item) : strbuf_str(&text));
        return 0;
}

/* 0 for no limit. */
static size_t limit(const struct block_run *run, const char *name) {
        return (size_t)MAX_OF(input_integer(run, name), (json_int_t)0);
}

/* A chunk ends before the item that would be too much for it; an item that is too much by itself is one of its own. */
static int run_create_list(struct block_run *run) {
        size_t size_max = limit(run, "max_size"), tokens_max = limit(run, "max_tokens"), tokens = 0, more = 0;
        const json_t *values = input_value(run, "values");
        json_auto_t *chunk = json_array();
        int r;

        for (size_t i = 0; i < json_array_size(values); i++) {
                size_t size = json_array_size(chunk);

                r = tokens_max ? count_tokens(json_array_get(values, i), &more) : 0;
                if (r < 0)
                        return r;
                if (size > 0 &&
                    ((tokens_max && tokens + more > tokens_max) || (size_max && size + 1 > size_max))) {
                        r = block_yield(run, "list", TAKE(chunk));
                        if (r < 0)
                                return r;
                        chunk = json_array();
                        tokens = 0;
                }
                tokens += more;
                if (json_array_append(chunk, json_array_get(values, i)) < 0)
                        return -ERR_NO_MEMORY;
        }
        return block_yield(run, "list", TAKE(chunk));
}

/* Where an index that may be negative points to; false if there is nothing. */
static bool resolve(const json_t *list, json_int_t index, size_t *ret) {
        json_int_t n = (json_int_t)json_array_size(list);

        if (index < 0)
                index += n;
        if (index < 0 || index >= n)
                return false;
        *ret = (size_t)index;
        return true;
}

/* Likewise for a place to insert at: what lies beyond an end is that end. */
static size_t resolve_place(const json_t *list, json_int_t place) {
        json_int_t n = (json_int_t)json_array_size(list);

        if (place < 0)
                place = MAX_OF(place + n, (json_int_t)0);
        return (size_t)MIN_OF(place, n);
}

static int append_part(json_t *to, const json_t *from, size_t begin, size_t end) {
        for (size_t i = begin; i < end; i++)
                if (json_array_append(to, json_array_get(from, i)) < 0)
                        return -ERR_NO_MEMORY;
        return 0;
}

static int run_add_to_list(struct block_run *run) {
        const json_t *list = input_value(run, "list"), *entries = input_value(run, "entries");
        size_t n = json_array_size(list), at = n;
        json_auto_t *updated = json_array();
        int r;

        if (input_given(run, "position"))
                at = resolve_place(list, input_integer(run, "position"));
        r = append_part(updated, list, 0, at);
        if (r == 0)
                r = append_part(updated, entries, 0, json_array_size(entries));
        if (r == 0 && input_given(run, "entry") && json_array_append(updated, input_value(run, "entry")) < 0)
                r = -ERR_NO_MEMORY;
        if (r == 0)
                r = append_part(updated, list, at, n);
        return r < 0 ? r : block_yield(run, "updated_list", json_incref(updated));
}

/* The first item that equals a value; false if there is none. */
static bool search(const json_t *list, const json_t *value, size_t *ret) {
        for (size_t i = 0; i < json_array_size(list); i++)
                if (value_equal(json_array_get(list, i), value)) {
                        *ret = i;
                        return true;
                }
        return false;
}

static int run_find_in_list(struct block_run *run) {
        json_t *value = input_value(run, "value");
        size_t index;
        int r;

        if (search(input_value(run, "list"), value, &index)) {
                r = block_yield(run, "index", json_integer((json_int_t)index));
                return r < 0 ? r : block_yield(run, "found", json_true());
        }
        r = block_yield(run, "found", json_false());
        return r < 0 ? r : block_yield(run, "not_found_value", json_incref(value));
}

static int run_get_list_item(struct block_run *run) {
        const json_t *list = input_value(run, "list");
        size_t index;

        if (!resolve(list, input_integer(run, "index"), &index))
                return block_fail(run, "Index out of range");
        return block_yield(run, "item", json_incref(json_array_get(list, index)));
}

static int run_remove_from_list(struct block_run *run) {
        json_t *list = input_value(run, "list");
        json_auto_t *updated = NULL;
        bool there = false;
        size_t index = 0;
        int r;

        if (input_given(run, "index"))
                there = resolve(list, input_integer(run, "index"), &index);
        else if (input_given(run, "value"))
                there = search(list, input_value(run, "value"), &index);
        if (!there)
                return block_fail(run, "Index or value not found");
        updated = json_copy(list);
        if (!updated)
                return -ERR_NO_MEMORY;
        (void)json_array_remove(updated, index);
        r = block_yield(run, "updated_list", json_incref(updated));
        if (r == 0 && input_bool(run, "return_item"))
                r = block_yield(run, "removed_item", json_incref(json_array_get(list, index)));
        return r;
}

static int run_replace_list_item(struct block_run *run) {
        json_t *list = input_value(run, "list");
        json_auto_t *updated = NULL;
        size_t index;
        int r;

        if (!resolve(list, input_integer(run, "index"), &index))
                return block_fail(run, "Index out of range");
        updated = json_copy(list);
        if (!updated || json_array_set(updated, index, input_value(run, "value")) < 0)
                return -ERR_NO_MEMORY;
        r = block_yield(run, "updated_list", json_incref(updated));
        return r < 0 ? r : block_yield(run, "old_item", json_incref(json_array_get(list, index)));
}

static int run_list_is_empty(struct block_run *run) {
        return block_yield(run, "is_empty", json_boolean(json_array_size(input_value(run, "list")) == 0));
}

#define TYPE_POSITIVE "{\"type\":\"integer\",\"minimum\":1}"

static const struct block_field create_inputs[] = {
        { "values", TYPE_LIST, NULL, "What the list holds", FIELD_REQUIRED },
        { "max_size", TYPE_OR_NULL(TYPE_POSITIVE), "null", "Items in one list; more make several lists", 0 },
        { "max_tokens", TYPE_OR_NULL(TYPE_POSITIVE), "null",
          "Tokens in one list, estimated: four letters or one other character each; more make several lists",
          0 },
};

static const struct block_field create_outputs[] = {
        { "list", TYPE_LIST, NULL, "The list; each part of it when it is cut up", 0 },
};

static const struct block_field add_inputs[] = {
        { "list", TYPE_LIST, "[]", "What to add to", FIELD_BASIC },
        { "entry", TYPE_ANY, "null", "One item to add, after the entries", FIELD_BASIC },
        { "entries", TYPE_LIST, "[]", "Items to add", 0 },
        { "position", TYPE_OR_NULL(TYPE_INTEGER), "null", "Where to put them; the end if there is none", 0 },
};

static const struct block_field add_outputs[] = {
        { "updated_list", TYPE_LIST, NULL, "The list with what was added", 0 },
};

static const struct block_field find_inputs[] = {
        { "list", TYPE_LIST, NULL, "Where to look", FIELD_REQUIRED },
        { "value", TYPE_ANY, NULL, "What to look for", FIELD_REQUIRED },
};

static const struct block_field find_outputs[] = {
        { "index", TYPE_INTEGER, NULL, "Where it is", 0 },
        { "found", TYPE_BOOLEAN, NULL, "Whether it is there", 0 },
        { "not_found_value", TYPE_ANY, NULL, "What was looked for when it is not", 0 },
};

static const struct block_field get_inputs[] = {
        { "list", TYPE_LIST, NULL, "Where to take it from", FIELD_REQUIRED },
        { "index", TYPE_INTEGER, NULL, "Which item; negative ones count from the end", FIELD_REQUIRED },
};

static const struct block_field get_outputs[] = {
        { "item", TYPE_ANY, NULL, "The item", 0 },
};

static const struct block_field remove_inputs[] = {
        { "list", TYPE_LIST, NULL, "What to remove from", FIELD_REQUIRED },
        { "value", TYPE_ANY, "null", "What to remove: the first item that equals it", 0 },
        { "index", TYPE_OR_NULL(TYPE_INTEGER), "null", "Which item to remove, in place of a value", 0 },
        { "return_item", TYPE_BOOLEAN, "false", "Whether to give the removed item too", 0 },
};

static const struct block_field remove_outputs[] = {
        { "updated_list", TYPE_LIST, NULL, "The list without the item", 0 },
        { "removed_item", TYPE_ANY, NULL, "The removed item, if asked for", 0 },
};

static const struct block_field replace_inputs[] = {
        { "list", TYPE_LIST, NULL, "What to change", FIELD_REQUIRED },
        { "index", TYPE_INTEGER, NULL, "Which item; negative ones count from the end", FIELD_REQUIRED },
        { "value", TYPE_ANY, NULL, "What to put in its place", FIELD_REQUIRED },
};

static const struct block_field replace_outputs[] = {
        { "updated_list", TYPE_LIST, NULL, "The list with the new item", 0 },
        { "old_item", TYPE_ANY, NULL, "The item that was replaced", 0 },
};

static const struct block_field empty_inputs[] = {
        { "list", TYPE_LIST, NULL, "The list to look at", FIELD_REQUIRED },
};

static const struct block_field empty_outputs[] = {
        { "is_empty", TYPE_BOOLEAN, NULL, "Whether it has no items", 0 },
};

static const struct block blocks[] = {
        { .id = "a912d5c7-6e00-4542-b2a9-8034136930e4",
          .name = "CreateListBlock",
          .description = "Makes a list of values, or several of a limited size",
          .categories = CATEGORY_DATA,
          INPUTS(create_inputs),
          OUTPUTS(create_outputs),
          .run = run_create_list },
        { .id = "aeb08fc1-2fc1-4141-bc8e-f758f183a822",
          .name = "AddToListBlock",
          .description = "Adds items to a list",
          .categories = CATEGORY_BASIC,
          INPUTS(add_inputs),
          OUTPUTS(add_outputs),
          .run = run_add_to_list },
        { .id = "5e2c6d0a-1e37-489f-b1d0-8e1812b23333",
          .name = "FindInListBlock",
          .description = "Finds where a value is in a list",
          .categories = CATEGORY_BASIC,
          INPUTS(find_inputs),
          OUTPUTS(find_outputs),
          .run = run_find_in_list },
        { .id = "262ca24c-1025-43cf-a578-534e23234e97",
          .name = "GetListItemBlock",
          .description = "Takes one item of a list",
          .categories = CATEGORY_BASIC,
          INPUTS(get_inputs),
          OUTPUTS(get_outputs),
          .run = run_get_list_item },
        { .id = "d93c5a93-ac7e-41c1-ae5c-ef67e6e9b826",
          .name = "RemoveFromListBlock",
          .description = "Removes an item from a list",
          .categories = CATEGORY_BASIC,
          INPUTS(remove_inputs),
          OUTPUTS(remove_outputs),
          .run = run_remove_from_list },
        { .id = "fbf62922-bea1-4a3d-8bac-23587f810b38",
          .name = "ReplaceListItemBlock",
          .description = "Replaces an item of a list",
          .categories = CATEGORY_BASIC,
          INPUTS(replace_inputs),
          OUTPUTS(replace_outputs),
          .run = run_replace_list_item },
        { .id = "896ed73b-27d0-41be-813c-c1c1dc856c03",
          .name = "ListIsEmptyBlock",
          .description = "Says whether a list is empty",
          .categories = CATEGORY_BASIC,
          INPUTS(empty_inputs),
          OUTPUTS(empty_outputs),
          .run = run_list_is_empty },
};

const struct block_family family_list = BLOCK_FAMILY(blocks);
