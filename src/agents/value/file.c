#include "agents/value/file.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/strbuf.h"

bool file_is_data_uri(struct str text) {
        return str_eq_ignore_case(str_first(text, 5), STR("data:"));
}

/* "text/plain": two tokens (RFC 6838 §4.2). */
static bool is_media_type(struct str s) {
        ptrdiff_t slash = str_find(s, '/');

        if (slash <= 0 || (size_t)slash + 1 == s.len || s.len > FILE_TYPE_MAX)
                return false;
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];

                if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
                    !(c && strchr("!#$&-^_.+", c)) && i != (size_t)slash)
                        return false;
        }
        return true;
}

/* Decodes percent-encoded bytes. Returns their number, or -1. */
static ssize_t percent_decode(struct str text, char *out, size_t capacity) {
        size_t n = 0;

        for (size_t i = 0; i < text.len; i++) {
                int high, low;

                if (n == capacity)
                        return -1;
                if (text.ptr[i] != '%') {
                        out[n++] = text.ptr[i];
                        continue;
                }
                if (i + 2 >= text.len)
                        return -1;
                high = hex_digit(text.ptr[i + 1]);
                low = hex_digit(text.ptr[i + 2]);
                if (high < 0 || low < 0)
                        return -1;
                out[n++] = (char)(high << 4 | low);
                i += 2;
        }
        return (ssize_t)n;
}

/* Reads what stands before the comma: type and parameters. Unknown ones are passed over. */
static bool read_head(struct str head, struct file *file, bool *ret_base64) {
        struct str part;
        bool first = true;

        memcpy(file->type, "text/plain", sizeof("text/plain"));
        while (head.ptr && str_next(&head, ';', &part)) {
                if (first && part.len > 0) {
                        if (!is_media_type(part))
                                return false;
                        memcpy(file->type, part.ptr, part.len);
                        file->type[part.len] = '\0';
                } else if (!first && str_eq_ignore_case(part, STR("base64"))) {
                        *ret_base64 = true;
                } else if (!first && str_starts_with(part, STR("name="))) {
                        ssize_t n = percent_decode(str_from(part, 5), file->name, FILE_NAME_MAX);

                        if (n < 0 || str_has_control(str_n(file->name, (size_t)n)) ||
                            !str_is_utf8(str_n(file->name, (size_t)n)))
                                return false;
                        file->name[n] = '\0';
                }
                first = false;
        }
        return true;
}

static int read_body(struct str body, bool base64, struct file *file, const char **ret_problem) {
        ssize_t n;

        if (body.len / 4 * 3 > FILE_BYTES_MAX + 3) {
                *ret_problem = "the file is larger than 3 MB";
                return -ERR_BLOCK;
        }
        file->bytes = malloc(body.len + 1);
        if (!file->bytes)
                return -ERR_NO_MEMORY;
        n = base64 ? base64_decode(body, file->bytes, body.len) : percent_decode(body, file->bytes, body.len);
        if (n < 0 || n > FILE_BYTES_MAX) {
                *ret_problem =
                        n < 0 ? "the data: URI is not properly encoded" : "the file is larger than 3 MB";
                return -ERR_BLOCK;
        }
        file->len = (size_t)n;
        file->bytes[n] = '\0';
        return 0;
}

int file_read(struct str uri, struct file *ret, const char **ret_problem) {
        struct file file = FILE_EMPTY;
        ptrdiff_t comma = str_find(uri, ',');
        bool base64 = false;
        int r;

        *ret_problem = "a file must be given as a data: URI, such as data:text/plain;base64,aGVsbG8=";
        if (!file_is_data_uri(uri) || comma < 0 ||
            !read_head(str_n(uri.ptr + 5, (size_t)comma - 5), &file, &base64))
                return -ERR_BLOCK;
        r = read_body(str_from(uri, (size_t)comma + 1), base64, &file, ret_problem);
        if (r < 0) {
                file_end(&file);
                return r;
        }
        *ret = file;
        return 0;
}

json_t *file_value(struct str type, struct str name, struct str bytes) {
        size_t encoded = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_ORIGINAL);
        _cleanup_(strbuf_done) struct strbuf out =
                STRBUF_INIT(encoded + FILE_TYPE_MAX + 3 * FILE_NAME_MAX + 64);
        char *to;

        strbuf_append(&out, STR("data:"));
        strbuf_append(&out, is_media_type(type) ? type : STR("application/octet-stream"));
        if (name.len > 0 && name.len <= FILE_NAME_MAX) {
                strbuf_append(&out, STR(";name="));
                strbuf_append_percent(&out, name, false);
        }
        strbuf_append(&out, STR(";base64,"));
        to = strbuf_reserve(&out, encoded);
        if (!to || out.failed)
                return NULL;
        (void)sodium_bin2base64(to, encoded, (const uint8_t *)bytes.ptr, bytes.len,
                                sodium_base64_VARIANT_ORIGINAL);
        out.len += encoded - 1; /* without the NUL */
        return json_stringn(out.ptr, out.len);
}

void file_end(struct file *file) {
        free(file->bytes);
        *file = (struct file)FILE_EMPTY;
}
