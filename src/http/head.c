/* The header section: request line and fields, as the parser finds them. */
#include "http/parse_int.h"
#include "http/request_int.h"
#include "http/target.h"

int parse_refuse(struct parse *p, const struct refusal *refusal) {
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

bool parse_extend(struct str *s, const char *at, size_t len) {
        if (!s->ptr)
                *s = str_n(at, len);
        else if (s->ptr + s->len == at)
                s->len += len;
        else
                return len == 0;
        return true;
}

int head_on_url(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        p->request->method = method_of(llhttp->method);
        if (!parse_extend(&p->target, at, len))
                return parse_refuse(p, &REFUSAL_REQUEST_LINE);
        return p->target.len > REQUEST_TARGET_MAX ? parse_refuse(p, &REFUSAL_TARGET_LENGTH) : 0;
}

int head_on_version(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        if (!p->version)
                p->version = at;
        return 0;
}

int head_on_field(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        if (p->head_done)
                return 0;
        return parse_extend(&p->field.name, at, len) ? 0 : parse_refuse(p, &REFUSAL_FIELD);
}

int head_on_value(llhttp_t *llhttp, const char *at, size_t len) {
        struct parse *p = llhttp->data;

        if (p->head_done)
                return 0;
        return parse_extend(&p->field.value, at, len) ? 0 : parse_refuse(p, &REFUSAL_LINE_END);
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

int head_on_value_complete(llhttp_t *llhttp) {
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
                return parse_refuse(p, &REFUSAL_FIELDS);
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
                return parse_refuse(p, refusal);
        req->headers[req->n_headers++] = field;
        return 0;
}

/* Messages without a body run on to their end; the others stop here for a decision. */
int head_on_headers_complete(llhttp_t *llhttp) {
        struct parse *p = llhttp->data;

        llhttp->upgrade = 0; /* no protocol is ever switched: the field is ignored (RFC 9110 §7.8) */
        p->chunked = llhttp->flags & F_CHUNKED;
        p->keep_alive = !(llhttp->flags & F_CONNECTION_CLOSE);
        return p->chunked || p->content_length > 0 ? HPE_PAUSED : 0;
}

const struct refusal *head_check(struct parse *p, struct str head) {
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
