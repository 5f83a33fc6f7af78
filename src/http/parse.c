#include "http/parse.h"

#include "http/request_int.h"
#include "http/target.h"

/* Beside this many bytes, each byte of a chunked body may bring 8 of framing: more is an attack, not a body. */
enum { FRAMING_FREE = REQUEST_HEAD_MAX, FRAMING_PER_BYTE = 8 };

static int refuse(struct parse *p, const struct refusal *refusal) {
        p->refusal = refusal;
        return HPE_USER;
}

static enum http_method method_of(uint8_t method) {
        switch (method) {
        case LLHTTP_GET:
                return HTTP_GET;
        case LLHTTP_HEAD:
                return HTTP_HEAD;
        case LLHTTP_POST:
                return HTTP_POST;
        case LLHTTP_PUT:
                return HTTP_PUT;
        case LLHTTP_PATCH:
                return HTTP_PATCH;
        case LLHTTP_DELETE:
                return HTTP_DELETE;
        case LLHTTP_OPTIONS:
                return HTTP_OPTIONS;
        default:
                return HTTP_METHOD_OTHER;
        }
}

/* Adds a piece to what was read of the same thing. False when it does not follow in memory: a folded line. */
static bool extend(struct str *s, const char *at, size_t len) {
        if (!s->ptr)
                *s = str_n(at, len);
        else if (s->ptr + s->len == at)
                s->len += len;
        else
                return len == 0;
        return true;
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        p->request->method = method_of(llhttp->method);
        if (!extend(&p->target, at, len))
                return refuse(p, &REFUSAL_REQUEST_LINE);
        return p->target.len > REQUEST_TARGET_MAX ? refuse(p, &REFUSAL_TARGET_LENGTH) : 0;
}

static int on_version(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        if (!p->version)
                p->version = at;
        return 0;
}

static int on_field(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        if (p->head_done)
                return 0;
        return extend(&p->field.name, at, len) ? 0 : refuse(p, &REFUSAL_FIELD);
}

static int on_value(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        if (p->head_done)
                return 0;
        return extend(&p->field.value, at, len) ? 0 : refuse(p, &REFUSAL_LINE_END);
}

/* Rules 4 to 8 of the guard, for the field that has just been read. */
static const struct refusal *take_known(struct parse *p, enum guard_known known, struct str value) {
        bool again = p->seen & 1u << known;

        p->seen |= 1u << known;
        switch (known) {
        case GUARD_OTHER:
                return NULL;
        case GUARD_LOOKALIKE:
                return &REFUSAL_LOOKALIKE;
        case GUARD_HOST:
                p->host = value;
                return again ? &REFUSAL_HOST : guard_host(value);
        case GUARD_CONTENT_LENGTH:
                return again ? &REFUSAL_LENGTH : guard_content_length(value, &p->content_length);
        case GUARD_TRANSFER_ENCODING:
                if (again)
                        return &REFUSAL_FRAMING;
                return str_eq(value, STR("chunked")) ? NULL : &REFUSAL_CODING;
        case GUARD_EXPECT:
                p->expect_continue = true;
                return again || !str_eq_ignore_case(value, STR("100-continue")) ? &REFUSAL_EXPECTATION : NULL;
        case GUARD_CONTENT_TYPE:
                p->request->body_kind = request_body_kind(value);
                return again ? &REFUSAL_REPEATED : NULL;
        case GUARD_AUTHORIZATION:
        case GUARD_ORIGIN:
        case GUARD_API_KEY:
                return again ? &REFUSAL_REPEATED : NULL;
        }
        return NULL;
}

static int on_value_complete(llhttp_t *llhttp) {
        struct parse *p = llhttp->data;
        struct request *req = p->request;
        struct http_header field = p->field;
        const struct refusal *refusal;
        enum guard_known known;
        struct str sent;

        p->field = (struct http_header){ STR_NULL, STR_NULL };
        if (p->head_done)
                return 0;
        if (req->n_headers == REQUEST_HEADERS_MAX)
                return refuse(p, &REFUSAL_FIELDS);
        sent = field.value.ptr ? field.value : STR("");
        field.value = str_trim(sent);
        refusal = guard_field(field.name, field.value);
        known = guard_name(field.name);
        if (!refusal)
                refusal = take_known(p, known, field.value);
        /* Spaces around a length are where parsers differ: one before it, none behind it. */
        if (!refusal && known == GUARD_CONTENT_LENGTH &&
            (sent.len != field.value.len || sent.ptr - (field.name.ptr + field.name.len) > 2))
                refusal = &REFUSAL_LENGTH;
        if (refusal)
                return refuse(p, refusal);
        req->headers[req->n_headers++] = field;
        return 0;
}

/* Messages without a body run on to their end; the others stop here for a decision. */
static int on_headers_complete(llhttp_t *llhttp) {
        struct parse *p = llhttp->data;

        llhttp->upgrade = 0; /* no protocol is ever switched: the field is ignored (RFC 9110 §7.8) */
        p->chunked = llhttp->flags & F_CHUNKED;
        p->keep_alive = !(llhttp->flags & F_CONNECTION_CLOSE);
        return p->chunked || p->content_length > 0 ? HPE_PAUSED : 0;
}

/* Looks at the framing of a chunked body up to `end`. */
static void check_framing(struct parse *p, const char *end) {
        struct str framing = str_n(p->framing_at, (size_t)(end - p->framing_at));

        if (!p->refusal)
                p->refusal = guard_framing(framing, &p->framing_cr);
        p->framing += framing.len;
        if (!p->refusal && p->framing > FRAMING_FREE + FRAMING_PER_BYTE * p->body_received)
                p->refusal = &REFUSAL_TRAILER;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        if (p->chunked) {
                check_framing(p, at);
                p->framing_at = at + len;
                if (p->refusal)
                        return HPE_USER;
        }
        p->body_received += len;
        if (p->body_received > p->body_max)
                return refuse(p, &REFUSAL_BODY);
        if (!p->collect)
                return extend(&p->request->body, at, len) ? 0 : refuse(p, &REFUSAL_INTERNAL);
        strbuf_append(p->collect, str_n(at, len));
        return p->collect->failed ? refuse(p, &REFUSAL_MEMORY) : 0;
}

static int on_message_complete(llhttp_t *llhttp) {
        struct parse *p = llhttp->data;

        p->complete = true;
        return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
        .on_url = on_url,
        .on_version = on_version,
        .on_header_field = on_field,
        .on_header_value = on_value,
        .on_header_value_complete = on_value_complete,
        .on_headers_complete = on_headers_complete,
        .on_body = on_body,
        .on_message_complete = on_message_complete,
};

void parse_begin(struct parse *p, struct request *req) {
        memset(p, 0, sizeof(*p));
        llhttp_init(&p->llhttp, HTTP_REQUEST, &settings);
        p->llhttp.data = p;
        p->request = req;
}

static const struct refusal *refusal_of(const struct parse *p, llhttp_errno_t error, struct str start) {
        if (p->head_done)
                return &REFUSAL_CHUNK;
        switch (error) {
        case HPE_INVALID_METHOD:
                return guard_unknown_method(start);
        case HPE_INVALID_VERSION:
                /* A version that we speak, and no line end behind it. */
                if (p->version && start.ptr + start.len - p->version > 3 && p->version[0] == '1' &&
                    p->version[1] == '.' && (p->version[2] == '0' || p->version[2] == '1'))
                        return &REFUSAL_LINE_END;
                return &REFUSAL_VERSION;
        case HPE_PAUSED_H2_UPGRADE:
                return &REFUSAL_VERSION;
        case HPE_INVALID_URL:
                return &REFUSAL_TARGET;
        case HPE_INVALID_CONTENT_LENGTH:
                return &REFUSAL_LENGTH;
        case HPE_UNEXPECTED_CONTENT_LENGTH:
        case HPE_INVALID_TRANSFER_ENCODING:
                return &REFUSAL_FRAMING;
        case HPE_LF_EXPECTED:
        case HPE_CR_EXPECTED:
        case HPE_STRICT:
                return &REFUSAL_LINE_END;
        case HPE_INVALID_HEADER_TOKEN:
                return &REFUSAL_FIELD;
        default:
                return p->version ? &REFUSAL_FIELD : &REFUSAL_REQUEST_LINE;
        }
}

/* What can be said once the header section is whole: rules 1 to 6 of the guard. */
static const struct refusal *check_head(struct parse *p, struct str head) {
        struct request *req = p->request;
        const struct refusal *refusal;
        struct str authority;
        bool http_1_1;

        if (head.len > REQUEST_HEAD_MAX)
                return &REFUSAL_FIELDS;
        refusal = p->version ? guard_request_line(head, p->target, p->version) : &REFUSAL_REQUEST_LINE;
        if (!refusal)
                refusal = guard_lines(head);
        if (!refusal)
                refusal = guard_target(p->target);
        if (!refusal)
                refusal = target_take(req, p->target, &authority);
        if (refusal)
                return refusal;
        http_1_1 = p->version[2] == '1';
        if (http_1_1 && !p->host.ptr)
                return &REFUSAL_HOST;
        if (p->seen & 1u << GUARD_TRANSFER_ENCODING && (!http_1_1 || p->seen & 1u << GUARD_CONTENT_LENGTH))
                return &REFUSAL_FRAMING;
        req->host = authority.ptr ? authority : p->host.ptr ? p->host : STR("");
        p->keep_alive = p->keep_alive && http_1_1;
        p->expect_continue = p->expect_continue && http_1_1;
        p->head_done = true;
        p->head_len = head.len;
        return NULL;
}

/* The body is whole: what it is, and where. */
static enum parse_result complete(struct parse *p) {
        struct request *req = p->request;

        if (p->collect)
                req->body = strbuf_str(p->collect);
        if (req->body.len == 0)
                req->body_kind = BODY_NONE;
        else if (!(p->seen & 1u << GUARD_CONTENT_TYPE))
                req->body_kind = BODY_OTHER;
        return PARSE_DONE;
}

enum parse_result parse_run(struct parse *p, const char *start, size_t from, size_t end,
                            size_t *ret_consumed) {
        bool in_chunks = p->head_done && p->chunked;
        size_t consumed = end;
        llhttp_errno_t error;

        p->framing_at = start + from;
        error = llhttp_execute(&p->llhttp, start + from, end - from);
        *ret_consumed = end;
        if (p->refusal)
                return PARSE_REFUSED;
        if (error == HPE_PAUSED) {
                consumed = (size_t)(llhttp_get_error_pos(&p->llhttp) - start);
                llhttp_resume(&p->llhttp);
                if (!p->head_done)
                        p->refusal = check_head(p, str_n(start, consumed));
        } else if (error != HPE_OK) {
                p->refusal = refusal_of(p, error, str_n(start, end));
        } else if (!p->head_done && end > REQUEST_HEAD_MAX) {
                p->refusal = &REFUSAL_FIELDS;
        }
        if (in_chunks)
                check_framing(p, start + consumed);
        if (p->refusal)
                return PARSE_REFUSED;
        *ret_consumed = consumed;
        if (p->complete)
                return complete(p);
        return error == HPE_PAUSED ? PARSE_BODY : PARSE_MORE;
}

const struct refusal *parse_body(struct parse *p, size_t max, struct strbuf *collect) {
        if (p->content_length > max)
                return &REFUSAL_BODY;
        p->body_max = max;
        p->collect = collect;
        p->request->body = collect ? STR("") : STR_NULL;
        return NULL;
}
