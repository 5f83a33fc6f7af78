#include "http/forwarded.h"

#include <stdio.h>

#include "unit.h"

enum { FIELDS_MAX = 4 };

static struct network_list trusted;

static int trust(void **state) {
        struct str bad;

        assert_true(network_list_parse(STR("10.0.0.0/8, fd00::/8"), &trusted, &bad));
        return 0;
}

/* Fields "Name: value", in the order in which they are sent. */
static enum forwarded read_fields(const char *const *fields, struct ip *ret) {
        struct http_header headers[FIELDS_MAX];
        size_t n = 0;

        for (; n < FIELDS_MAX && fields[n]; n++) {
                struct str line = str_of(fields[n]);
                size_t colon = (size_t)str_find(line, ':');

                headers[n] =
                        (struct http_header){ str_first(line, colon), str_trim(str_from(line, colon + 1)) };
        }
        return forwarded_client(headers, n, &trusted, ret);
}

#define FIELDS(...) ((const char *const[FIELDS_MAX + 1]){ __VA_ARGS__ })

static void assert_client(const char *const *fields, const char *expected) {
        char text[IP_TEXT_MAX];
        struct ip ip;

        if (read_fields(fields, &ip) != FORWARDED_CLIENT)
                fail_msg("no client in \"%s\"", fields[0]);
        ip_print(&ip, text);
        assert_string_equal(text, expected);
}

static void assert_peer(const char *const *fields) {
        struct ip ip;

        if (read_fields(fields, &ip) != FORWARDED_PEER)
                fail_msg("not the peer's own: \"%s\"", fields[0] ? fields[0] : "");
}

static void without_a_field_the_peer_stands(void **state) {
        assert_peer(FIELDS(NULL));
        assert_peer(FIELDS("X-Real-IP: 192.0.2.1", "X-Forwarded-Host: evil.example", "Via: 1.1 x"));
        assert_peer(FIELDS("X-Forwarded-For:"));
        assert_peer(FIELDS("Forwarded: , ,"));
}

static void the_right_most_address_that_is_no_proxy_is_the_client(void **state) {
        assert_client(FIELDS("X-Forwarded-For: 192.0.2.1"), "192.0.2.1");
        assert_client(FIELDS("X-Forwarded-For: 198.51.100.9, 192.0.2.1"), "192.0.2.1");
        assert_client(FIELDS("x-forwarded-for: 198.51.100.9, 192.0.2.1, 10.1.1.1,10.2.2.2"), "192.0.2.1");
        assert_client(FIELDS("Forwarded: for=198.51.100.9, for=192.0.2.1;proto=https, for=10.1.1.1"),
                      "192.0.2.1");
        assert_client(FIELDS("X-Forwarded-For: 198.51.100.9", "X-Forwarded-For: 192.0.2.1",
                             "X-Forwarded-For: 10.0.0.1"),
                      "192.0.2.1");
}

static void when_all_are_proxies_the_first_is_the_client(void **state) {
        assert_client(FIELDS("X-Forwarded-For: 10.0.0.9, 10.0.0.8"), "10.0.0.9");
        assert_client(FIELDS("Forwarded: for=\"[fd00::9]\", for=10.0.0.8"), "fd00::9");
}

static void what_the_client_wrote_further_left_changes_nothing(void **state) {
        static const char *const lies[] = { "10.0.0.1",      "for=\"",    "for=\"a,",   "\\\"",
                                            "for=10.0.0.1;", "\"\\",      "for=\"\\\"", ",,,,",
                                            "garbage=;=;",   "for=x,for", "unknown",    "\"\"\"" };
        char field[200], other[200];

        for (size_t i = 0; i < ARRAY_LENGTH(lies); i++) {
                (void)snprintf(field, sizeof(field), "Forwarded: %s, for=\"192.0.2.1:4711\";by=10.9.9.9",
                               lies[i]);
                assert_client(FIELDS(field), "192.0.2.1");
                (void)snprintf(other, sizeof(other), "X-Forwarded-For: %s, 192.0.2.1", lies[i]);
                assert_client(FIELDS(other), "192.0.2.1");
                assert_client(FIELDS(other, field), "192.0.2.1");
        }
}

static void every_form_of_an_address_is_read(void **state) {
        assert_client(FIELDS("X-Forwarded-For: 192.0.2.1:4711"), "192.0.2.1");
        assert_client(FIELDS("X-Forwarded-For: 2001:DB8::1"), "2001:db8::1");
        assert_client(FIELDS("X-Forwarded-For: [2001:db8::1]"), "2001:db8::1");
        assert_client(FIELDS("X-Forwarded-For: [2001:db8::1]:4711"), "2001:db8::1");
        assert_client(FIELDS("X-Forwarded-For: ::ffff:192.0.2.1"), "192.0.2.1");
        assert_client(FIELDS("X-Forwarded-For: ::ffff:10.0.0.1"), "10.0.0.1");
        assert_client(FIELDS("Forwarded: FOR=\"[2001:db8::1]:4711\""), "2001:db8::1");
        assert_client(FIELDS("Forwarded: by=203.0.113.43;host=\"a,b;c\";For=192.0.2.1 ; proto=http"),
                      "192.0.2.1");
        assert_client(FIELDS("Forwarded: for=\"192.0.2.1:4711\""), "192.0.2.1");
}

static void an_address_that_a_proxy_hides_or_garbles_is_the_peers_own(void **state) {
        static const char *const values[] = {
                "for=unknown",
                "for=_hidden",
                "for=\"_x:_y\"",
                "proto=https",
                "for=",
                "for=\"192.0.2.1",
                "for = 192.0.2.1",
                "for=192.0.2.1;for=1.1.1.1",
                "for=192.0.2.1 x",
                "for=192.0.2.1:80",
                "for=2001:db8::1",
                "for=[2001:db8::1]",
                "for=\"2001:db8::1\"",
                "for=\"[192.0.2.1]\"",
                "=192.0.2.1",
                "for=\"192.0.2.1:99999\"",
                "for=\"\\192.0.2.1\"",
                "for=\"[2001:db8::1]x\"",
                "for=\"[2001:db8::1\"",
                "192.0.2.1",
        };
        static const char *const nodes[] = {
                "unknown",      "192.0.2.1:x",   "192.0.2.1:",          "[192.0.2.1]",   "[2001:db8::1",
                "fe80::1%eth0", "for=192.0.2.1", "192.0.2.1 192.0.2.2", "\"192.0.2.1\"", "-"
        };
        char field[200];

        for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
                (void)snprintf(field, sizeof(field), "Forwarded: for=198.51.100.9, %s", values[i]);
                assert_peer(FIELDS(field));
        }
        for (size_t i = 0; i < ARRAY_LENGTH(nodes); i++) {
                (void)snprintf(field, sizeof(field), "X-Forwarded-For: 198.51.100.9, %s", nodes[i]);
                assert_peer(FIELDS(field));
        }
}

static void too_many_proxies_and_too_long_words_are_not_believed(void **state) {
        char field[FORWARDED_ELEMENT_MAX + 100] = "X-Forwarded-For: 192.0.2.1";
        size_t n = strlen(field);

        for (int i = 0; i < FORWARDED_HOPS_MAX - 1; i++, n += 10)
                memcpy(field + n, ", 10.0.0.1", 11);
        assert_client(FIELDS(field), "192.0.2.1");
        memcpy(field + n, ", 10.0.0.1", 11);
        assert_peer(FIELDS(field));

        n = (size_t)snprintf(field, sizeof(field), "Forwarded: for=192.0.2.1;by=");
        memset(field + n, 'a', sizeof(field) - n);
        field[strlen("Forwarded: ") + FORWARDED_ELEMENT_MAX] = '\0';
        assert_client(FIELDS(field), "192.0.2.1");
        field[strlen("Forwarded: ") + FORWARDED_ELEMENT_MAX] = 'a';
        field[strlen("Forwarded: ") + FORWARDED_ELEMENT_MAX + 1] = '\0';
        assert_peer(FIELDS(field));
}

static void two_fields_must_agree(void **state) {
        struct ip ip;

        assert_client(FIELDS("Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1"), "192.0.2.1");
        assert_peer(FIELDS("Forwarded: for=unknown", "X-Forwarded-For: unknown"));
        assert_int_equal(read_fields(FIELDS("Forwarded: for=192.0.2.2", "X-Forwarded-For: 192.0.2.1"), &ip),
                         FORWARDED_CONFLICT);
        assert_int_equal(read_fields(FIELDS("X-Forwarded-For: 192.0.2.1", "Forwarded: for=unknown"), &ip),
                         FORWARDED_CONFLICT);
        assert_int_equal(read_fields(FIELDS("X-Forwarded-For: x", "Forwarded: for=192.0.2.1"), &ip),
                         FORWARDED_CONFLICT);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_a_field_the_peer_stands),
                cmocka_unit_test(the_right_most_address_that_is_no_proxy_is_the_client),
                cmocka_unit_test(when_all_are_proxies_the_first_is_the_client),
                cmocka_unit_test(what_the_client_wrote_further_left_changes_nothing),
                cmocka_unit_test(every_form_of_an_address_is_read),
                cmocka_unit_test(an_address_that_a_proxy_hides_or_garbles_is_the_peers_own),
                cmocka_unit_test(too_many_proxies_and_too_long_words_are_not_believed),
                cmocka_unit_test(two_fields_must_agree),
        };

        return cmocka_run_group_tests(tests, trust, NULL);
}
