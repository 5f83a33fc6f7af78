#include "account/audit_codec.h"

#include <arpa/inet.h>
#include <endian.h>

#include "base/codec.h"

enum { HEAD = 12, UUID_BYTES = AUDIT_UUID_BYTES, REASON_MAX = 40, NUMBER_BYTES = 8, REQUEST_BYTES = 8 };

static void u16_write(unsigned value, uint8_t *out) {
        out[0] = (uint8_t)(value >> 8);
        out[1] = (uint8_t)value;
}

static unsigned u16_read(const uint8_t *at) {
        return (unsigned)at[0] << 8 | at[1];
}

static void u64_write(uint64_t value, uint8_t *out) {
        value = htobe64(value);
        memcpy(out, &value, sizeof(value));
}

static uint64_t u64_read(const void *at) {
        uint64_t value;

        memcpy(&value, at, sizeof(value));
        return be64toh(value);
}

static uint8_t *put(uint8_t *out, unsigned tag, struct str bytes) {
        if (bytes.len == 0)
                return out;
        *out++ = (uint8_t)tag;
        *out++ = (uint8_t)bytes.len;
        memcpy(out, bytes.ptr, bytes.len);
        return out + bytes.len;
}

static uint8_t *put_number(uint8_t *out, unsigned tag, int64_t value) {
        uint8_t bytes[NUMBER_BYTES];

        if (value == 0)
                return out;
        u64_write((uint64_t)value, bytes);
        return put(out, tag, str_n(bytes, sizeof(bytes)));
}

/* Well-formed UTF-8 within a number of bytes; what is malformed is left out. */
static struct str text_within(struct str text, size_t max) {
        struct str first = str_first(text, max);

        for (unsigned cut = 0; cut < 4 && first.len; cut++, first.len--)
                if (str_is_utf8(first))
                        return first;
        return STR_NULL;
}

static uint8_t *put_text(uint8_t *out, unsigned tag, struct str text, size_t max) {
        return text.len ? put(out, tag, text_within(text, max)) : out;
}

/* Four bytes of eight lower-case hex digits, all at once: each grant has five times eight of them. */
static bool hex_pack(const char *text, uint8_t *out) {
        const uint64_t each = 0x0101010101010101;
        uint64_t v, low, letters, wrong;

        memcpy(&v, text, sizeof(v));
        v = be64toh(v);
        low = v & each * 0x0f;
        letters = v >> 6 & each;                     /* 0x61 to 0x66, where digits are 0x30 to 0x39 */
        wrong = v ^ (low | (each + letters) * 0x30); /* the upper half of another character */
        wrong |= (low + each * 6 + letters * 3) & each * 0x10; /* above 9, above f */
        wrong |= letters & ~(low + each * 0x0f) >> 4;          /* below a */
        v = low + letters * 9;
        v = (v | v >> 4) & 0x00ff00ff00ff00ff;
        v = (v | v >> 8) & 0x0000ffff0000ffff;
        v = v | v >> 16;
        for (unsigned i = 0; i < 4; i++)
                out[i] = (uint8_t)(v >> (24 - 8 * i));
        return wrong == 0;
}

/* A UUID in lower case: the form that reads back as it was. */
static bool uuid_pack(struct str text, uint8_t *out) {
        const char *in = text.ptr;
        char hex[2 * UUID_BYTES];

        if (text.len != ID_UUID_LENGTH || in[8] != '-' || in[13] != '-' || in[18] != '-' || in[23] != '-')
                return false;
        memcpy(hex, in, 8);
        memcpy(hex + 8, in + 9, 4);
        memcpy(hex + 12, in + 14, 4);
        memcpy(hex + 16, in + 19, 4);
        memcpy(hex + 20, in + 24, 12);
        return hex_pack(hex, out) && hex_pack(hex + 8, out + 4) && hex_pack(hex + 16, out + 8) &&
               hex_pack(hex + 24, out + 12);
}

static struct str uuid_unpack(struct str bytes, char *out) {
        char hex[2 * UUID_BYTES], *at = out;

        hex_encode(bytes, hex);
        for (size_t i = 0; i < sizeof(hex); i++) {
                if (i == 8 || i == 12 || i == 16 || i == 20)
                        *at++ = '-';
                *at++ = hex[i];
        }
        return str_n(out, ID_UUID_LENGTH);
}

struct str audit_pack_id(struct str id, uint8_t *room) {
        if (uuid_pack(id, room))
                return str_n(room, UUID_BYTES);
        return text_within(id, AUDIT_ID_MAX);
}

static uint8_t *put_id(uint8_t *out, unsigned tag, struct str id) {
        uint8_t room[UUID_BYTES];
        struct str packed;

        if (id.len == 0)
                return out;
        packed = audit_pack_id(id, room);
        return put(out, packed.ptr == (const char *)room ? tag : tag | AUDIT_TEXT, packed);
}

/* As inet_pton() reads it, in a fifth of its time. */
static bool ipv4_pack(struct str text, uint8_t *out) {
        unsigned n = 0, part = 0, digits = 0;

        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (c == '.' && digits && n < 3) {
                        out[n++] = (uint8_t)part;
                        part = digits = 0;
                } else if (c >= '0' && c <= '9' && (digits == 0 || part)) {
                        part = part * 10 + (unsigned)(c - '0');
                        digits++;
                } else {
                        return false;
                }
                if (part > UINT8_MAX)
                        return false;
        }
        out[3] = (uint8_t)part;
        return n == 3 && digits;
}

static uint8_t *put_address(uint8_t *out, struct str address) {
        char text[AUDIT_ADDRESS_TEXT + 1];
        uint8_t bytes[16];

        if (address.len == 0 || address.len >= sizeof(text))
                return out;
        if (ipv4_pack(address, bytes))
                return put(out, AUDIT_TAG_ADDRESS, str_n(bytes, 4));
        memcpy(text, address.ptr, address.len);
        text[address.len] = '\0';
        if (inet_pton(AF_INET6, text, bytes) == 1)
                return put(out, AUDIT_TAG_ADDRESS, str_n(bytes, 16));
        return out;
}

static uint8_t *put_request(uint8_t *out, struct str id) {
        uint8_t bytes[REQUEST_BYTES];

        if (id.len != 2 * sizeof(bytes) || !hex_pack(id.ptr, bytes) || !hex_pack(id.ptr + 8, bytes + 4))
                return out;
        return put(out, AUDIT_TAG_REQUEST, str_n(bytes, sizeof(bytes)));
}

size_t audit_encode(const struct audit_entry *e, uint8_t *out) {
        uint8_t *at = out + HEAD, by = (uint8_t)e->by;

        at = put(at, AUDIT_TAG_BY, str_n(&by, 1));
        at = put_number(at, AUDIT_TAG_COUNT, e->count > 1 ? e->count : 0);
        at = put_id(at, AUDIT_TAG_USER, e->user_id);
        at = put_id(at, AUDIT_TAG_ACTOR, e->actor_id);
        at = put_id(at, AUDIT_TAG_APP, e->app_id);
        at = put_id(at, AUDIT_TAG_KEY, e->key_id);
        at = put_number(at, AUDIT_TAG_SESSION, e->session);
        at = put_number(at, AUDIT_TAG_AUTHORIZATION, e->authorization);
        at = put_id(at, AUDIT_TAG_SUBJECT, e->subject);
        at = put_address(at, e->address);
        at = put_text(at, AUDIT_TAG_USER_AGENT, e->user_agent, AUDIT_USER_AGENT_MAX);
        at = put_request(at, e->request_id);
        at = put_text(at, AUDIT_TAG_REASON, e->reason, REASON_MAX);
        at = put_text(at, AUDIT_TAG_DETAIL, e->detail, AUDIT_DETAIL_MAX);
        u16_write((unsigned)(at - out) - 2, out);
        u64_write((uint64_t)e->id, out + 2);
        u16_write(e->event, out + 10);
        return (size_t)(at - out);
}

/* --- reading --- */

/* What the canonical form asks of a field: how many bytes it may have, 0 for any; the one length or the other. */
static const struct shape {
        uint8_t length, other;
        bool number; /* not 0, which is left out */
        bool text;   /* or text, with AUDIT_TEXT */
} shapes[AUDIT_TAGS] = {
        [AUDIT_TAG_BY] = { 1, 1, false, false },
        [AUDIT_TAG_COUNT] = { NUMBER_BYTES, NUMBER_BYTES, true, false },
        [AUDIT_TAG_USER] = { UUID_BYTES, UUID_BYTES, false, true },
        [AUDIT_TAG_ACTOR] = { UUID_BYTES, UUID_BYTES, false, true },
        [AUDIT_TAG_APP] = { UUID_BYTES, UUID_BYTES, false, true },
        [AUDIT_TAG_KEY] = { UUID_BYTES, UUID_BYTES, false, true },
        [AUDIT_TAG_SESSION] = { NUMBER_BYTES, NUMBER_BYTES, true, false },
        [AUDIT_TAG_AUTHORIZATION] = { NUMBER_BYTES, NUMBER_BYTES, true, false },
        [AUDIT_TAG_SUBJECT] = { UUID_BYTES, UUID_BYTES, false, true },
        [AUDIT_TAG_ADDRESS] = { 4, 16, false, false },
        [AUDIT_TAG_REQUEST] = { REQUEST_BYTES, REQUEST_BYTES, false, false },
};

static bool field_holds(unsigned tag, bool text, struct str field) {
        const struct shape *shape = &shapes[tag];

        if (text)
                return shape->text;
        if (shape->length && field.len != shape->length && field.len != shape->other)
                return false;
        if (shape->number)
                return u64_read(field.ptr) != 0;
        return tag != AUDIT_TAG_BY || str_at(field, 0) < AUDIT_ACTORS;
}

static int fields_take(const uint8_t *at, const uint8_t *end, struct audit_fields *ret) {
        unsigned last = 0;

        while (at < end) {
                unsigned tag = *at & ~(unsigned)AUDIT_TEXT, text = *at & AUDIT_TEXT;
                size_t n = end - at > 1 ? at[1] : 0;
                struct str field = str_n(at + 2, n);

                if (n == 0 || n > (size_t)(end - at) - 2 || tag <= last || tag >= AUDIT_TAGS ||
                    !field_holds(tag, text, field))
                        return -ERR_INTERNAL;
                ret->fields[tag] = field;
                if (text)
                        ret->texts |= 1U << tag;
                last = tag;
                at += n + 2;
        }
        return 1;
}

int audit_take(struct str *bytes, struct audit_fields *ret) {
        const uint8_t *at = (const uint8_t *)bytes->ptr;
        size_t length;
        int r;

        if (bytes->len == 0)
                return 0;
        length = bytes->len < HEAD ? 0 : u16_read(at);
        if (length < HEAD - 2 || length > bytes->len - 2)
                return -ERR_INTERNAL;
        *ret = (struct audit_fields){ .id = (int64_t)u64_read(at + 2), .event = u16_read(at + 10) };
        r = fields_take(at + HEAD, at + 2 + length, ret);
        if (r > 0)
                *bytes = str_from(*bytes, length + 2);
        return r;
}

static struct str id_of(const struct audit_fields *f, enum audit_tag tag, char *room) {
        struct str field = f->fields[tag];

        return field.len == 0 || f->texts & 1U << tag ? field : uuid_unpack(field, room);
}

static int64_t number_of(const struct audit_fields *f, enum audit_tag tag) {
        return f->fields[tag].len ? (int64_t)u64_read(f->fields[tag].ptr) : 0;
}

static struct str address_text(struct str field, char *room) {
        if (field.len == 0 ||
            !inet_ntop(field.len == 4 ? AF_INET : AF_INET6, field.ptr, room, AUDIT_ADDRESS_TEXT + 1))
                return STR_NULL;
        return str_of(room);
}

static struct str request_id_text(struct str field, char *room) {
        if (field.len == 0)
                return STR_NULL;
        hex_encode(field, room);
        return str_n(room, 2 * field.len);
}

int audit_decode(struct str *bytes, struct audit_texts *t, struct audit_entry *ret) {
        struct audit_fields f;
        int r;

        r = audit_take(bytes, &f);
        if (r <= 0)
                return r;
        *ret = (struct audit_entry){
                .id = f.id,
                .event = f.event,
                .by = f.fields[AUDIT_TAG_BY].len ? (enum audit_actor)str_at(f.fields[AUDIT_TAG_BY], 0)
                                                 : AUDIT_BY_NOBODY,
                .count = f.fields[AUDIT_TAG_COUNT].len ? number_of(&f, AUDIT_TAG_COUNT) : 1,
                .user_id = id_of(&f, AUDIT_TAG_USER, t->user_id),
                .actor_id = id_of(&f, AUDIT_TAG_ACTOR, t->actor_id),
                .app_id = id_of(&f, AUDIT_TAG_APP, t->app_id),
                .key_id = id_of(&f, AUDIT_TAG_KEY, t->key_id),
                .session = number_of(&f, AUDIT_TAG_SESSION),
                .authorization = number_of(&f, AUDIT_TAG_AUTHORIZATION),
                .subject = id_of(&f, AUDIT_TAG_SUBJECT, t->subject),
                .address = address_text(f.fields[AUDIT_TAG_ADDRESS], t->address),
                .user_agent = f.fields[AUDIT_TAG_USER_AGENT],
                .request_id = request_id_text(f.fields[AUDIT_TAG_REQUEST], t->request_id),
                .reason = f.fields[AUDIT_TAG_REASON],
                .detail = f.fields[AUDIT_TAG_DETAIL],
        };
        return 1;
}
