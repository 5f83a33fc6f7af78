/* The request guard, held against the rules as a reader of the RFCs would write them down, in the slowest way.
 *
 * Input: a target, a field's name, a field's value, a host, a content length, each on its line; then a header section. */
#include <stdlib.h>

#include "fuzz.h"
#include "http/request_int.h"
#include "http/target.h"

static bool is_hex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_alnum(uint8_t c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool target_ok(struct str s) {
        for (size_t i = 0; i < s.len; i++) {
                uint8_t c = str_at(s, i);

                if (c <= 0x20 || c >= 0x7f || strchr("\"#<>\\^{|}`", c))
                        return false;
                if (c != '%')
                        continue;
                if (i + 2 >= s.len || !is_hex(s.ptr[i + 1]) || !is_hex(s.ptr[i + 2]))
                        return false;
                if (s.ptr[i + 1] == '0' && strchr("0aAdD", s.ptr[i + 2]))
                        return false;
        }
        return s.len > 0;
}

static void check_target(struct str target) {
        static struct request req; /* too large for the stack */
        struct str authority = STR_NULL;
        bool ok = !guard_target(target);

        HOLDS(ok == target_ok(target));
        if (!ok)
                return;
        request_init(&req);
        req.method = HTTP_GET;
        if (!target_take(&req, target, &authority)) {
                HOLDS(req.path.len > 0 && req.path.ptr[0] == '/');
                HOLDS(str_is_utf8(req.path) && !str_has_control(req.path));
                HOLDS(!authority.ptr || (!guard_host(authority) && target.ptr[0] != '/'));
                HOLDS(authority.ptr || str_eq(req.target, target));
                HOLDS(str_find(req.query, '#') < 0);
        }
        request_done(&req);
}

static bool token_ok(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (!is_alnum(str_at(s, i)) && !(s.ptr[i] && strchr("!#$%&'*+-.^_`|~", s.ptr[i])))
                        return false;
        return s.len > 0;
}

static void check_field(struct str name, struct str value) {
        bool value_ok = true;

        for (size_t i = 0; i < value.len; i++)
                value_ok = value_ok && str_at(value, i) != 0x7f &&
                           (str_at(value, i) >= 0x20 || value.ptr[i] == '\t');
        HOLDS(guard_is_token(name) == token_ok(name));
        HOLDS(!guard_field(name, value) == (token_ok(name) && value_ok));
}

/* A name frames the message, or looks like one that does, or is another one: in any case, never two of these. */
static void check_name(struct str name) {
        static const struct {
                struct str name;
                enum guard_known known;
        } framing[] = {
                { STR_INIT("host"), GUARD_HOST },
                { STR_INIT("content-length"), GUARD_CONTENT_LENGTH },
                { STR_INIT("transfer-encoding"), GUARD_TRANSFER_ENCODING },
        };
        enum guard_known known = guard_name(name);

        for (size_t i = 0; i < ARRAY_LENGTH(framing); i++) {
                HOLDS(str_eq_ignore_case(name, framing[i].name) == (known == framing[i].known));
                if (name.len > framing[i].name.len &&
                    str_eq_ignore_case(str_first(name, framing[i].name.len), framing[i].name))
                        HOLDS(known == GUARD_LOOKALIKE);
        }
}

static void check_host(struct str host) {
        size_t colons = 0;

        if (guard_host(host))
                return;
        HOLDS(host.len > 0 && host.ptr[0] != ':');
        for (size_t i = 0; i < host.len; i++) {
                HOLDS(is_alnum(str_at(host, i)) || strchr("-._~:[]", host.ptr[i]));
                colons += host.ptr[i] == ':';
        }
        HOLDS(host.ptr[0] == '[' ? str_find(host, ']') > 0 : colons <= 1 && str_find(host, '[') < 0);
        for (size_t i = host.len; i > 0 && host.ptr[i - 1] != ':' && host.ptr[i - 1] != ']'; i--)
                HOLDS(host.ptr[0] == '[' || colons == 0 ||
                      (host.ptr[i - 1] >= '0' && host.ptr[i - 1] <= '9'));
}

static void check_content_length(struct str value) {
        char text[32] = "";
        uint64_t length = 0;
        bool digits = value.len > 0 && value.len <= 18;

        for (size_t i = 0; digits && i < value.len; i++)
                digits = value.ptr[i] >= '0' && value.ptr[i] <= '9';
        digits = digits && (value.len == 1 || value.ptr[0] != '0');
        HOLDS(!guard_content_length(value, &length) == digits);
        if (!digits)
                return;
        memcpy(text, value.ptr, value.len);
        HOLDS(length == strtoull(text, NULL, 10));
}

static void check_lines(struct str head) {
        bool ok = head.len == 0 || head.ptr[head.len - 1] == '\n';

        for (size_t i = 0; i < head.len; i++) {
                if (head.ptr[i] == '\n')
                        ok = ok && i > 0 && head.ptr[i - 1] == '\r' &&
                             !(i + 1 < head.len && (head.ptr[i + 1] == ' ' || head.ptr[i + 1] == '\t'));
                if (head.ptr[i] == '\r')
                        ok = ok && i + 1 < head.len && head.ptr[i + 1] == '\n';
        }
        HOLDS(!guard_lines(head) == ok);
        HOLDS(guard_unknown_method(head) == &REFUSAL_METHOD ||
              guard_unknown_method(head) == &REFUSAL_REQUEST_LINE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str rest = str_n(data, size), name;

        check_target(fuzz_line(&rest));
        name = fuzz_line(&rest);
        check_field(name, fuzz_line(&rest));
        check_name(name);
        check_host(fuzz_line(&rest));
        check_content_length(fuzz_line(&rest));
        check_lines(rest);
        return 0;
}
