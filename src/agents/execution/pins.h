/* Dynamic pins: links to and from a part of a value (dialect: Graph execution). A pin's name goes on with any number of
 * `_$_i` (item of a list), `_#_key` (entry of a dictionary) and `_@_attr` (attribute of an object). */
#pragma once

#include <jansson.h>

#include "base/str.h"

enum {
        PIN_INDEX_MAX = 10000, /* of a list that is put together from pins */
        PIN_PARTS_MAX = 32,    /* of one name */
};

bool pin_is_dynamic(struct str pin);

/* What a source pin takes of a yielded value.
 *
 * pin     the whole name, the base's too
 * value   what was yielded under the base's name
 * returns borrowed from value; NULL when there is no such part: then nothing is delivered
 */
json_t *pin_extract(struct str pin, json_t *value);

/* Puts members with dynamic names into those that their bases name, item by item: {"l_$_1": 5} becomes {"l": ["", 5]}.
 *
 * input        object; changed in place, but no value within it that others hold too
 * ret_problem  on ERR_BLOCK: what is wrong, for people
 * errors       ERR_BLOCK (an index that is no number or beyond PIN_INDEX_MAX; an item of what is no list …), ERR_NO_MEMORY
 */
_must_use_ int pins_fold(json_t *input, char ret_problem[200]);
