#include "oauth/redirect_uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const good_for_all[] = {
        "https://app.example.com/callback",
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com?x=1",
        "https://app.example.com:8443/callback?tenant=a%20b&x=y",
        "https://APP.example.com/Callback",
        "https://localhost/cb",
        "https://192.0.2.7/cb",
        "https://[2001:db8::1]:8443/cb",
        "https://xn--bcher-kva.example/cb",
        "https://my_host.internal/cb",
        "https://a-b.example/a/b;c=d,e/!$&'()*+,;=:@~-._",
        "https://app.example.com/cb?next=//x?y",
        "https://app.example.com/..a/.well-known/a..",
        "https://app.example.com:1/",
        "https://app.example.com:65535/",
        "http://localhost/cb",
        "http://localhost",
        "http://localhost:3000/callback",
        "http://127.0.0.1:9876/callback",
        "http://[::1]:9876/callback",
        "http://localhost?x=y",
};

static const char *const good_for_public[] = {
        "com.example.app:/callback",   "com.example.app:/",
        "com.example.app://callback",  "com.example.app://oauth/callback?x=1",
        "com.example.app:///callback", "net.example-inc.app2:/cb",
};

static const char *const bad[] = {
        "",
        "app.example.com/callback",
        "//app.example.com/callback",
        "/callback",
        "callback",
        ":",
        "https",
        "https:",
        "https:/",
        "https://",
        "https:///callback",
        "https:app.example.com",
        "https:/app.example.com/cb",
        "https:\\\\app.example.com",
        "https://?x",
        "https://:443/",
        "https://app.example.com:",
        "https://app.example.com:/cb",
        "https://app.example.com:0/cb",
        "https://app.example.com:080/cb",
        "https://app.example.com:65536/cb",
        "https://app.example.com:99999999999999999999/cb",
        "https://app.example.com:8o/cb",
        "https://app.example.com:-1/cb",
        "https://app.example.com:80:90/cb",
        "https://user@app.example.com/cb",
        "https://user:pass@app.example.com/cb",
        "https://@app.example.com/cb",
        "https://app.example.com:443@evil.example/cb",
        "https://app.example.com/cb#fragment",
        "https://app.example.com/cb#",
        "https://app.example.com/a b",
        " https://app.example.com/cb",
        "https://app.example.com/cb ",
        "https://app.example.com/\tcb",
        "https://app.example.com/\r\ncb",
        "https://app.example.com/\x7f",
        "https://app.example.com/caf\xc3\xa9",
        "https://m\xc3\xb6rk.example/cb",
        "https://app.example.com\\@evil.example/cb",
        "https://app.example.com/a\\b",
        "https://app.example.com/%",
        "https://app.example.com/%2",
        "https://app.example.com/%zz",
        "https://app%2eexample.com/cb",
        "https://app.example.com/<script>",
        "https://app.example.com/\"x\"",
        "https://app.example.com/{id}",
        "https://app.example.com/a|b",
        "https://app.example.com/a^b",
        "https://app.example.com/`",
        "https://app.example.com/[x]",
        "https://app.example.com/?a[]=1",
        "https://*.example.com/cb",
        "https://app.example.com/../cb",
        "https://app.example.com/a/./b",
        "https://app.example.com/a/%2E%2e/b",
        "https://app.example.com/a/.%2e",
        "https://app..example.com/cb",
        "https://.example.com/cb",
        "https://app.example.com./cb",
        "https://-app.example.com/cb",
        "https://app-.example.com/cb",
        "https://127.1/cb",
        "https://0x7f.1/cb",
        "https://127.0.0.01/cb",
        "https://2130706433/cb",
        "https://256.0.0.1/cb",
        "https://[::1/cb",
        "https://[]/cb",
        "https://[::1]x/cb",
        "https://[::g]/cb",
        "https://[fe80::1%25eth0]/cb",
        "https://[127.0.0.1]/cb",
        "HTTPS://app.example.com/cb",
        "Http://localhost/cb",
        "http://app.example.com/cb",
        "http://localhost.example.com/cb",
        "http://localhost./cb",
        "http://LOCALHOST/cb",
        "http://127.0.0.2/cb",
        "http://127.0.0.1.example.com/cb",
        "http://[::2]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://0.0.0.0/cb",
        "http://192.168.0.1/cb",
        "http://localhost@evil.example/cb",
        "http://localhost:80@evil.example/cb",
        "http://localhost:/cb",
        "javascript:alert(1)",
        "javascript://localhost/%0aalert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.example.com/x",
        "about:blank",
        "view-source:https://app.example.com",
        "ftp://app.example.com/cb",
        "ws://app.example.com/cb",
        "mailto:a@example.com",
        "urn:ietf:wg:oauth:2.0:oob",
        "myapp:/callback",
        "myapp://callback",
        "intent://x",
        "com.example.app:",
        "com.example.app:callback",
        "com.example.app://user@host/cb",
        "com.example.app://host:x/cb",
        "com.example.app:/cb#x",
        "com.example.app:/../cb",
        "Com.example.app:/cb",
        ".com:/cb",
        "com.:/cb",
        "1com.example:/cb",
        "com_example.app:/cb",
};

static void each_good_uri_can_be_registered(void **state) {
        const char *reason = NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(good_for_all); i++)
                for (int public = 0; public < 2; public ++)
                        if (!redirect_uri_check_registrable(str_of(good_for_all[i]), public, &reason))
                                fail_msg("%s: %s", good_for_all[i], reason);
}

static void private_use_schemes_are_for_public_clients_alone(void **state) {
        const char *reason = NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(good_for_public); i++) {
                if (!redirect_uri_check_registrable(str_of(good_for_public[i]), true, &reason))
                        fail_msg("%s: %s", good_for_public[i], reason);
                assert_false(redirect_uri_check_registrable(str_of(good_for_public[i]), false, &reason));
                assert_non_null(strstr(reason, "public"));
        }
}

static void each_bad_uri_is_refused_with_a_reason(void **state) {
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
                for (int public = 0; public < 2; public ++) {
                        const char *reason = NULL;

                        if (redirect_uri_check_registrable(str_of(bad[i]), public, &reason))
                                fail_msg("accepted: %s", bad[i]);
                        assert_non_null(reason);
                }
        assert_false(redirect_uri_check_registrable(STR_NULL, true, &(const char *){ NULL }));
        assert_false(
                redirect_uri_check_registrable(STR("https://a.example/\0x"), true, &(const char *){ NULL }));
}

static void the_reason_names_the_fault(void **state) {
        static const struct {
                const char *uri, *part;
        } rows[] = {
                { "https://app.example.com/cb#x", "fragment" },
                { "http://app.example.com/cb", "must use https" },
                { "https://u@app.example.com/cb", "user name" },
                { "https://app.example.com:0/", "port" },
                { "https://app.example.com/a\\b", "backslash" },
                { "javascript:alert(1)", "https" },
                { "https:///", "host" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                const char *reason = "";

                assert_false(redirect_uri_check_registrable(str_of(rows[i].uri), false, &reason));
                if (!strstr(reason, rows[i].part))
                        fail_msg("%s: %s", rows[i].uri, reason);
        }
}

static void the_longest_uri_has_2048_bytes(void **state) {
        char uri[REDIRECT_URI_MAX + 1];
        const char *reason = NULL;

        memset(uri, 'a', sizeof(uri));
        memcpy(uri, "https://a.example/", 18);
        assert_true(redirect_uri_check_registrable(str_n(uri, REDIRECT_URI_MAX), false, &reason));
        assert_false(redirect_uri_check_registrable(str_n(uri, REDIRECT_URI_MAX + 1), false, &reason));
        memcpy(uri, "http://localhost:1/", 19);
        assert_false(redirect_uri_matches(str_n(uri, REDIRECT_URI_MAX), str_n(uri, REDIRECT_URI_MAX + 1)));
}

static void a_registered_uri_matches_itself(void **state) {
        for (size_t i = 0; i < ARRAY_LENGTH(good_for_all); i++)
                assert_true(redirect_uri_matches(str_of(good_for_all[i]), str_of(good_for_all[i])));
        for (size_t i = 0; i < ARRAY_LENGTH(good_for_public); i++)
                assert_true(redirect_uri_matches(str_of(good_for_public[i]), str_of(good_for_public[i])));
        assert_false(redirect_uri_matches(STR(""), STR("")));
        assert_false(redirect_uri_matches(STR_NULL, STR_NULL));
}

static void a_loopback_uri_may_vary_in_its_port(void **state) {
        static const char *const rows[][2] = {
                { "http://localhost:3000/cb", "http://localhost:3001/cb" },
                { "http://localhost/cb", "http://localhost:49152/cb" },
                { "http://localhost:3000/cb", "http://localhost/cb" },
                { "http://127.0.0.1/cb?x=1", "http://127.0.0.1:65535/cb?x=1" },
                { "http://[::1]:1/cb", "http://[::1]:2/cb" },
                { "http://localhost", "http://localhost:8080" },
                { "http://localhost?x", "http://localhost:8080?x" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                if (!redirect_uri_matches(str_of(rows[i][0]), str_of(rows[i][1])))
                        fail_msg("%s does not match %s", rows[i][1], rows[i][0]);
}

static void nothing_else_may_vary(void **state) {
        static const char *const rows[][2] = {
                { "https://app.example.com/cb", "https://app.example.com/cb/" },
                { "https://app.example.com/cb", "https://app.example.com/CB" },
                { "https://app.example.com/cb", "https://APP.example.com/cb" },
                { "https://app.example.com/cb", "HTTPS://app.example.com/cb" },
                { "https://app.example.com/cb", "https://app.example.com:443/cb" },
                { "https://app.example.com/cb", "https://app.example.com:8443/cb" },
                { "https://app.example.com/cb", "https://app.example.com/cb?x" },
                { "https://app.example.com/cb", "https://app.example.com/cb?" },
                { "https://app.example.com/cb", "https://app.example.com/cb#" },
                { "https://app.example.com/cb", "https://app.example.com/%63b" },
                { "https://app.example.com/cb", "https://app.example.com/x/../cb" },
                { "https://app.example.com/cb", "https://u@app.example.com/cb" },
                { "https://app.example.com/cb", "https://app.example.com.evil.example/cb" },
                { "https://app.example.com/cb", "http://app.example.com/cb" },
                { "https://app.example.com/cb", "https://app.example.com/c" },
                { "https://app.example.com/cb", "https://app.example.com/cb\n" },
                { "https://app.example.com/cb", "" },
                { "https://localhost:1/cb", "https://localhost:2/cb" },
                { "http://app.example.com:1/cb", "http://app.example.com:2/cb" },
                { "http://localhost:1/cb", "http://127.0.0.1:1/cb" },
                { "http://localhost:1/cb", "http://LOCALHOST:1/cb" },
                { "http://localhost:1/cb", "https://localhost:1/cb" },
                { "http://localhost:1/cb", "http://localhost:2/cb/" },
                { "http://localhost:1/cb", "http://localhost:2/cb?x" },
                { "http://localhost:1/cb", "http://localhost:2/cb#x" },
                { "http://localhost:1/cb", "http://localhost:/cb" },
                { "http://localhost:1/cb", "http://localhost:0/cb" },
                { "http://localhost:1/cb", "http://localhost:01/cb" },
                { "http://localhost:1/cb", "http://localhost:65536/cb" },
                { "http://localhost:1/cb", "http://localhost:2@evil.example/cb" },
                { "http://localhost:1/cb", "http://localhost@evil.example/cb" },
                { "http://localhost:1/cb", "http://u@localhost:1/cb" },
                { "http://localhost:1/cb", "http://localhost.evil.example:1/cb" },
                { "http://localhost:1/cb", "http://localhost:2.evil.example/cb" },
                { "http://localhost:1/cb", "http://localhost\\.evil.example/cb" },
                { "http://localhost:1/cb", "http://localhost:2\\/cb" },
                { "http://localhost:1", "http://localhost:2/" },
                { "http://127.0.0.1/cb", "http://127.0.0.2/cb" },
                { "http://127.0.0.1/cb", "http://127.1/cb" },
                { "http://[::1]/cb", "http://[::2]/cb" },
                { "http://[::1]/cb", "http://[::1]x:1/cb" },
                { "http://[::1]/cb", "http://[::1]]:1/cb" },
                { "http://[::1]/cb", "http://[::1/cb" },
                { "com.example.app:/cb", "com.example.app:/cb2" },
                { "com.example.app://h:1/cb", "com.example.app://h:2/cb" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                if (redirect_uri_matches(str_of(rows[i][0]), str_of(rows[i][1])))
                        fail_msg("%s matches %s", rows[i][1], rows[i][0]);
                if (redirect_uri_matches(str_of(rows[i][1]), str_of(rows[i][0])))
                        fail_msg("%s matches %s", rows[i][0], rows[i][1]);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_good_uri_can_be_registered),
                cmocka_unit_test(private_use_schemes_are_for_public_clients_alone),
                cmocka_unit_test(each_bad_uri_is_refused_with_a_reason),
                cmocka_unit_test(the_reason_names_the_fault),
                cmocka_unit_test(the_longest_uri_has_2048_bytes),
                cmocka_unit_test(a_registered_uri_matches_itself),
                cmocka_unit_test(a_loopback_uri_may_vary_in_its_port),
                cmocka_unit_test(nothing_else_may_vary),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
