/* The request guard: what is refused on top of what the parser refuses, rule by rule. Pure functions over the
 * bytes of a message; each returns NULL when all is well, or the refusal. Sources: RFC 9110, RFC 9112, and
 * the stricter reading of both wherever two servers could read a message in two ways. */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

struct refusal {
        int status;
        struct str text; /* public */
};

#define X(ident, status, text) extern const struct refusal REFUSAL_##ident;
#include "http/refusals.def"
#undef X

/* RFC 9110 §5.6.2: what a method and a field's name are made of. */
bool guard_is_token(struct str s);

/* What stands where a method should, and is none that the parser knows: a token is an unknown method (501),
 * anything else a malformed request line.
 *
 * start   the request from its first byte on, as far as it has come */
_must_use_ const struct refusal *guard_unknown_method(struct str start);

/* One space on either side of the target, then exactly "HTTP/1.1" or "HTTP/1.0" (RFC 9112 §3).
 *
 * start     the request from its first byte on
 * target    as the parser found it within `start`
 * version   the three bytes after "HTTP/", within `start` */
_must_use_ const struct refusal *guard_request_line(struct str start, struct str target, const char *version);

/* The bytes of a target: visible ASCII without those that RFC 3986 excludes, `%` followed by two hex digits,
 * and no encoded NUL, CR or LF. */
_must_use_ const struct refusal *guard_target(struct str target);

/* The whole header section, request line to empty line: every line ends in CR LF, no bare CR or LF, no
 * folding (RFC 9112 §2.2, §5.2). */
_must_use_ const struct refusal *guard_lines(struct str head);

/* Chunk sizes, extensions, trailers: whatever of a chunked body is not data. Every LF follows a CR, every CR is followed
 * by LF.
 *
 * framing   a piece, up to the next piece of data or to the end of what has come
 * cr        whether the piece before it, of the same run of framing, ended in CR; updated */
_must_use_ const struct refusal *guard_framing(struct str framing, bool *cr);

/* A field: its name is a token, its value has no control character but tab (RFC 9110 §5.5). */
_must_use_ const struct refusal *guard_field(struct str name, struct str value);

/* A registered name, IPv4 or [IPv6] address, with an optional port in digits; not empty (RFC 9110 §7.2). */
_must_use_ const struct refusal *guard_host(struct str host);

/* 1 to 18 digits, no sign, no leading zero (RFC 9110 §8.6). */
_must_use_ const struct refusal *guard_content_length(struct str value, uint64_t *ret);

/* Which fields a message has shown so far, of those that may come once. */
enum guard_known {
        GUARD_OTHER,
        GUARD_HOST,
        GUARD_CONTENT_LENGTH,
        GUARD_TRANSFER_ENCODING,
        GUARD_EXPECT,
        GUARD_CONTENT_TYPE,
        GUARD_AUTHORIZATION,
        GUARD_ORIGIN,
        GUARD_API_KEY,
        GUARD_LOOKALIKE, /* only looks like one of those that frame a message */
};

enum guard_known guard_name(struct str name);
