#include "block_cases.h"
#include "unit.h"

static void a_dictionary_is_made_of_values(void **state) {
        CHECK_BLOCKS({ "CreateDictionaryBlock", "{\"values\":{\"b\":1,\"a\":[null]}}",
                       "[[\"dictionary\",{\"b\":1,\"a\":[null]}]]" },
                     { "CreateDictionaryBlock", "{\"values\":{}}", "[[\"dictionary\",{}]]" },
                     { "CreateDictionaryBlock", "{\"values\":[1]}", "!values: " },
                     { "CreateDictionaryBlock", "{}", "!values: " }, );
}

static void entries_are_added_after_the_key_and_override_it(void **state) {
        CHECK_BLOCKS({ "AddToDictionaryBlock", "{\"dictionary\":{\"a\":1},\"key\":\"b\",\"value\":2}",
                       "[[\"updated_dictionary\",{\"a\":1,\"b\":2}]]" },
                     { "AddToDictionaryBlock", "{\"dictionary\":{\"a\":1},\"key\":\"a\",\"value\":2}",
                       "[[\"updated_dictionary\",{\"a\":2}]]" },
                     { "AddToDictionaryBlock", "{\"key\":\"k\",\"value\":1,\"entries\":{\"k\":2,\"l\":3}}",
                       "[[\"updated_dictionary\",{\"k\":2,\"l\":3}]]" },
                     { "AddToDictionaryBlock", "{\"key\":\"k\",\"value\":0}",
                       "[[\"updated_dictionary\",{\"k\":0}]]" },
                     { "AddToDictionaryBlock", "{\"key\":\"k\"}", "[[\"updated_dictionary\",{}]]" },
                     { "AddToDictionaryBlock", "{\"value\":1}", "[[\"updated_dictionary\",{}]]" },
                     { "AddToDictionaryBlock", "{}", "[[\"updated_dictionary\",{}]]" }, );
}

static void a_key_is_found_in_a_dictionary_or_is_missing(void **state) {
        CHECK_BLOCKS(
                { "FindInDictionaryBlock", "{\"input\":{\"a\":1},\"key\":\"a\"}", "[[\"output\",1]]" },
                { "FindInDictionaryBlock", "{\"input\":{\"a\":null},\"key\":\"a\"}", "[[\"output\",null]]" },
                { "FindInDictionaryBlock", "{\"input\":{\"a\":1},\"key\":\"b\"}",
                  "[[\"missing\",{\"a\":1}]]" },
                { "FindInDictionaryBlock", "{\"input\":{\"7\":\"x\"},\"key\":7}", "[[\"output\",\"x\"]]" },
                { "FindInDictionaryBlock", "{\"input\":\"{\\\"a\\\": {\\\"b\\\": 2}}\",\"key\":\"a\"}",
                  "[[\"output\",{\"b\":2}]]" },
                { "FindInDictionaryBlock", "{\"input\":\"{}\",\"key\":\"a\"}", "[[\"missing\",\"{}\"]]" },
                { "FindInDictionaryBlock", "{\"input\":\"{oops\",\"key\":\"a\"}", "!not JSON" },
                { "FindInDictionaryBlock", "{\"input\":7,\"key\":\"a\"}", "[[\"missing\",7]]" },
                { "FindInDictionaryBlock", "{\"input\":{},\"key\":1.5}", "!key: " }, );
}

static void an_index_is_found_in_a_list(void **state) {
        CHECK_BLOCKS({ "FindInDictionaryBlock", "{\"input\":[5,6],\"key\":1}", "[[\"output\",6]]" },
                     { "FindInDictionaryBlock", "{\"input\":[5,6],\"key\":1.0}", "[[\"output\",6]]" },
                     { "FindInDictionaryBlock", "{\"input\":[5,6],\"key\":2}", "[[\"missing\",[5,6]]]" },
                     { "FindInDictionaryBlock", "{\"input\":[5,6],\"key\":-1}", "[[\"missing\",[5,6]]]" },
                     { "FindInDictionaryBlock", "{\"input\":\"[5]\",\"key\":0}", "[[\"output\",5]]" }, );
}

static void a_key_in_a_list_gives_a_column(void **state) {
        CHECK_BLOCKS({ "FindInDictionaryBlock", "{\"input\":[{\"a\":1},{\"b\":2},{\"a\":3}],\"key\":\"a\"}",
                       "[[\"output\",[1,3]]]" },
                     { "FindInDictionaryBlock", "{\"input\":[{\"b\":2},{\"a\":3}],\"key\":\"a\"}",
                       "[[\"output\",[]]]" },
                     { "FindInDictionaryBlock", "{\"input\":[],\"key\":\"a\"}", "[[\"output\",[]]]" },
                     { "FindInDictionaryBlock", "{\"input\":[{\"a\":1},7],\"key\":\"a\"}",
                       "[[\"output\",[1]]]" }, );
}

static void a_key_is_removed(void **state) {
        CHECK_BLOCKS({ "RemoveFromDictionaryBlock", "{\"dictionary\":{\"a\":1,\"b\":2},\"key\":\"a\"}",
                       "[[\"updated_dictionary\",{\"b\":2}]]" },
                     { "RemoveFromDictionaryBlock",
                       "{\"dictionary\":{\"a\":1},\"key\":\"a\",\"return_value\":true}",
                       "[[\"updated_dictionary\",{}],[\"removed_value\",1]]" },
                     { "RemoveFromDictionaryBlock",
                       "{\"dictionary\":{\"3\":null},\"key\":3,\"return_value\":true}",
                       "[[\"updated_dictionary\",{}],[\"removed_value\",null]]" },
                     { "RemoveFromDictionaryBlock", "{\"dictionary\":{\"a\":1},\"key\":\"k\"}",
                       "!raised by RemoveFromDictionaryBlock with message: Key 'k' not found in dictionary. "
                       "block_id: "
                       "46afe2ea-c613-43f8-95ff-6692c3ef6876" }, );
}

static void a_value_is_replaced(void **state) {
        CHECK_BLOCKS(
                { "ReplaceDictionaryValueBlock",
                  "{\"dictionary\":{\"a\":1,\"b\":2},\"key\":\"a\",\"value\":[]}",
                  "[[\"updated_dictionary\",{\"a\":[],\"b\":2}],[\"old_value\",1]]" },
                { "ReplaceDictionaryValueBlock", "{\"dictionary\":{},\"key\":\"k\",\"value\":1}",
                  "!Key 'k' not found in dictionary" },
                { "ReplaceDictionaryValueBlock", "{\"dictionary\":{\"a\":1},\"key\":\"a\"}", "!value: " }, );
}

static void emptiness_is_told(void **state) {
        CHECK_BLOCKS({ "DictionaryIsEmptyBlock", "{\"dictionary\":{}}", "[[\"is_empty\",true]]" },
                     { "DictionaryIsEmptyBlock", "{\"dictionary\":{\"a\":null}}", "[[\"is_empty\",false]]" },
                     { "DictionaryIsEmptyBlock", "{\"dictionary\":[]}", "!dictionary: " }, );
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_dictionary_is_made_of_values),
                cmocka_unit_test(entries_are_added_after_the_key_and_override_it),
                cmocka_unit_test(a_key_is_found_in_a_dictionary_or_is_missing),
                cmocka_unit_test(an_index_is_found_in_a_list),
                cmocka_unit_test(a_key_in_a_list_gives_a_column),
                cmocka_unit_test(a_key_is_removed),
                cmocka_unit_test(a_value_is_replaced),
                cmocka_unit_test(emptiness_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
