#include <inttypes.h>
#include <stdio.h>

#include "http/guard.h"
#include "http/response.h"

/* Names of fields and values of cookies are short, and few cookies are sent: no table is worth its building.
 */
struct str request_cookie(const struct request *req, struct str name) {
        struct str found = STR_NULL;

        for (size_t i = 0; i < req->n_headers; i++) {
                struct str rest = req->headers[i].value, pair;

                if (!str_eq_ignore_case(req->headers[i].name, STR("cookie")))
                        continue;
                while (str_next(&rest, ';', &pair)) {
                        ptrdiff_t equals;

                        pair = str_trim(pair);
                        equals = str_find(pair, '=');
                        if (equals < 0 || !str_eq(str_first(pair, (size_t)equals), name))
                                continue;
                        if (found.ptr)
                                return STR_NULL;
                        found = str_from(pair, (size_t)equals + 1);
                }
        }
        return found;
}

/* RFC 6265 §4.1.1, cookie-octet. */
static bool is_cookie_value(struct str value) {
        for (size_t i = 0; i < value.len; i++) {
                uint8_t c = str_at(value, i);

                if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\')
                        return false;
        }
        return value.len <= COOKIE_VALUE_MAX;
}

int response_cookie(struct response *res, struct str name, struct str value, int64_t max_age, bool secure) {
        char age[64] = "";
        struct str field;

        if (!guard_is_token(name) || !is_cookie_value(value))
                return -ERR_INTERNAL;
        /* Expires is for the clients that predate Max-Age: it deletes for them too. */
        if (max_age == 0)
                (void)snprintf(age, sizeof(age), "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        else if (max_age > 0)
                (void)snprintf(age, sizeof(age), "; Max-Age=%" PRId64, max_age);
        field = arena_printf(&res->request->arena, STR_FMT "=" STR_FMT "; Path=/%s; HttpOnly; SameSite=Lax%s",
                             STR_ARG(name), STR_ARG(value), age, secure ? "; Secure" : "");
        if (!field.ptr)
                return -ERR_NO_MEMORY;
        response_header(res, STR("Set-Cookie"), field);
        return 0;
}
