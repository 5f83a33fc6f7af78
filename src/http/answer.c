#include "http/answer.h"

/* Status line, Date, Content-Length with 20 digits, X-Request-Id, Connection and the empty line: 64 + 37 + 38 + 32 + 19
 * + 2, rounded up. */
enum { FIXED_ROOM = 256 };

struct status_line {
        int status;
        struct str line;
};

#define LINE(status, reason) \
        { status, STR_INIT("HTTP/1.1 " #status " " reason "\r\n") }

/* Ordered by how often each is sent. */
static const struct status_line status_lines[] = {
        LINE(200, "OK"),
        LINE(400, "Bad Request"),
        LINE(303, "See Other"),
        LINE(401, "Unauthorized"),
        LINE(404, "Not Found"),
        LINE(204, "No Content"),
        LINE(201, "Created"),
        LINE(422, "Unprocessable Content"),
        LINE(403, "Forbidden"),
        LINE(304, "Not Modified"),
        LINE(202, "Accepted"),
        LINE(301, "Moved Permanently"),
        LINE(302, "Found"),
        LINE(307, "Temporary Redirect"),
        LINE(308, "Permanent Redirect"),
        LINE(402, "Payment Required"),
        LINE(405, "Method Not Allowed"),
        LINE(408, "Request Timeout"),
        LINE(409, "Conflict"),
        LINE(410, "Gone"),
        LINE(413, "Content Too Large"),
        LINE(414, "URI Too Long"),
        LINE(415, "Unsupported Media Type"),
        LINE(417, "Expectation Failed"),
        LINE(428, "Precondition Required"),
        LINE(429, "Too Many Requests"),
        LINE(431, "Request Header Fields Too Large"),
        LINE(500, "Internal Server Error"),
        LINE(501, "Not Implemented"),
        LINE(502, "Bad Gateway"),
        LINE(503, "Service Unavailable"),
        LINE(504, "Gateway Timeout"),
        LINE(505, "HTTP Version Not Supported"),
};

static char *put(char *at, struct str s) {
        memcpy(at, s.ptr, s.len);
        return at + s.len;
}

static char *put_number(char *at, size_t value) {
        char digits[20];
        size_t n = sizeof(digits);

        do {
                digits[--n] = (char)('0' + value % 10);
                value /= 10;
        } while (value);
        return put(at, str_n(digits + n, sizeof(digits) - n));
}

static char *put_status(char *at, int status) {
        for (size_t i = 0; i < ARRAY_LENGTH(status_lines); i++)
                if (status_lines[i].status == status)
                        return put(at, status_lines[i].line);
        at = put(at, STR("HTTP/1.1 "));
        at = put_number(at, (size_t)status);
        return put(at, STR(" \r\n"));
}

size_t answer_head_room(const struct response *res) {
        size_t room = FIXED_ROOM + res->fixed_fields.len + res->server_fields.len + res->limit_fields.len;

        for (size_t i = 0; i < res->n_headers; i++)
                room += res->headers[i].name.len + res->headers[i].value.len + 4;
        return room;
}

size_t answer_head(char *out, const struct response *res, const char *date_line, size_t body_len,
                   bool close) {
        char *at = put_status(out, res->status);

        at = put(at, str_n(date_line, ANSWER_DATE_LENGTH));
        for (size_t i = 0; i < res->n_headers; i++) {
                at = put(at, res->headers[i].name);
                at = put(at, STR(": "));
                if (res->headers[i].value.len)
                        at = put(at, res->headers[i].value);
                at = put(at, STR("\r\n"));
        }
        if (res->fixed_fields.len)
                at = put(at, res->fixed_fields);
        if (res->server_fields.len)
                at = put(at, res->server_fields);
        if (res->limit_fields.len)
                at = put(at, res->limit_fields);
        if (body_len == ANSWER_CHUNKED) {
                at = put(at, STR("Transfer-Encoding: chunked\r\n"));
        } else if (body_len != ANSWER_UNTIL_CLOSE && res->status != 204 && res->status != 304) {
                at = put(at, STR("Content-Length: "));
                at = put_number(at, body_len);
                at = put(at, STR("\r\n"));
        }
        at = put(at, STR("X-Request-Id: "));
        at = put(at, str_n(res->request->id, sizeof(res->request->id) - 1));
        at = put(at, close ? STR("\r\nConnection: close\r\n\r\n") : STR("\r\n\r\n"));
        return (size_t)(at - out);
}

bool answer_has_body(int status, enum http_method method) {
        return method != HTTP_HEAD && status != 204 && status != 304;
}
