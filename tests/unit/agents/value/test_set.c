#include "agents/value/set.h"
#include "base/table_hash.h"

#include "unit.h"

static void a_value_is_added_once(void **state) {
        json_t *one = json_integer(1), *real = json_real(1), *text = json_string("1");
        struct value_set set = { 0 };

        assert_false(value_set_has(&set, one));
        assert_int_equal(value_set_add(&set, one), 1);
        assert_int_equal(value_set_add(&set, one), 0);
        assert_int_equal(value_set_add(&set, real), 0);
        assert_int_equal(value_set_add(&set, text), 1);
        assert_int_equal(value_set_add(&set, json_true()), 1);
        assert_true(value_set_has(&set, real));
        assert_false(value_set_has(&set, json_false()));
        assert_int_equal(set.n, 3);
        value_set_done(&set);
        json_decref(one);
        json_decref(real);
        json_decref(text);
}

static void many_values_are_told_apart(void **state) {
        json_t *values = json_array();
        struct value_set set = { 0 };

        for (json_int_t i = 0; i < 20000; i++)
                json_array_append_new(values, json_pack("[I, s]", i / 2, "x"));
        for (size_t i = 0; i < 20000; i++)
                assert_int_equal(value_set_add(&set, json_array_get(values, i)), i % 2 == 0);
        assert_int_equal(set.n, 10000);
        for (size_t i = 0; i < 20000; i++)
                assert_true(value_set_has(&set, json_array_get(values, i)));
        value_set_done(&set);
        json_decref(values);
}

enum { STAGES = 12, BLOCK = 4 };

/* FNV-1a, which has no key. */
static uint64_t fnv(uint64_t hash, uint32_t block) {
        for (unsigned i = 0; i < BLOCK; i++)
                hash = (hash ^ ('A' + (block >> 5 * i) % 32)) * 0x100000001b3;
        return hash;
}

/* Two blocks after which the lower half of the hash is the same; by the birthday paradox soon found. */
static uint64_t find_pair(uint64_t hash, uint32_t ret[2]) {
        static uint32_t seen[1 << 20], hashes[1 << 20];

        memset(seen, 0, sizeof(seen));
        for (uint32_t block = 1;; block++) {
                uint32_t next = (uint32_t)fnv(hash, block) & 0xffffff, at = next % ARRAY_LENGTH(seen);

                if (seen[at] && hashes[at] == next) {
                        ret[0] = seen[at];
                        ret[1] = block;
                        return next;
                }
                seen[at] = block;
                hashes[at] = next;
        }
}

/* Whoever sends values must not be able to choose such as meet in one place of the set. */
static void chosen_values_do_not_meet(void **state) {
        static bool places[1 << 16];
        uint32_t pairs[STAGES][2], met = 0;
        uint64_t hash = 0xcbf29ce484222325 + JSON_STRING;

        for (unsigned i = 0; i < STAGES; i++)
                hash = find_pair(hash, pairs[i]);
        for (uint32_t choice = 0; choice < 1u << STAGES; choice++) {
                char text[STAGES * BLOCK];
                json_t *value;
                size_t place;

                for (unsigned i = 0; i < sizeof(text); i++)
                        text[i] = (char)('A' +
                                         (pairs[i / BLOCK][choice >> i / BLOCK & 1] >> 5 * (i % BLOCK)) % 32);
                value = json_stringn(text, sizeof(text));
                place = table_hash_json(value) % ARRAY_LENGTH(places);
                met += places[place];
                places[place] = true;
                json_decref(value);
        }
        assert_true(met < 1u << (STAGES - 2));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_value_is_added_once),
                cmocka_unit_test(many_values_are_told_apart),
                cmocka_unit_test(chosen_values_do_not_meet),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
