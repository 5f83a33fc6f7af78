#include "base/json_write.h"

#include "base/clock.h"

static void value_begin(struct json_writer *w) {
        if (w->comma)
                strbuf_append_char(w->out, ',');
        w->comma = true;
}

static void open_with(struct json_writer *w, char bracket) {
        value_begin(w);
        strbuf_append_char(w->out, bracket);
        w->comma = false;
}

static void close_with(struct json_writer *w, char bracket) {
        strbuf_append_char(w->out, bracket);
        w->comma = true;
}

void json_object_begin(struct json_writer *w) {
        open_with(w, '{');
}

void json_object_end(struct json_writer *w) {
        close_with(w, '}');
}

void json_array_begin(struct json_writer *w) {
        open_with(w, '[');
}

void json_array_end(struct json_writer *w) {
        close_with(w, ']');
}

void json_key(struct json_writer *w, const char *name) {
        size_t n = strlen(name);
        char *at;

        value_begin(w);
        w->comma = false;
        at = strbuf_reserve(w->out, n + 3);
        if (!at)
                return;
        at[0] = '"';
        memcpy(at + 1, name, n);
        at[n + 1] = '"';
        at[n + 2] = ':';
        w->out->len += n + 3;
}

/* Whether one of eight bytes may need an escape or be no ASCII: below 0x20, '"', '\\', 0x7f or above. */
static bool may_be_special(uint64_t eight) {
        const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
        uint64_t quote = eight ^ ones * '"', backslash = eight ^ ones * '\\';

        return ((eight - ones * 0x20) | eight | (eight + ones) | (quote - ones) | (backslash - ones)) & high;
}

/* The length of the longest start of s that needs no escape and is plain ASCII. */
static size_t plain_length(struct str s) {
        uint64_t eight;
        size_t n = 0;

        for (; n + sizeof(eight) <= s.len; n += sizeof(eight)) {
                memcpy(&eight, s.ptr + n, sizeof(eight));
                if (may_be_special(eight))
                        break;
        }
        while (n < s.len && str_at(s, n) >= 0x20 && str_at(s, n) < 0x7f && s.ptr[n] != '"' &&
               s.ptr[n] != '\\')
                n++;
        return n;
}

/* Writes the character at the start of s, which is no plain one; returns its length. */
static size_t write_special(struct strbuf *out, struct str s) {
        uint8_t c = str_at(s, 0);
        size_t n;

        if (c == '"' || c == '\\') {
                strbuf_append_char(out, '\\');
                strbuf_append_char(out, (char)c);
                return 1;
        }
        if (c == '\n' || c == '\r' || c == '\t') {
                strbuf_append_char(out, '\\');
                strbuf_append_char(out, c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
                return 1;
        }
        if (c < 0x20 || c == 0x7f) {
                strbuf_printf(out, "\\u%04x", c);
                return 1;
        }
        n = str_utf8_sequence(s);
        if (n == 0) {
                strbuf_append(out, STR("\xef\xbf\xbd"));
                return 1;
        }
        strbuf_append(out, str_first(s, n));
        return n;
}

void json_str(struct json_writer *w, struct str value) {
        char *at;
        size_t n;

        if (!value.ptr) {
                json_write_null(w);
                return;
        }
        value_begin(w);
        n = plain_length(value);
        at = strbuf_reserve(w->out, n + 2);
        if (!at)
                return;
        at[0] = '"';
        memcpy(at + 1, value.ptr, n);
        w->out->len += n + 1;
        while (n < value.len) {
                value = str_from(value, n);
                value = str_from(value, write_special(w->out, value));
                n = plain_length(value);
                strbuf_append(w->out, str_first(value, n));
        }
        strbuf_append_char(w->out, '"');
}

void json_int(struct json_writer *w, int64_t value) {
        value_begin(w);
        strbuf_append_int(w->out, value);
}

void json_raw(struct json_writer *w, struct str json) {
        value_begin(w);
        strbuf_append(w->out, json);
}

void json_bool(struct json_writer *w, bool value) {
        json_raw(w, value ? STR("true") : STR("false"));
}

void json_write_null(struct json_writer *w) {
        json_raw(w, STR("null"));
}

void json_time(struct json_writer *w, int64_t ms) {
        char text[CLOCK_ISO_LENGTH + 2];

        if (ms == 0) {
                json_write_null(w);
                return;
        }
        text[0] = '"';
        clock_format_iso(ms, text + 1);
        text[CLOCK_ISO_LENGTH + 1] = '"';
        json_raw(w, str_n(text, sizeof(text)));
}

void json_member_str(struct json_writer *w, const char *name, struct str value) {
        json_key(w, name);
        json_str(w, value);
}

void json_member_int(struct json_writer *w, const char *name, int64_t value) {
        json_key(w, name);
        json_int(w, value);
}

void json_member_bool(struct json_writer *w, const char *name, bool value) {
        json_key(w, name);
        json_bool(w, value);
}

void json_member_null(struct json_writer *w, const char *name) {
        json_key(w, name);
        json_write_null(w);
}

void json_member_time(struct json_writer *w, const char *name, int64_t ms) {
        json_key(w, name);
        json_time(w, ms);
}

void json_member_words(struct json_writer *w, const char *name, struct str list) {
        struct str rest = list, word;

        json_key(w, name);
        json_array_begin(w);
        while (str_next(&rest, ' ', &word))
                if (word.len)
                        json_str(w, word);
        json_array_end(w);
}
