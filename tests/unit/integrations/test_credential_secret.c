#include "integrations/credential_secret.h"

#include "unit.h"

#include "base/errors.h"

static void decode(struct credential_secret *s, struct str bytes, int expected) {
        credential_secret_init(s);
        memcpy(s->bytes, bytes.ptr, bytes.len);
        s->len = bytes.len;
        assert_int_equal(credential_secret_decode(s), expected);
}

static void every_member_comes_back(void **state) {
        static struct credential_secret in, out;
        _cleanup_(strbuf_done) struct strbuf bytes = STRBUF_INIT(VAULT_PLAIN_MAX);

        credential_secret_init(&in);
        in.api_key = STR("key");
        in.username = STR("");
        in.password = STR("pass\0word");
        in.access_token = STR("access");
        in.refresh_token = STR("refresh");
        in.metadata = STR("{}");
        in.headers[0] = (struct credential_header){ STR("X-One"), STR("1") };
        in.headers[1] = (struct credential_header){ STR("X-Two"), STR("2") };
        in.n_headers = 2;
        credential_secret_encode(&in, &bytes);
        decode(&out, strbuf_str(&bytes), 0);
        assert_true(str_eq(out.api_key, in.api_key) && str_eq(out.password, in.password));
        assert_non_null(out.username.ptr);
        assert_int_equal(out.username.len, 0);
        assert_true(str_eq(out.access_token, in.access_token) && str_eq(out.refresh_token, in.refresh_token));
        assert_true(str_eq(out.metadata, in.metadata));
        assert_int_equal(out.n_headers, 2);
        assert_true(str_eq(out.headers[1].name, STR("X-Two")) && str_eq(out.headers[1].value, STR("2")));
}

static void nothing_is_nothing(void **state) {
        static struct credential_secret out;

        decode(&out, STR(""), 0);
        assert_null(out.api_key.ptr);
        assert_int_equal(out.n_headers, 0);
}

static void other_bytes_are_refused(void **state) {
        static struct credential_secret out;

        decode(&out, STR("\x01"), -ERR_VAULT);
        decode(&out, STR("\x01\0\0\0\2a"), -ERR_VAULT);
        decode(&out,
               STR("\x01\xff\xff\xff\xff"
                   "a"),
               -ERR_VAULT);
        decode(&out, STR("\x63\0\0\0\1a"), -ERR_VAULT);
        decode(&out, STR("\x07\0\0\0\1a"), -ERR_VAULT);
        decode(&out, STR("\x08\0\0\0\1a"), -ERR_VAULT);
        decode(&out, STR("\x07\0\0\0\1a\x08\0\0\0\1b\x08\0\0\0\1c"), -ERR_VAULT);
}

static void it_is_wiped(void **state) {
        static struct credential_secret s;

        decode(&s, STR("\x01\0\0\0\3key"), 0);
        credential_secret_done(&s);
        for (size_t i = 0; i < sizeof(s); i++)
                assert_int_equal(((const char *)&s)[i], 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_member_comes_back),
                cmocka_unit_test(nothing_is_nothing),
                cmocka_unit_test(other_bytes_are_refused),
                cmocka_unit_test(it_is_wiped),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
