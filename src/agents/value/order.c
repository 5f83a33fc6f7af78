#include "agents/value/value.h"

static enum value_order order_of(bool less, bool equal, bool greater) {
        return less ? VALUE_LESS : equal ? VALUE_EQUAL : greater ? VALUE_GREATER : VALUE_UNORDERED;
}

/* Integers are compared as such: doubles can't tell great ones apart. */
static bool order_numbers(const json_t *a, const json_t *b, enum value_order *ret) {
        double first, second;

        if (!value_number(a, &first) || !value_number(b, &second))
                return false;
        if (json_is_integer(a) && json_is_integer(b)) {
                json_int_t i = json_integer_value(a), k = json_integer_value(b);

                *ret = order_of(i<k, i == k, i> k);
        } else {
                *ret = order_of(first<second, first == second, first> second);
        }
        return true;
}

/* Bytes of UTF-8 are in the order of their code points. */
static enum value_order order_texts(struct str a, struct str b) {
        int order = memcmp(a.ptr, b.ptr, MIN_OF(a.len, b.len));

        if (order == 0)
                return order_of(a.len<b.len, a.len == b.len, a.len> b.len);
        return order < 0 ? VALUE_LESS : VALUE_GREATER;
}

/* The first items that differ decide; of a list and its beginning the latter is less. */
static bool order_lists(const json_t *a, const json_t *b, enum value_order *ret) {
        size_t n = json_array_size(a), m = json_array_size(b);

        for (size_t i = 0; i < n && i < m; i++)
                if (!value_equal(json_array_get(a, i), json_array_get(b, i)))
                        return value_order(json_array_get(a, i), json_array_get(b, i), ret);
        *ret = order_of(n<m, n == m, n> m);
        return true;
}

bool value_order(const json_t *a, const json_t *b, enum value_order *ret) {
        if (order_numbers(a, b, ret))
                return true;
        if (json_is_string(a) && json_is_string(b)) {
                *ret = order_texts(value_str(a), value_str(b));
                return true;
        }
        return json_is_array(a) && json_is_array(b) && order_lists(a, b, ret);
}
