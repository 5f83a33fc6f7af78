/* Redirect URIs: what may be registered, and which presented one matches a registered one.
 *
 * Input: the registered URI, then the presented one on the next line. */
#include "fuzz.h"
#include "oauth/redirect_uri.h"

static const struct str loopbacks[] = { STR_INIT("http://localhost"), STR_INIT("http://127.0.0.1"),
                                        STR_INIT("http://[::1]") };

/* A loopback URI without its port; STR_NULL for what is none. Another way than the product's: by its beginning. */
static struct str without_port(struct str uri, char *out) {
        for (size_t i = 0; i < ARRAY_LENGTH(loopbacks); i++) {
                struct str rest = str_from(uri, loopbacks[i].len);
                size_t digits = 0;

                if (!str_starts_with(uri, loopbacks[i]))
                        continue;
                if (rest.len && rest.ptr[0] == ':') {
                        while (digits + 1 < rest.len && rest.ptr[digits + 1] >= '0' &&
                               rest.ptr[digits + 1] <= '9')
                                digits++;
                        if (digits == 0 || digits > 5)
                                return STR_NULL;
                        rest = str_from(rest, digits + 1);
                }
                if (rest.len && !strchr("/?#", rest.ptr[0]))
                        return STR_NULL;
                memcpy(out, loopbacks[i].ptr, loopbacks[i].len);
                memcpy(out + loopbacks[i].len, rest.ptr, rest.len);
                return str_n(out, loopbacks[i].len + rest.len);
        }
        return STR_NULL;
}

static void check_match(struct str registered, struct str presented) {
        char a[REDIRECT_URI_MAX + 1], b[REDIRECT_URI_MAX + 1];
        bool matches = redirect_uri_matches(registered, presented);

        if (registered.len == 0)
                HOLDS(!matches);
        else if (str_eq(registered, presented))
                HOLDS(matches);
        else if (matches) {
                HOLDS(registered.len <= REDIRECT_URI_MAX && presented.len <= REDIRECT_URI_MAX);
                HOLDS(without_port(registered, a).ptr);
                HOLDS(str_eq(without_port(registered, a), without_port(presented, b)));
        }
}

static void check_text(struct str uri) {
        for (size_t i = 0; i < uri.len; i++) {
                uint8_t c = str_at(uri, i);

                HOLDS(c > 0x20 && c < 0x7f && !strchr("#\\\"<>^`{|}", c));
        }
}

/* What stands between "//" and the next slash or question mark. */
static struct str authority_of(struct str uri) {
        ptrdiff_t colon = str_find(uri, ':');
        struct str rest = str_from(uri, (size_t)colon + 1);
        size_t n = 0;

        if (!str_starts_with(rest, STR("//")))
                return STR_NULL;
        rest = str_from(rest, 2);
        while (n < rest.len && rest.ptr[n] != '/' && rest.ptr[n] != '?')
                n++;
        return str_first(rest, n);
}

/* All before the query. */
static struct str path_of(struct str uri) {
        ptrdiff_t question = str_find(uri, '?');

        return question < 0 ? uri : str_first(uri, (size_t)question);
}

/* A URI that may be registered leads where everybody reads it to lead. */
static void check_registrable(struct str uri, bool public_client) {
        struct str authority = authority_of(uri), scheme = str_first(uri, (size_t)str_find(uri, ':'));
        char out[REDIRECT_URI_MAX + 1];

        HOLDS(uri.len > 0 && uri.len <= REDIRECT_URI_MAX);
        check_text(uri);
        HOLDS(str_find(authority, '@') < 0 && str_find(authority, '%') < 0);
        for (size_t i = 0; i < scheme.len; i++)
                HOLDS(!(scheme.ptr[i] >= 'A' && scheme.ptr[i] <= 'Z'));
        if (str_eq(scheme, STR("https")))
                HOLDS(authority.len > 0);
        else if (str_eq(scheme, STR("http")))
                HOLDS(without_port(uri, out).ptr);
        else
                HOLDS(public_client && str_find(scheme, '.') > 0);
        HOLDS(!str_contains(path_of(uri), STR("/../")) && !str_contains(path_of(uri), STR("/%2e%2e/")));
        HOLDS(redirect_uri_matches(uri, uri));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str presented = str_n(data, size), registered = fuzz_line(&presented);
        const char *reason = NULL, *presented_reason = NULL;
        bool confidential, public;

        confidential = redirect_uri_check_registrable(registered, false, &reason);
        HOLDS(confidential == !reason);
        reason = NULL;
        public = redirect_uri_check_registrable(registered, true, &reason);
        HOLDS(public == !reason);
        HOLDS(public || !confidential);
        if (confidential)
                check_registrable(registered, false);
        if (public)
                check_registrable(registered, true);

        check_match(registered, presented);
        if (!public || !redirect_uri_matches(registered, presented))
                return 0;
        /* what matches could have been registered itself, and matches the other way round */
        HOLDS(redirect_uri_matches(presented, registered));
        if (presented.len <= REDIRECT_URI_MAX)
                HOLDS(redirect_uri_check_registrable(presented, true, &presented_reason));
        return 0;
}
