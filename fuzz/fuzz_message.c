/* Whole messages: parser, guard and target together, as a connection runs them. What is read does not depend on how the
 * bytes arrive, nor on what follows them; no message is complete before its last byte; its length is beyond doubt. */
#include "fuzz.h"
#include "http/parse.h"
#include "http/request_int.h"

enum { BODY_MAX = 2048, MESSAGES_MAX = 4 };

/* A message as it was read. */
struct reading {
        struct request request;
        struct parse parse;
        struct strbuf body;
        enum parse_result result;
        size_t consumed;
};

/* Reads one message, from pieces of `step` bytes. */
static void read_message(struct reading *r, struct str bytes, size_t step) {
        size_t from = 0, end = 0;

        request_init(&r->request);
        strbuf_init(&r->body, BODY_MAX);
        parse_begin(&r->parse, &r->request);
        r->result = PARSE_MORE;
        while (r->result == PARSE_MORE && end < bytes.len) {
                end = MIN_OF(end + step, bytes.len);
                do {
                        r->result = parse_run(&r->parse, bytes.ptr, from, end, &from);
                        HOLDS(from <= end);
                        if (r->result == PARSE_BODY) {
                                r->parse.refusal =
                                        parse_body(&r->parse, BODY_MAX, r->parse.chunked ? &r->body : NULL);
                                r->result = r->parse.refusal ? PARSE_REFUSED : PARSE_MORE;
                        }
                } while (r->result == PARSE_MORE && from < end);
        }
        HOLDS((r->result == PARSE_REFUSED) == (r->parse.refusal != NULL));
        r->consumed = from;
}

static void forget(struct reading *r) {
        request_done(&r->request);
        strbuf_done(&r->body);
}

static void check_same(const struct reading *a, const struct reading *b) {
        HOLDS(a->result == b->result);
        if (a->result != PARSE_DONE)
                return;
        HOLDS(a->consumed == b->consumed);
        HOLDS(a->request.method == b->request.method && a->request.body_kind == b->request.body_kind);
        HOLDS(str_eq(a->request.target, b->request.target) && str_eq(a->request.path, b->request.path));
        HOLDS(str_eq(a->request.query, b->request.query) && str_eq(a->request.host, b->request.host));
        HOLDS(str_eq(a->request.body, b->request.body));
        HOLDS(a->parse.keep_alive == b->parse.keep_alive &&
              a->parse.expect_continue == b->parse.expect_continue);
        HOLDS(a->request.n_headers == b->request.n_headers);
        for (size_t i = 0; i < a->request.n_headers; i++) {
                HOLDS(str_eq(a->request.headers[i].name, b->request.headers[i].name));
                HOLDS(str_eq(a->request.headers[i].value, b->request.headers[i].value));
        }
}

static size_t count(const struct request *req, struct str name) {
        size_t n = 0;

        for (size_t i = 0; i < req->n_headers; i++)
                n += str_eq_ignore_case(req->headers[i].name, name);
        return n;
}

/* What two servers could read in two ways is not read at all. */
static void check_framing(const struct reading *r) {
        const struct request *req = &r->request;
        size_t lengths = count(req, STR("content-length")), codings = count(req, STR("transfer-encoding"));
        bool http_1_1 = r->parse.version[2] == '1';
        uint64_t length = 0;

        HOLDS(lengths + codings <= 1);
        HOLDS(codings == 0 || http_1_1);
        HOLDS(count(req, STR("host")) == 1 || (!http_1_1 && count(req, STR("host")) == 0));
        if (lengths)
                HOLDS(str_to_uint(request_header(req, STR("content-length")), BODY_MAX, &length));
        if (codings == 0)
                HOLDS(req->body.len == length && r->consumed == r->parse.head_len + length);
        HOLDS(req->body.len <= BODY_MAX);
}

static void check_done(const struct reading *r) {
        const struct request *req = &r->request;

        HOLDS(r->consumed > 0 && r->parse.head_len <= REQUEST_HEAD_MAX &&
              req->n_headers <= REQUEST_HEADERS_MAX);
        HOLDS(str_eq(req->path, STR("*")) ? req->method == HTTP_OPTIONS
                                          : req->path.len && req->path.ptr[0] == '/');
        HOLDS(str_is_utf8(req->path) && !str_has_control(req->path));
        for (size_t i = 0; i < req->n_headers; i++)
                HOLDS(!guard_field(req->headers[i].name, req->headers[i].value));
        HOLDS((req->body_kind == BODY_NONE) == (req->body.len == 0));
        check_framing(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static struct reading whole, other; /* too large for the stack */
        struct str rest = str_n(data, size);

        if (size > REQUEST_HEAD_MAX) /* beyond it the limits count, and they may strike sooner or later */
                return 0;
        for (unsigned i = 0; i < MESSAGES_MAX && rest.len; i++) {
                struct str message;

                read_message(&whole, rest, rest.len);
                read_message(&other, rest, 1);
                check_same(&whole, &other);
                forget(&other);
                read_message(&other, rest, 1 + size % 17);
                check_same(&whole, &other);
                forget(&other);
                if (whole.result != PARSE_DONE) {
                        forget(&whole);
                        break;
                }
                check_done(&whole);

                message = str_first(rest, whole.consumed);
                read_message(&other, message, message.len);
                check_same(&whole, &other);
                forget(&other);
                read_message(&other, str_first(message, message.len - 1), message.len);
                HOLDS(other.result == PARSE_MORE);
                forget(&other);
                forget(&whole);
                rest = str_from(rest, message.len);
        }
        return 0;
}
