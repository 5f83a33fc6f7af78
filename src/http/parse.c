#include "http/parse_int.h"

/* Beside this many bytes, each byte of a chunked body may bring 8 of framing: more is an attack, not a body. */
enum { FRAMING_FREE = REQUEST_HEAD_MAX, FRAMING_PER_BYTE = 8 };

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
                return parse_refuse(p, &REFUSAL_BODY);
        if (!p->collect)
                return parse_extend(&p->request->body, at, len) ? 0 : parse_refuse(p, &REFUSAL_INTERNAL);
        strbuf_append(p->collect, str_n(at, len));
        return p->collect->failed ? parse_refuse(p, &REFUSAL_MEMORY) : 0;
}

static int on_message_complete(llhttp_t *llhttp) {
        struct parse *p = llhttp->data;

        p->complete = true;
        return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
        .on_url = head_on_url,
        .on_version = head_on_version,
        .on_header_field = head_on_field,
        .on_header_value = head_on_value,
        .on_header_value_complete = head_on_value_complete,
        .on_headers_complete = head_on_headers_complete,
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
                        p->refusal = head_check(p, str_n(start, consumed));
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
