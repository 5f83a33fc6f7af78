#include "base/table_hash.h"

#include <pthread.h>
#include <sodium.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint8_t key[crypto_shorthash_KEYBYTES];

/* Ends the process when the kernel has no randomness: there is nobody who could be told. */
static void make_key(void) {
        crypto_shorthash_keygen(key);
}

uint64_t table_hash(struct str data) {
        uint64_t hash;

        _Static_assert(sizeof(hash) == crypto_shorthash_BYTES, "SipHash's length");
        (void)pthread_once(&once, make_key);
        (void)crypto_shorthash((uint8_t *)&hash, (const uint8_t *)data.ptr, data.len, key);
        return hash;
}

/* Of two numbers in this order: to go on from one hash to the next. */
static uint64_t hash_pair(uint64_t a, uint64_t b) {
        const uint64_t both[] = { a, b };

        return table_hash(str_n(both, sizeof(both)));
}

/* An integer that no double equals exactly is a number of its own: 2^53 + 1 is not 2^53. */
static uint64_t hash_integer(json_int_t integer) {
        double real = (double)integer;

        if (real < 0x1p63 && (json_int_t)real == integer)
                return table_hash(str_n(&real, sizeof(real)));
        return table_hash(str_n(&integer, sizeof(integer)));
}

static uint64_t hash_real(double real) {
        if (real == 0)
                real = 0; /* -0.0 equals 0.0 */
        return table_hash(str_n(&real, sizeof(real)));
}

uint64_t table_hash_json(const json_t *value) {
        uint64_t hash = json_is_integer(value) ? JSON_REAL : json_typeof(value);
        const char *name;
        json_t *member;

        switch (json_typeof(value)) {
        case JSON_OBJECT:
                json_object_foreach((json_t *)value, name, member) { /* in any order: the sum has none */
                        hash += hash_pair(table_hash(str_of(name)), table_hash_json(member));
                }
                return hash;
        case JSON_ARRAY:
                for (size_t i = 0; i < json_array_size(value); i++)
                        hash = hash_pair(hash, table_hash_json(json_array_get(value, i)));
                return hash;
        case JSON_STRING:
                return hash + table_hash(str_n(json_string_value(value), json_string_length(value)));
        case JSON_INTEGER:
                return hash + hash_integer(json_integer_value(value));
        case JSON_REAL:
                return hash + hash_real(json_real_value(value));
        default:
                return hash;
        }
}
