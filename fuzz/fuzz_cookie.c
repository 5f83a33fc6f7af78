/* Cookies: the value found is the one of the one pair that has the name, in no header twice; what is set comes back.
 *
 * Input: the name, then a Cookie header on each line. */
#include "fuzz.h"
#include "http/request_int.h"
#include "http/response.h"

enum { LINES_MAX = 4 };

/* Number of pairs with that name, by another way than the parser's: byte by byte. */
static size_t count_pairs(struct str header, struct str name) {
        size_t n = 0, start = 0;

        for (size_t i = 0; i <= header.len; i++) {
                struct str pair;

                if (i < header.len && header.ptr[i] != ';')
                        continue;
                pair = str_n(header.ptr + start, i - start);
                while (pair.len && (pair.ptr[0] == ' ' || pair.ptr[0] == '\t'))
                        pair = str_from(pair, 1);
                if (pair.len > name.len && pair.ptr[name.len] == '=' && str_starts_with(pair, name))
                        n++;
                start = i + 1;
        }
        return n;
}

/* A cookie that response_cookie() sets is what the browser sends back. */
static void check_round_trip(struct request *req, struct str name, struct str value) {
        struct response res = { .request = req };
        struct str field;
        ptrdiff_t end;

        if (response_cookie(&res, name, value, 60, true) < 0 || res.failed)
                return;
        HOLDS(res.n_headers == 1);
        field = res.headers[0].value;
        HOLDS(!str_has_control(field));
        end = str_find(field, ';');
        HOLDS(end > 0);
        HOLDS(str_eq(str_from(field, (size_t)end),
                     STR("; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure")));
        req->headers[0] = (struct http_header){ STR("Cookie"), str_first(field, (size_t)end) };
        req->n_headers = 1;
        HOLDS(str_eq(request_cookie(req, name), value) && request_cookie(req, name).ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static struct request req; /* too large for the stack */
        struct str rest = str_n(data, size), name, value, line;
        size_t pairs = 0;

        name = fuzz_line(&rest);
        if (str_find(name, '=') >= 0 || str_find(name, ';') >= 0 || str_find(name, ' ') == 0 ||
            str_find(name, '\t') == 0)
                return 0;
        request_init(&req);
        line = STR("");
        while (rest.len && req.n_headers < LINES_MAX) {
                line = fuzz_line(&rest);
                req.headers[req.n_headers++] = (struct http_header){ STR("cookie"), str_trim(line) };
                pairs += count_pairs(str_trim(line), name);
        }

        value = request_cookie(&req, name);
        HOLDS((value.ptr != NULL) == (pairs == 1));
        HOLDS(str_find(value, ';') < 0);
        if (value.ptr)
                HOLDS(value.ptr[-1] == '=' && memcmp(value.ptr - 1 - name.len, name.ptr, name.len) == 0);
        check_round_trip(&req, name, line);
        request_done(&req);
        return 0;
}
