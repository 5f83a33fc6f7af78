/* Credentials as people send them: a host on the first line, header fields as JSON behind it; and the form in which secrets are
 * sealed, from any bytes. */
#include "base/strbuf.h"
#include "fuzz.h"
#include "integrations/credential_host.h"
#include "integrations/credential_secret.h"

static void check_host(struct arena *arena, struct str text) {
        const char *problem = NULL;
        struct str host, again;

        if (credential_host_read(arena, text, &host, &problem) < 0) {
                HOLDS(problem);
                return;
        }
        HOLDS(host.len > 0 && host.len <= CREDENTIAL_HOST_MAX);
        for (size_t i = 0; i < host.len; i++)
                HOLDS((host.ptr[i] >= 'a' && host.ptr[i] <= 'z') ||
                      (host.ptr[i] >= '0' && host.ptr[i] <= '9') || host.ptr[i] == '-' ||
                      host.ptr[i] == '_' || host.ptr[i] == '.' || (host.ptr[i] == '*' && i == 0));
        HOLDS(credential_host_read(arena, host, &again, &problem) == 0 && str_eq(host, again));
}

/* What comes out is sent as it is. */
static void check_headers(struct arena *arena, struct str json) {
        static struct credential_secret secret;
        const char *problem = NULL;
        size_t total = 0;

        credential_secret_init(&secret);
        if (credential_headers_read(arena, json, &secret, &problem) < 0) {
                HOLDS(problem);
                return;
        }
        HOLDS(secret.n_headers <= CREDENTIAL_HEADERS_MAX);
        for (size_t i = 0; i < secret.n_headers; i++) {
                struct str name = secret.headers[i].name, value = secret.headers[i].value;

                total += name.len + value.len;
                HOLDS(name.len && value.len && str_find(name, ':') < 0 && str_find(name, ' ') < 0 &&
                      !str_has_control(name));
                HOLDS(str_find(value, '\r') < 0 && str_find(value, '\n') < 0 && str_find(value, '\0') < 0);
                HOLDS(!str_eq_ignore_case(name, STR("Host")) &&
                      !str_eq_ignore_case(name, STR("Content-Length")));
        }
        HOLDS(total <= CREDENTIAL_HEADERS_BYTES_MAX);
}

/* What decodes encodes to something that decodes to the same. */
static void check_form(struct str bytes) {
        static struct credential_secret one, two;
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(VAULT_PLAIN_MAX);

        if (bytes.len > sizeof(one.bytes))
                return;
        credential_secret_init(&one);
        memcpy(one.bytes, bytes.ptr, bytes.len);
        one.len = bytes.len;
        if (credential_secret_decode(&one) < 0)
                return;
        credential_secret_encode(&one, &text);
        HOLDS(!text.failed && text.len <= bytes.len);
        credential_secret_init(&two);
        if (text.len)
                memcpy(two.bytes, text.ptr, text.len);
        two.len = text.len;
        HOLDS(credential_secret_decode(&two) == 0);
        HOLDS(str_eq(one.api_key, two.api_key) && one.n_headers == two.n_headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str rest = str_n(data, size), host = fuzz_line(&rest);
        struct arena arena;

        arena_init(&arena, 4 * 1024 * 1024);
        check_host(&arena, host);
        check_headers(&arena, rest);
        check_form(str_n(data, size));
        arena_done(&arena);
        return 0;
}
