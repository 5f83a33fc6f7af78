/* One message out of a run of bytes: llhttp tells the parts apart, the guard refuses, the request is filled. Knows no
 * sockets. The bytes stay where they are until the request is done with, since its strings point into them; they come
 * piece by piece, and each piece follows the one before it in memory, but for a body that is collected elsewhere. */
#pragma once

#include "base/strbuf.h"
#include "http/guard.h"
#include "http/llhttp_names.h"
#include "http/request.h"

enum parse_result {
        PARSE_MORE,    /* all bytes are taken, the message is not complete */
        PARSE_BODY,    /* the header section is complete, a body follows: call parse_body(), then go on */
        PARSE_DONE,    /* the message is complete; the next one may follow */
        PARSE_REFUSED, /* `refusal` says why */
};

struct parse {
        llhttp_t llhttp;
        struct request *request;
        const struct refusal *refusal;
        struct str target;        /* as sent */
        const char *version;      /* three bytes, once they were seen */
        struct http_header field; /* the one that is being read */
        struct str host;
        unsigned seen; /* bits of enum guard_known */
        bool head_done;
        bool complete;
        bool chunked;
        bool keep_alive;
        bool expect_continue;    /* and HTTP/1.1 */
        size_t head_len;         /* bytes from the request line to the empty line */
        uint64_t content_length; /* bytes; 0 when chunked */
        uint64_t body_received;  /* bytes of body */
        uint64_t framing;        /* bytes of chunk sizes, extensions and trailers */
        const char
                *framing_at; /* the first of them that was not looked at yet, in the run of bytes at hand */
        bool framing_cr;     /* the one before it was a CR */
        size_t body_max;     /* bytes */
        struct strbuf *collect; /* where the body is collected; NULL when it lies in place */
};

/* Makes ready for a message. The request has been reset. */
void parse_begin(struct parse *p, struct request *req);

/* Takes bytes.
 *
 * start         of the message, in memory that does not move
 * from          offset of the first byte that was not taken yet
 * end           offset behind the last byte that is there
 * ret_consumed  offset behind the last byte taken; of a refusal, end */
_must_use_ enum parse_result parse_run(struct parse *p, const char *start, size_t from, size_t end,
                                       size_t *ret_consumed);

/* Decides about the body, after PARSE_BODY.
 *
 * max       bytes that the route takes
 * collect   where to collect it; NULL to leave it in place, for a body with Content-Length whose bytes will all follow
 *           the header section in memory */
_must_use_ const struct refusal *parse_body(struct parse *p, size_t max, struct strbuf *collect);
