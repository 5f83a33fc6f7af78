#include <math.h>

#include "base/json_schema_int.h"

/* 64 bits of mantissa hold every int64 and every double exactly. */
_Static_assert(__LDBL_MANT_DIG__ >= 64, "numbers are compared as long double");

static long double number_of(const json_t *value) {
        return json_is_integer(value) ? (long double)json_integer_value(value)
                                      : (long double)json_real_value(value);
}

int schema_compare_numbers(const json_t *a, const json_t *b) {
        long double x = number_of(a), y = number_of(b);

        return (x > y) - (x < y);
}

bool schema_type_fits(unsigned types, const json_t *value) {
        switch (json_typeof(value)) {
        case JSON_NULL:
                return types & TYPE_NULL;
        case JSON_TRUE:
        case JSON_FALSE:
                return types & TYPE_BOOLEAN;
        case JSON_INTEGER:
                return types & (TYPE_INTEGER | TYPE_NUMBER);
        case JSON_REAL:
                if (types & TYPE_NUMBER)
                        return true;
                return types & TYPE_INTEGER && trunc(json_real_value(value)) == json_real_value(value);
        case JSON_STRING:
                return types & TYPE_STRING;
        case JSON_ARRAY:
                return types & TYPE_ARRAY;
        default:
                return types & TYPE_OBJECT;
        }
}

static bool equal_arrays(const json_t *a, const json_t *b) {
        if (json_array_size(a) != json_array_size(b))
                return false;
        for (size_t i = 0; i < json_array_size(a); i++)
                if (!schema_equal(json_array_get(a, i), json_array_get(b, i)))
                        return false;
        return true;
}

static bool equal_objects(const json_t *a, const json_t *b) {
        const char *name;
        json_t *value;

        if (json_object_size(a) != json_object_size(b))
                return false;
        json_object_foreach((json_t *)a, name, value) {
                const json_t *other = json_object_get(b, name);

                if (!other || !schema_equal(value, other))
                        return false;
        }
        return true;
}

bool schema_equal(const json_t *a, const json_t *b) {
        if (a == b)
                return true;
        if (json_is_number(a) && json_is_number(b))
                return schema_compare_numbers(a, b) == 0;
        if (json_typeof(a) != json_typeof(b))
                return false;
        if (json_is_array(a))
                return equal_arrays(a, b);
        if (json_is_object(a))
                return equal_objects(a, b);
        return json_equal(a, b);
}
