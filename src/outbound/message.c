#include "outbound/outbound_int.h"

bool outbound_is_token(struct str s) {
        static const char other[] = "!#$%&'*+-.^_`|~";

        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];

                if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
                    !(c && strchr(other, c)))
                        return false;
        }
        return s.len > 0;
}

/* Fields that frame the message or name the connection are libcurl's. */
static bool is_framing(struct str name) {
        static const char *const names[] = { "Host",       "Content-Length", "Transfer-Encoding",
                                             "Connection", "Upgrade",        "TE",
                                             "Trailer",    "Expect",         "Keep-Alive" };

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (str_eq_ignore_case(name, str_of(names[i])))
                        return true;
        return false;
}

static bool is_credential(const struct outbound_field *field) {
        return field->credential || str_eq_ignore_case(field->name, STR("Authorization")) ||
               str_eq_ignore_case(field->name, STR("Proxy-Authorization")) ||
               str_eq_ignore_case(field->name, STR("Cookie"));
}

static int append_field(struct outbound_call *call, const char *line) {
        struct curl_slist *longer = curl_slist_append(call->fields, line);

        if (!longer)
                return -ERR_NO_MEMORY;
        call->fields = longer;
        return 0;
}

static int add_field(struct outbound_call *call, const struct outbound_field *field) {
        _cleanup_(strbuf_done) struct strbuf line = STRBUF_INIT(OUTBOUND_FIELD_BYTES_MAX);

        if (!outbound_is_token(field->name))
                return outbound_fail(call->response, "A header's name has characters that no name may have");
        if (str_has_control(field->value))
                return outbound_fail(call->response, "The header %.*s has a control character in its value",
                                     (int)MIN_OF(field->name.len, (size_t)60), field->name.ptr);
        if (is_framing(field->name))
                return outbound_fail(call->response,
                                     "The header %.*s can't be set: it is part of the transport",
                                     (int)field->name.len, field->name.ptr);
        if ((call->foreign && is_credential(field)) ||
            (!call->with_body && str_eq_ignore_case(field->name, STR("Content-Type"))))
                return 0;
        strbuf_append(&line, field->name);
        /* libcurl's way to tell an empty value from the wish to leave the field out */
        strbuf_append(&line, field->value.len ? STR(": ") : STR(";"));
        strbuf_append(&line, field->value);
        strbuf_append_char(&line, '\0');
        if (line.failed)
                return outbound_fail(call->response, "A header is longer than %d bytes",
                                     OUTBOUND_FIELD_BYTES_MAX);
        return append_field(call, line.ptr);
}

int outbound_set_fields(struct outbound_call *call) {
        const struct outbound_request *request = call->request;
        int r = 0;

        if (request->n_fields > OUTBOUND_FIELDS_MAX)
                return outbound_fail(call->response, "There are more than %d headers", OUTBOUND_FIELDS_MAX);
        curl_slist_free_all(TAKE(call->fields));
        for (size_t i = 0; i < request->n_fields && r == 0; i++)
                r = add_field(call, &request->fields[i]);
        /* Waiting for a 100 costs a second with servers that don't know it. */
        if (r == 0)
                r = append_field(call, "Expect:");
        curl_easy_setopt(call->curl, CURLOPT_HTTPHEADER, call->fields);
        return r;
}

static int add_part(struct outbound_call *call, const struct outbound_part *part) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(3 * OUTBOUND_FIELD_BYTES_MAX);
        curl_mimepart *to = curl_mime_addpart(call->mime);
        size_t file_at, type_at;

        strbuf_append(&text, part->name);
        strbuf_append_char(&text, '\0');
        file_at = text.len;
        strbuf_append(&text, part->file_name);
        strbuf_append_char(&text, '\0');
        type_at = text.len;
        strbuf_append(&text, part->type);
        strbuf_append_char(&text, '\0');
        if (str_has_control(part->name) || str_has_control(part->file_name) || str_has_control(part->type))
                return outbound_fail(call->response, "A file's name or type has a control character in it");
        if (text.failed)
                return outbound_fail(call->response, "A file's name or type is too long");
        if (!to || curl_mime_name(to, text.ptr) != CURLE_OK ||
            (part->file_name.ptr && curl_mime_filename(to, text.ptr + file_at) != CURLE_OK) ||
            (part->type.ptr && curl_mime_type(to, text.ptr + type_at) != CURLE_OK) ||
            curl_mime_data(to, part->content.ptr, part->content.len) != CURLE_OK)
                return -ERR_NO_MEMORY;
        return 0;
}

int outbound_set_body(struct outbound_call *call) {
        const struct outbound_request *request = call->request;
        int r = 0;

        if (!call->with_body)
                return 0;
        if (request->n_parts == 0) {
                curl_easy_setopt(call->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
                curl_easy_setopt(call->curl, CURLOPT_POSTFIELDS, request->body.ptr);
                return 0;
        }
        if (request->n_parts > OUTBOUND_PARTS_MAX)
                return outbound_fail(call->response, "There are more than %d files and fields",
                                     OUTBOUND_PARTS_MAX);
        curl_mime_free(TAKE(call->mime));
        call->mime = curl_mime_init(call->curl);
        if (!call->mime)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < request->n_parts && r == 0; i++)
                r = add_part(call, &request->parts[i]);
        curl_easy_setopt(call->curl, CURLOPT_MIMEPOST, call->mime);
        return r;
}
