/* Each member is its tag, its length in four bytes (the first the most significant) and its bytes. A tag never changes its
 * meaning: what is stored outlives the program. */
#include "integrations/credential_secret.h"

#include "base/errors.h"
#include "base/memory.h"

enum tag {
        TAG_API_KEY = 1,
        TAG_USERNAME,
        TAG_PASSWORD,
        TAG_ACCESS_TOKEN,
        TAG_REFRESH_TOKEN,
        TAG_METADATA,
        TAG_HEADER_NAME,
        TAG_HEADER_VALUE, /* of the name right before it */
};

enum { LENGTH_BYTES = 4 };

void credential_secret_init(struct credential_secret *s) {
        memset(s, 0, offsetof(struct credential_secret, bytes));
}

void credential_secret_done(struct credential_secret *s) {
        if (!s)
                return;
        memory_wipe(s->bytes, MIN_OF(s->len, sizeof(s->bytes)));
        memory_wipe(s, offsetof(struct credential_secret, bytes));
}

static void put(struct strbuf *to, enum tag tag, struct str value) {
        if (!value.ptr)
                return;
        strbuf_append_char(to, (char)tag);
        for (int shift = (LENGTH_BYTES - 1) * 8; shift >= 0; shift -= 8)
                strbuf_append_char(to, (char)(uint8_t)(value.len >> shift));
        strbuf_append(to, value);
}

void credential_secret_encode(const struct credential_secret *s, struct strbuf *to) {
        put(to, TAG_API_KEY, s->api_key);
        put(to, TAG_USERNAME, s->username);
        put(to, TAG_PASSWORD, s->password);
        put(to, TAG_ACCESS_TOKEN, s->access_token);
        put(to, TAG_REFRESH_TOKEN, s->refresh_token);
        put(to, TAG_METADATA, s->metadata);
        for (size_t i = 0; i < s->n_headers; i++) {
                put(to, TAG_HEADER_NAME, s->headers[i].name);
                put(to, TAG_HEADER_VALUE, s->headers[i].value);
        }
}

static int take_header(struct credential_secret *s, enum tag tag, struct str value) {
        if (tag == TAG_HEADER_NAME) {
                if (s->n_headers == ARRAY_LENGTH(s->headers))
                        return -ERR_VAULT;
                s->headers[s->n_headers++] = (struct credential_header){ .name = value };
                return 0;
        }
        if (s->n_headers == 0 || s->headers[s->n_headers - 1].value.ptr)
                return -ERR_VAULT;
        s->headers[s->n_headers - 1].value = value;
        return 0;
}

static int take(struct credential_secret *s, enum tag tag, struct str value) {
        switch (tag) {
        case TAG_API_KEY:
                s->api_key = value;
                return 0;
        case TAG_USERNAME:
                s->username = value;
                return 0;
        case TAG_PASSWORD:
                s->password = value;
                return 0;
        case TAG_ACCESS_TOKEN:
                s->access_token = value;
                return 0;
        case TAG_REFRESH_TOKEN:
                s->refresh_token = value;
                return 0;
        case TAG_METADATA:
                s->metadata = value;
                return 0;
        case TAG_HEADER_NAME:
        case TAG_HEADER_VALUE:
                return take_header(s, tag, value);
        }
        return -ERR_VAULT;
}

int credential_secret_decode(struct credential_secret *s) {
        struct str rest = str_n(s->bytes, s->len);

        while (rest.len) {
                size_t len = 0;
                int r;

                if (rest.len < 1 + LENGTH_BYTES)
                        return -ERR_VAULT;
                for (size_t i = 0; i < LENGTH_BYTES; i++)
                        len = len << 8 | str_at(rest, 1 + i);
                if (len > rest.len - 1 - LENGTH_BYTES)
                        return -ERR_VAULT;
                r = take(s, (enum tag)str_at(rest, 0), str_n(rest.ptr + 1 + LENGTH_BYTES, len));
                if (r < 0)
                        return r;
                rest = str_from(rest, 1 + LENGTH_BYTES + len);
        }
        if (s->n_headers && !s->headers[s->n_headers - 1].value.ptr)
                return -ERR_VAULT;
        return 0;
}
