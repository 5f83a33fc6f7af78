#include "base/network.h"

#include "unit.h"

static struct network_list networks;

static struct ip address(const char *text) {
        struct ip ip = { 0 };

        assert_true(ip_parse(str_of(text), &ip));
        return ip;
}

static void assert_read(const char *text, size_t n) {
        struct str bad;

        assert_true(network_list_parse(str_of(text), &networks, &bad));
        assert_int_equal(networks.n, n);
}

static void assert_refused(const char *text, const char *bad_item) {
        struct network_list before = networks;
        struct str bad = STR("nothing");

        assert_false(network_list_parse(str_of(text), &networks, &bad));
        assert_memory_equal(&networks, &before, sizeof(networks));
        if (bad_item)
                assert_true(str_eq(bad, str_of(bad_item)));
        else
                assert_null(bad.ptr);
}

static bool has(const char *text) {
        struct ip ip = address(text);

        return network_list_has(&networks, &ip);
}

static void an_address_is_written_in_one_form(void **state) {
        static const char *const forms[][2] = {
                { "192.0.2.1", "192.0.2.1" },
                { "::ffff:192.0.2.1", "192.0.2.1" },
                { "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
                { "::1", "::1" },
                { "::", "::" },
        };
        char out[IP_TEXT_MAX];

        for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
                struct ip ip = address(forms[i][0]);

                ip_print(&ip, out);
                assert_string_equal(out, forms[i][1]);
        }
}

static void what_is_no_address_is_refused(void **state) {
        static const char *const texts[] = { "",          "1.2.3",      "1.2.3.4.5",  "1.2.3.256", "01.2.3.4",
                                             "1.2.3.4 ",  " 1.2.3.4",   "1.2.3.4:80", "[::1]",     "::1%eth0",
                                             "fe80::1%1", "1::2::3",    "12345::",    "localhost", "0x7f.1",
                                             "127.1",     "2130706433", "1.2.3.4/32" };
        struct ip ip;

        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
                assert_false(ip_parse(str_of(texts[i]), &ip));
        assert_false(ip_parse(str_n("1.2.3.4\0", 8), &ip));
}

static void a_list_has_its_networks_and_no_other_address(void **state) {
        assert_read("", 0);
        assert_false(has("127.0.0.1"));
        assert_read(" 127.0.0.1,10.0.0.0/8 ,\tfd00::/8, 2001:db8::7, 192.0.2.128/25", 5);
        assert_true(has("127.0.0.1"));
        assert_true(has("::ffff:127.0.0.1"));
        assert_false(has("127.0.0.2"));
        assert_true(has("10.255.255.255"));
        assert_false(has("11.0.0.0"));
        assert_true(has("fdff::1"));
        assert_false(has("fe00::1"));
        assert_true(has("2001:db8::7"));
        assert_false(has("2001:db8::8"));
        assert_true(has("192.0.2.128"));
        assert_false(has("192.0.2.127"));
}

static void the_whole_of_one_family_does_not_hold_the_other(void **state) {
        assert_read("0.0.0.0/0", 1);
        assert_true(has("255.255.255.255"));
        assert_false(has("2001:db8::1"));
        assert_read("::/0", 1);
        assert_true(has("2001:db8::1"));
}

static void a_list_that_is_unclear_is_refused_with_the_item(void **state) {
        static const char *const items[] = { "10.0.0.1/8",  "10.0.0.0/33", "fd00::/129", "10.0.0.0/",
                                             "10.0.0.0/-1", "10.0.0.0/08", "fd00::1/64", "unix",
                                             "example.org", "10.0.0.0/8/8" };

        assert_read("::1", 1);
        for (size_t i = 0; i < ARRAY_LENGTH(items); i++)
                assert_refused(items[i], items[i]);
        assert_refused("127.0.0.1,", "");
        assert_refused("127.0.0.1,,::1", "");
        assert_refused("127.0.0.1, ::1, nonsense", "nonsense");
}

static void a_list_has_its_limit(void **state) {
        char text[(NETWORKS_MAX + 1) * 4] = "";

        for (int i = 0; i < NETWORKS_MAX; i++)
                memcpy(text + 4 * i, "::1,", 4);
        text[4 * NETWORKS_MAX - 1] = '\0';
        assert_read(text, NETWORKS_MAX);
        text[4 * NETWORKS_MAX - 1] = ',';
        memcpy(text + 4 * NETWORKS_MAX, "::1", 4);
        assert_refused(text, NULL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_address_is_written_in_one_form),
                cmocka_unit_test(what_is_no_address_is_refused),
                cmocka_unit_test(a_list_has_its_networks_and_no_other_address),
                cmocka_unit_test(the_whole_of_one_family_does_not_hold_the_other),
                cmocka_unit_test(a_list_that_is_unclear_is_refused_with_the_item),
                cmocka_unit_test(a_list_has_its_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
