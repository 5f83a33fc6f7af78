/* Dictionaries (dialect: Blocks, dictionary). Their keys are texts, as JSON has it: a key that is given as a number finds
 * the one that is written like it. */
#include <stdio.h>

#include "agents/blocks/families.h"

enum { KEY_NUMBER_MAX = 24 };

/* The key as text. */
static const char *key_text(const json_t *key, char number[KEY_NUMBER_MAX]) {
        if (json_is_string(key))
                return json_string_value(key);
        (void)snprintf(number, KEY_NUMBER_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(key));
        return number;
}

static int run_create_dictionary(struct block_run *run) {
        return block_yield(run, "dictionary", json_incref(input_value(run, "values")));
}

static int run_add_to_dictionary(struct block_run *run) {
        json_auto_t *updated = json_copy(input_value(run, "dictionary"));
        struct str key = input_str(run, "key");
        int r = 0;

        if (!updated)
                return -ERR_NO_MEMORY;
        if (key.len && input_given(run, "value"))
                r = json_object_setn(updated, key.ptr, key.len, input_value(run, "value"));
        if (r < 0 || json_object_update(updated, input_value(run, "entries")) < 0)
                return -ERR_NO_MEMORY;
        return block_yield(run, "updated_dictionary", json_incref(updated));
}

/* A column of a list of dictionaries: whether there is one is judged on the first. */
static int find_in_items(struct block_run *run, const json_t *list, const char *key) {
        json_auto_t *found = json_array();
        json_t *value;

        if (!found)
                return -ERR_NO_MEMORY;
        if (!json_object_get(json_array_get(list, 0), key))
                return block_yield(run, "output", json_incref(found));
        for (size_t i = 0; i < json_array_size(list); i++) {
                value = json_object_get(json_array_get(list, i), key);
                if (value && json_array_append(found, value) < 0)
                        return -ERR_NO_MEMORY;
        }
        return block_yield(run, "output", json_incref(found));
}

static int find(struct block_run *run, json_t *where, const json_t *key) {
        char number[KEY_NUMBER_MAX];
        json_t *value = NULL;

        if (json_is_array(where) && json_is_string(key))
                return find_in_items(run, where, json_string_value(key));
        if (json_is_array(where) && json_integer_value(key) >= 0)
                value = json_array_get(where, (size_t)json_integer_value(key));
        else if (json_is_object(where))
                value = json_object_get(where, key_text(key, number));
        if (value)
                return block_yield(run, "output", json_incref(value));
        return block_yield(run, "missing", json_incref(input_value(run, "input")));
}

static int run_find_in_dictionary(struct block_run *run) {
        json_t *where = input_value(run, "input");
        char problem[VALUE_PROBLEM_MAX];
        json_auto_t *parsed = NULL;
        int r;

        if (!json_is_string(where))
                return find(run, where, input_value(run, "key"));
        r = value_parse(value_str(where), false, &parsed, problem);
        if (r == -ERR_BAD_JSON)
                return block_fail(run, "The input is a text but not JSON: %s", problem);
        return r < 0 ? r : find(run, parsed, input_value(run, "key"));
}

/* A copy of the dictionary, and the value that it has for the key. */
static int copy_and_find(struct block_run *run, const char *key, json_t **ret_copy, json_t **ret_value) {
        json_t *dictionary = input_value(run, "dictionary"), *value = json_object_get(dictionary, key), *copy;

        if (!value)
                return block_fail(run, "Key '%s' not found in dictionary", key);
        copy = json_copy(dictionary);
        if (!copy)
                return -ERR_NO_MEMORY;
        *ret_value = value;
        *ret_copy = copy;
        return 0;
}

static int run_remove_from_dictionary(struct block_run *run) {
        char number[KEY_NUMBER_MAX];
        const char *key = key_text(input_value(run, "key"), number);
        json_auto_t *copy = NULL;
        json_t *value = NULL;
        int r;

        r = copy_and_find(run, key, &copy, &value);
        if (r < 0)
                return r;
        (void)json_object_del(copy, key);
        r = block_yield(run, "updated_dictionary", json_incref(copy));
        if (r == 0 && input_bool(run, "return_value"))
                r = block_yield(run, "removed_value", json_incref(value));
        return r;
}

static int run_replace_dictionary_value(struct block_run *run) {
        char number[KEY_NUMBER_MAX];
        const char *key = key_text(input_value(run, "key"), number);
        json_auto_t *copy = NULL;
        json_t *value = NULL;
        int r;

        r = copy_and_find(run, key, &copy, &value);
        if (r < 0)
                return r;
        if (json_object_set(copy, key, input_value(run, "value")) < 0)
                return -ERR_NO_MEMORY;
        r = block_yield(run, "updated_dictionary", json_incref(copy));
        return r < 0 ? r : block_yield(run, "old_value", json_incref(value));
}

static int run_dictionary_is_empty(struct block_run *run) {
        return block_yield(run, "is_empty",
                           json_boolean(json_object_size(input_value(run, "dictionary")) == 0));
}

#define TYPE_KEY "{\"anyOf\":[" TYPE_STRING "," TYPE_INTEGER "]}"

static const struct block_field create_inputs[] = {
        { "values", TYPE_OBJECT, NULL, "What the dictionary holds", FIELD_REQUIRED },
};

static const struct block_field create_outputs[] = {
        { "dictionary", TYPE_OBJECT, NULL, "The dictionary", 0 },
};

static const struct block_field add_inputs[] = {
        { "dictionary", TYPE_OBJECT, "{}", "What to add to", FIELD_BASIC },
        { "key", TYPE_STRING, "\"\"", "The new entry's key", FIELD_BASIC },
        { "value", TYPE_ANY, "null", "The new entry's value", FIELD_BASIC },
        { "entries", TYPE_OBJECT, "{}", "More entries; of two with one key theirs counts", 0 },
};

static const struct block_field updated_outputs[] = {
        { "updated_dictionary", TYPE_OBJECT, NULL, "The dictionary with what was added", 0 },
};

static const struct block_field find_inputs[] = {
        { "input", TYPE_ANY, NULL, "A dictionary, a list, or either as JSON text", FIELD_REQUIRED },
        { "key", TYPE_KEY, NULL, "The key; of a list an index, or a key of the dictionaries in it",
          FIELD_REQUIRED },
};

static const struct block_field find_outputs[] = {
        { "output", TYPE_ANY, NULL, "What was found", 0 },
        { "missing", TYPE_ANY, NULL, "The input when nothing was", 0 },
};

static const struct block_field remove_inputs[] = {
        { "dictionary", TYPE_OBJECT, NULL, "What to remove from", FIELD_REQUIRED },
        { "key", TYPE_KEY, NULL, "The key to remove", FIELD_REQUIRED },
        { "return_value", TYPE_BOOLEAN, "false", "Whether to give the removed value too", 0 },
};

static const struct block_field remove_outputs[] = {
        { "updated_dictionary", TYPE_OBJECT, NULL, "The dictionary without the key", 0 },
        { "removed_value", TYPE_ANY, NULL, "The removed value, if asked for", 0 },
};

static const struct block_field replace_inputs[] = {
        { "dictionary", TYPE_OBJECT, NULL, "What to change", FIELD_REQUIRED },
        { "key", TYPE_KEY, NULL, "The key whose value to replace", FIELD_REQUIRED },
        { "value", TYPE_ANY, NULL, "The new value", FIELD_REQUIRED },
};

static const struct block_field replace_outputs[] = {
        { "updated_dictionary", TYPE_OBJECT, NULL, "The dictionary with the new value", 0 },
        { "old_value", TYPE_ANY, NULL, "The value that was replaced", 0 },
};

static const struct block_field empty_inputs[] = {
        { "dictionary", TYPE_OBJECT, NULL, "The dictionary to look at", FIELD_REQUIRED },
};

static const struct block_field empty_outputs[] = {
        { "is_empty", TYPE_BOOLEAN, NULL, "Whether it has no entries", 0 },
};

static const struct block blocks[] = {
        { .id = "b924ddf4-de4f-4b56-9a85-358930dcbc91",
          .name = "CreateDictionaryBlock",
          .description = "Makes a dictionary of values",
          .categories = CATEGORY_DATA,
          INPUTS(create_inputs),
          OUTPUTS(create_outputs),
          .run = run_create_dictionary },
        { .id = "31d1064e-7446-4693-a7d4-65e5ca1180d1",
          .name = "AddToDictionaryBlock",
          .description = "Adds entries to a dictionary",
          .categories = CATEGORY_BASIC,
          INPUTS(add_inputs),
          OUTPUTS(updated_outputs),
          .run = run_add_to_dictionary },
        { .id = "0e50422c-6dee-4145-83d6-3a5a392f65de",
          .name = "FindInDictionaryBlock",
          .description = "Looks up a key in a dictionary or a list",
          .categories = CATEGORY_BASIC,
          INPUTS(find_inputs),
          OUTPUTS(find_outputs),
          .run = run_find_in_dictionary },
        { .id = "46afe2ea-c613-43f8-95ff-6692c3ef6876",
          .name = "RemoveFromDictionaryBlock",
          .description = "Removes a key from a dictionary",
          .categories = CATEGORY_BASIC,
          INPUTS(remove_inputs),
          OUTPUTS(remove_outputs),
          .run = run_remove_from_dictionary },
        { .id = "27e31876-18b6-44f3-ab97-f6226d8b3889",
          .name = "ReplaceDictionaryValueBlock",
          .description = "Replaces the value of a key of a dictionary",
          .categories = CATEGORY_BASIC,
          INPUTS(replace_inputs),
          OUTPUTS(replace_outputs),
          .run = run_replace_dictionary_value },
        { .id = "a3cf3f64-6bb9-4cc6-9900-608a0b3359b0",
          .name = "DictionaryIsEmptyBlock",
          .description = "Says whether a dictionary is empty",
          .categories = CATEGORY_BASIC,
          INPUTS(empty_inputs),
          OUTPUTS(empty_outputs),
          .run = run_dictionary_is_empty },
};

const struct block_family family_dictionary = BLOCK_FAMILY(blocks);
