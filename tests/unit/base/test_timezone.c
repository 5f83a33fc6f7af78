#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/errors.h"
#include "base/timezone.h"

static int64_t number(const json_t *one, const char *name) {
        return json_integer_value(json_object_get(one, name));
}

static bool check_case(const json_t *one) {
        const char *name = json_string_value(json_object_get(one, "zone"));
        const struct timezone_data *zone;
        struct timezone_local local;
        int64_t utc = number(one, "utc"), first, second, shown;
        struct civil c;
        char iso[64];
        bool good;

        assert_int_equal(timezone_find(str_of(name), &zone), 0);
        timezone_at(zone, utc, &local);
        shown = utc + local.offset;
        civil_from_seconds(shown, &c);
        snprintf(iso, sizeof(iso), "%04d-%02d-%02d %02d:%02d:%02d %d %03d", (int)c.year, c.month, c.day,
                 c.hour, c.minute, c.second, c.weekday, c.yearday + 1);
        (void)timezone_instant(zone, shown + 1800, false, &first);
        (void)timezone_instant(zone, shown + 1800, true, &second);
        good = local.offset == number(one, "offset") && shown == number(one, "local") &&
               civil_to_seconds(&c) == shown &&
               strcmp(local.abbreviation, json_string_value(json_object_get(one, "name"))) == 0 &&
               strcmp(iso, json_string_value(json_object_get(one, "iso"))) == 0 &&
               first == number(one, "fold0") && second == number(one, "fold1");
        if (!good) {
                char *text = json_dumps(one, 0);

                print_error("%s\n   got %d %s %s %lld %lld\n", text, local.offset, local.abbreviation, iso,
                            (long long)first, (long long)second);
                free(text);
        }
        return good;
}

static void agrees_with_python(void **state) {
        json_t *cases = json_load_file(getenv("TIMEZONE_CASES"), 0, NULL);
        size_t bad = 0;

        assert_non_null(cases);
        assert_true(json_array_size(cases) > 3000);
        for (size_t i = 0; i < json_array_size(cases); i++)
                bad += !check_case(json_array_get(cases, i));
        json_decref(cases);
        assert_int_equal(bad, 0);
}

static void tells_what_comes_twice_or_never(void **state) {
        const struct timezone_data *berlin;
        struct civil spring = { .year = 2024, .month = 3, .day = 31, .hour = 2, .minute = 30 };
        struct civil autumn = { .year = 2024, .month = 10, .day = 27, .hour = 2, .minute = 30 };
        int64_t utc, later;

        assert_int_equal(timezone_find(STR("Europe/Berlin"), &berlin), 0);
        assert_int_equal(timezone_instant(berlin, civil_to_seconds(&spring), false, &utc), TIMEZONE_NEVER);
        assert_int_equal(timezone_instant(berlin, civil_to_seconds(&autumn), false, &utc), TIMEZONE_TWICE);
        assert_int_equal(timezone_instant(berlin, civil_to_seconds(&autumn), true, &later), TIMEZONE_TWICE);
        assert_int_equal(later - utc, 3600);
        assert_int_equal(timezone_instant(berlin, civil_to_seconds(&autumn) + 7200, false, &utc),
                         TIMEZONE_ONCE);
}

static void refuses_what_is_no_zone(void **state) {
        const struct timezone_data *zone;
        static const char *const names[] = {
                "",          "Nowhere/Atall", "../../../etc/passwd", "/etc/passwd", "Europe",
                "tzdata.zi", "Europe/../UTC", "Europe/Berlin\n",     "a b"
        };

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                assert_int_equal(timezone_find(str_of(names[i]), &zone), -ERR_TIMEZONE);
}

/* Every cut of a good file is refused, and every changed byte gives a zone or a refusal. */
static void malformed_files_are_refused(void **state) {
        char bytes[8192], *copy;
        FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
        struct timezone_data *zone = NULL;
        struct timezone_local local;
        size_t n;

        assert_non_null(file);
        n = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
        for (size_t cut = 0; cut < n; cut++) {
                copy = malloc(cut + 1);
                memcpy(copy, bytes, cut);
                assert_int_equal(timezone_parse(str_n(copy, cut), &zone), -ERR_TIMEZONE);
                free(copy);
        }
        for (size_t i = 0; i < n; i++) {
                bytes[i] ^= (char)0xff;
                if (timezone_parse(str_n(bytes, n), &zone) == 0) {
                        timezone_at(zone, 1700000000, &local);
                        timezone_at(zone, 9999999999, &local);
                        zone = timezone_free(zone);
                }
                bytes[i] ^= (char)0xff;
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(agrees_with_python),
                cmocka_unit_test(tells_what_comes_twice_or_never),
                cmocka_unit_test(refuses_what_is_no_zone),
                cmocka_unit_test(malformed_files_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
