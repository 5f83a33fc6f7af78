#include "outbound/address_policy.h"

#include "unit.h"

static bool allowed(const char *text, const struct network_list *networks) {
        struct ip ip;

        assert_true(ip_parse(str_of(text), &ip));
        return address_policy_allows(&ip, networks);
}

static void the_public_internet_may_be_called(void **state) {
        static const char *const public[] = {
                "1.1.1.1",         "8.8.8.8",           "172.15.255.255",      "172.32.0.0",
                "192.167.255.255", "100.63.255.255",    "100.128.0.0",         "169.253.255.255",
                "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888"
        };

        for (size_t i = 0; i < ARRAY_LENGTH(public); i++)
                assert_true(allowed(public[i], NULL));
}

static void what_is_not_public_may_not(void **state) {
        static const char *const special[] = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "192.0.0.192",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2001:db8::1",
                "100:0:0:1::1",
                "200::1",
                "1fff::1",
                "4000::1",
                "5f00::1",
                "fbff::1",
        };

        for (size_t i = 0; i < ARRAY_LENGTH(special); i++)
                assert_false(allowed(special[i], NULL));
}

static void an_operator_may_open_networks(void **state) {
        struct network_list networks;
        struct str bad;

        assert_true(network_list_parse(STR("10.1.0.0/16, ::1"), &networks, &bad));
        assert_true(allowed("10.1.2.3", &networks));
        assert_true(allowed("::ffff:10.1.2.3", &networks));
        assert_true(allowed("::1", &networks));
        assert_false(allowed("10.2.0.1", &networks));
        assert_false(allowed("127.0.0.1", &networks));
        assert_true(allowed("1.1.1.1", &networks));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_public_internet_may_be_called),
                cmocka_unit_test(what_is_not_public_may_not),
                cmocka_unit_test(an_operator_may_open_networks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
