#include "account/audit_codec.h"

#include <arpa/inet.h>

#include "base/codec.h"

enum tag {
        TAG_BY = 1,
        TAG_COUNT,
        TAG_USER,
        TAG_ACTOR,
        TAG_APP,
        TAG_KEY,
        TAG_SESSION,
        TAG_AUTHORIZATION,
        TAG_SUBJECT,
        TAG_ADDRESS,
        TAG_USER_AGENT,
        TAG_REQUEST,
        TAG_REASON,
        TAG_DETAIL,
        TAGS,
        AUDIT_TEXT = 0x40, /* with a tag: text, where mostly a UUID or an address stands */
};

enum { HEAD = 12, UUID_BYTES = 16, REASON_MAX = 40, NUMBER_BYTES = 8, REQUEST_BYTES = 8 };

/* clang-format off */
static const struct audit_kind kinds[] = {
#define DONE false
#define REFUSED true
#define X(code, name, wire, outcome, sentence) { code, STR_INIT(wire), STR_INIT(sentence), outcome },
#include "account/audit_event.def"
#undef X
#undef DONE
#undef REFUSED
};
/* clang-format on */

const struct audit_kind *audit_kind(unsigned code) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                if (kinds[i].code == code)
                        return &kinds[i];
        return NULL;
}

const struct audit_kind *audit_kind_at(unsigned i) {
        return i < ARRAY_LENGTH(kinds) ? &kinds[i] : NULL;
}

const struct audit_kind *audit_kind_named(struct str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                if (str_eq(kinds[i].name, name))
                        return &kinds[i];
        return NULL;
}

static void number_write(uint64_t value, size_t n, uint8_t *out) {
        for (size_t i = 0; i < n; i++)
                out[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
}

static uint64_t number_read(struct str bytes) {
        uint64_t value = 0;

        for (size_t i = 0; i < bytes.len; i++)
                value = value << 8 | str_at(bytes, i);
        return value;
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
        number_write((uint64_t)value, sizeof(bytes), bytes);
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

/* A UUID in lower case: the form that reads back as it was. */
static bool uuid_pack(struct str text, uint8_t *out) {
        size_t at = 0;

        if (text.len != ID_UUID_LENGTH)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                int high, low;

                if (i == 8 || i == 13 || i == 18 || i == 23) {
                        if (text.ptr[i] != '-')
                                return false;
                        continue;
                }
                high = hex_digit(text.ptr[i]);
                low = hex_digit(text.ptr[i + 1]);
                if (high < 0 || low < 0 || (text.ptr[i] >= 'A' && text.ptr[i] <= 'F') ||
                    (text.ptr[i + 1] >= 'A' && text.ptr[i + 1] <= 'F'))
                        return false;
                out[at++] = (uint8_t)(high << 4 | low);
                i++;
        }
        return true;
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

static uint8_t *put_id(uint8_t *out, unsigned tag, struct str id) {
        uint8_t bytes[UUID_BYTES];

        if (id.len == 0)
                return out;
        if (uuid_pack(id, bytes))
                return put(out, tag, str_n(bytes, sizeof(bytes)));
        return put_text(out, tag | AUDIT_TEXT, id, AUDIT_ID_MAX);
}

static uint8_t *put_address(uint8_t *out, struct str address) {
        char text[AUDIT_ADDRESS_TEXT + 1];
        uint8_t bytes[16];

        if (address.len == 0 || address.len >= sizeof(text))
                return out;
        memcpy(text, address.ptr, address.len);
        text[address.len] = '\0';
        if (inet_pton(AF_INET, text, bytes) == 1)
                return put(out, TAG_ADDRESS, str_n(bytes, 4));
        if (inet_pton(AF_INET6, text, bytes) == 1)
                return put(out, TAG_ADDRESS, str_n(bytes, 16));
        return out;
}

static uint8_t *put_request(uint8_t *out, struct str id) {
        uint8_t bytes[REQUEST_BYTES];

        if (id.len != 2 * sizeof(bytes) || hex_decode(id, bytes, sizeof(bytes)) != sizeof(bytes))
                return out;
        return put(out, TAG_REQUEST, str_n(bytes, sizeof(bytes)));
}

size_t audit_encode(const struct audit_entry *e, uint8_t *out) {
        uint8_t *at = out + HEAD, by = (uint8_t)e->by;

        at = put(at, TAG_BY, str_n(&by, 1));
        at = put_number(at, TAG_COUNT, e->count > 1 ? e->count : 0);
        at = put_id(at, TAG_USER, e->user_id);
        at = put_id(at, TAG_ACTOR, e->actor_id);
        at = put_id(at, TAG_APP, e->app_id);
        at = put_id(at, TAG_KEY, e->key_id);
        at = put_number(at, TAG_SESSION, e->session);
        at = put_number(at, TAG_AUTHORIZATION, e->authorization);
        at = put_id(at, TAG_SUBJECT, e->subject);
        at = put_address(at, e->address);
        at = put_text(at, TAG_USER_AGENT, e->user_agent, AUDIT_USER_AGENT_MAX);
        at = put_request(at, e->request_id);
        at = put_text(at, TAG_REASON, e->reason, REASON_MAX);
        at = put_text(at, TAG_DETAIL, e->detail, AUDIT_DETAIL_MAX);
        number_write((uint64_t)(at - out) - 2, 2, out);
        number_write((uint64_t)e->id, 8, out + 2);
        number_write(e->event, 2, out + 10);
        return (size_t)(at - out);
}

/* --- reading --- */

static bool take_id(struct str field, bool text, char *room, struct str *ret) {
        if (text)
                *ret = field;
        else if (field.len == UUID_BYTES)
                *ret = uuid_unpack(field, room);
        else
                return false;
        return true;
}

static bool take_number(struct str field, int64_t *ret) {
        *ret = (int64_t)number_read(field);
        return field.len == NUMBER_BYTES && *ret != 0;
}

/* By hand, since each grant is read again when it is sealed, and inet_ntop() takes as long as all else of an event. */
static struct str ipv4_text(struct str bytes, char *room) {
        char *out = room;

        for (size_t i = 0; i < bytes.len; i++) {
                unsigned n = str_at(bytes, i);

                if (i)
                        *out++ = '.';
                if (n >= 100)
                        *out++ = (char)('0' + n / 100);
                if (n >= 10)
                        *out++ = (char)('0' + n / 10 % 10);
                *out++ = (char)('0' + n % 10);
        }
        return str_n(room, (size_t)(out - room));
}

static bool take_address(struct str field, char *room, struct str *ret) {
        if (field.len == 4) {
                *ret = ipv4_text(field, room);
                return true;
        }
        if (field.len != 16 || !inet_ntop(AF_INET6, field.ptr, room, AUDIT_ADDRESS_TEXT + 1))
                return false;
        *ret = str_of(room);
        return true;
}

static bool take_field(unsigned tag, bool text, struct str field, struct audit_texts *t,
                       struct audit_entry *e) {
        switch (tag) {
        case TAG_BY:
                e->by = (enum audit_actor)str_at(field, 0);
                return field.len == 1 && e->by < AUDIT_ACTORS;
        case TAG_COUNT:
                return take_number(field, &e->count);
        case TAG_USER:
                return take_id(field, text, t->user_id, &e->user_id);
        case TAG_ACTOR:
                return take_id(field, text, t->actor_id, &e->actor_id);
        case TAG_APP:
                return take_id(field, text, t->app_id, &e->app_id);
        case TAG_KEY:
                return take_id(field, text, t->key_id, &e->key_id);
        case TAG_SESSION:
                return take_number(field, &e->session);
        case TAG_AUTHORIZATION:
                return take_number(field, &e->authorization);
        case TAG_SUBJECT:
                return take_id(field, text, t->subject, &e->subject);
        case TAG_ADDRESS:
                return take_address(field, t->address, &e->address);
        case TAG_USER_AGENT:
                e->user_agent = field;
                return true;
        case TAG_REQUEST:
                if (field.len != REQUEST_BYTES)
                        return false;
                hex_encode(field, t->request_id);
                e->request_id = str_n(t->request_id, sizeof(t->request_id));
                return true;
        case TAG_REASON:
                e->reason = field;
                return true;
        default:
                e->detail = field;
                return true;
        }
}

static bool has_text_form(unsigned tag) {
        return (tag >= TAG_USER && tag <= TAG_KEY) || tag == TAG_SUBJECT;
}

int audit_decode(struct str *bytes, struct audit_texts *texts, struct audit_entry *ret) {
        struct audit_entry e = { .count = 1 };
        struct str rest;
        size_t length;
        unsigned last = 0;

        if (bytes->len == 0)
                return 0;
        length = bytes->len < HEAD ? 0 : (size_t)number_read(str_first(*bytes, 2));
        if (length < HEAD - 2 || length > bytes->len - 2)
                return -ERR_INTERNAL;
        rest = str_n(bytes->ptr + 2, length);
        e.id = (int64_t)number_read(str_first(rest, 8));
        e.event = (unsigned)number_read(str_first(str_from(rest, 8), 2));
        rest = str_from(rest, HEAD - 2);
        while (rest.len) {
                unsigned byte = str_at(rest, 0), tag = byte & ~(unsigned)AUDIT_TEXT;
                size_t n = rest.len > 1 ? str_at(rest, 1) : 0;

                if (n == 0 || n + 2 > rest.len || tag <= last || tag >= TAGS ||
                    (byte != tag && !has_text_form(tag)) ||
                    !take_field(tag, byte != tag, str_n(rest.ptr + 2, n), texts, &e))
                        return -ERR_INTERNAL;
                last = tag;
                rest = str_from(rest, n + 2);
        }
        *bytes = str_from(*bytes, length + 2);
        *ret = e;
        return 1;
}
