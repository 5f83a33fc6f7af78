/* Filters around HTML, addresses and lines. */
#include "agents/template/filters.h"
#include "agents/value/python_text.h"

/* The character of an entity like &lt; or &#39; at the start of s. Its bytes; 0 when it is none that we know. */
static size_t read_entity(struct str s, uint32_t *ret) {
        static const struct {
                struct str name;
                uint32_t c;
        } names[] = { { STR_INIT("&lt;"), '<' },    { STR_INIT("&gt;"), '>' },
                      { STR_INIT("&amp;"), '&' },   { STR_INIT("&quot;"), '"' },
                      { STR_INIT("&apos;"), '\'' }, { STR_INIT("&nbsp;"), 0xa0 },
                      { STR_INIT("&copy;"), 0xa9 }, { STR_INIT("&hellip;"), 0x2026 } };
        ptrdiff_t end = str_find(str_first(s, 12), ';');
        uint64_t code;

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (str_starts_with(s, names[i].name)) {
                        *ret = names[i].c;
                        return names[i].name.len;
                }
        if (end > 2 && str_starts_with(s, STR("&#")) &&
            str_to_uint(str_first(str_from(s, 2), (size_t)end - 2), 0x10ffff, &code) && code > 0 &&
            (code < 0xd800 || code > 0xdfff)) {
                *ret = (uint32_t)code;
                return (size_t)end + 1;
        }
        return 0;
}

/* Without comments, then without what stands in < >. */
static void strip_tags(struct strbuf *out, struct str s) {
        while (s.len > 0) {
                ptrdiff_t open = str_find(s, '<'), close;
                struct str end = str_starts_with(str_from(s, open < 0 ? s.len : (size_t)open), STR("<!--"))
                                         ? STR("-->")
                                         : STR(">");

                close = open < 0 ? -1 : python_find(s, end, (size_t)open);
                if (close < 0) {
                        strbuf_append(out, s);
                        return;
                }
                strbuf_append(out, str_first(s, (size_t)open));
                s = str_from(s, (size_t)close + end.len);
        }
}

FILTER(filter_striptags) {
        _cleanup_(strbuf_done) struct strbuf bare = TVALUE_BUFFER, buf = TVALUE_BUFFER;
        struct str text, rest, word;
        uint32_t c;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = template_spend_text(rd, text.len);
        if (r < 0)
                return r;
        strip_tags(&bare, text);
        rest = str_n(bare.ptr ? bare.ptr : "", bare.len);
        while (python_next_word(&rest, &word)) {
                if (buf.len > 0)
                        strbuf_append_char(&buf, ' ');
                while (word.len > 0) {
                        size_t n = word.ptr[0] == '&' ? read_entity(word, &c) : 0;

                        if (n > 0)
                                python_append_character(&buf, c);
                        else
                                strbuf_append_char(&buf, word.ptr[0]);
                        word = str_from(word, MAX_OF(n, (size_t)1));
                }
        }
        return tvalue_take_text(rd, &buf, ret);
}

/* `/` stays in a text, and is encoded in the parts of a query. */
static int append_quoted(struct renderer *rd, struct strbuf *out, const struct tvalue *v, bool query) {
        struct str text, piece;
        bool more = false;
        int r = tvalue_text(rd, v, &text);

        if (r >= 0)
                r = template_spend_text(rd, text.len);
        if (r < 0)
                return r;
        if (query) {
                strbuf_append_percent(out, text, true);
                return 0;
        }
        while (str_next(&text, '/', &piece)) {
                if (more)
                        strbuf_append_char(out, '/');
                strbuf_append_percent(out, piece, false);
                more = true;
        }
        return 0;
}

static int append_query(struct renderer *rd, struct strbuf *out, const struct tvalue *subject) {
        struct tvalue_list *items = NULL, *pair;
        int r = subject->kind == TVALUE_MAP ? tvalue_fill_map(rd, subject->map)
                                            : tvalue_iterate(rd, subject, &items);
        size_t n = items ? items->n : subject->map->n;

        for (size_t i = 0; r >= 0 && i < n; i++) {
                const struct tvalue *key, *value;

                if (items) {
                        r = tvalue_iterate(rd, &items->items[i], &pair);
                        if (r >= 0 && pair->n != 2)
                                r = template_fail(rd, "urlencode takes pairs");
                        if (r < 0)
                                return r;
                        key = &pair->items[0];
                        value = &pair->items[1];
                } else {
                        key = &subject->map->pairs[i].key;
                        value = &subject->map->pairs[i].value;
                }
                if (i > 0)
                        strbuf_append_char(out, '&');
                r = append_quoted(rd, out, key, true);
                strbuf_append_char(out, '=');
                if (r >= 0)
                        r = append_quoted(rd, out, value, true);
        }
        return r;
}

FILTER(filter_urlencode) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        int r = tvalue_is_list(subject) || subject->kind == TVALUE_MAP
                        ? append_query(rd, &buf, subject)
                        : append_quoted(rd, &buf, subject, false);

        return r < 0 ? r : tvalue_take_text(rd, &buf, ret);
}

struct wrapper {
        struct strbuf out;
        size_t width, column; /* characters */
        struct str newline;
        struct str gap; /* spaces before the next chunk, if it stays on the line */
        bool any;       /* the line has a chunk */
        bool long_words, hyphens;
};

/* A chunk goes on the line if it fits; a new line drops the spaces before it. */
static void wrap_chunk(struct wrapper *w, struct str chunk) {
        size_t length = str_utf8_length(chunk), gap = str_utf8_length(w->gap);

        if (w->any && w->column + gap + length > w->width) {
                bool cut = w->long_words && length > w->width && w->column + gap < w->width;

                if (!cut) {
                        strbuf_append(&w->out, w->newline);
                        w->column = 0;
                        gap = 0;
                        w->gap = STR("");
                }
        }
        strbuf_append(&w->out, w->gap);
        w->column += gap;
        while (w->long_words && w->column + length > w->width && length > 0) {
                size_t room = w->width > w->column ? w->width - w->column : 1,
                       at = python_offset(chunk, room);

                strbuf_append(&w->out, str_first(chunk, at));
                chunk = str_from(chunk, at);
                length = str_utf8_length(chunk);
                w->column += room;
                if (length > 0) {
                        strbuf_append(&w->out, w->newline);
                        w->column = 0;
                }
        }
        strbuf_append(&w->out, chunk);
        w->column += length;
        w->any = true;
        w->gap = STR("");
}

/* Where a word may be parted: after a hyphen between letters. */
static size_t chunk_length(const struct wrapper *w, struct str word) {
        for (size_t i = 2; w->hyphens && i + 2 < word.len; i++)
                if (word.ptr[i] == '-' && python_is_word(str_at(word, i - 1)) &&
                    python_is_word(str_at(word, i + 1)) && python_is_word(str_at(word, i - 2)) &&
                    python_is_word(str_at(word, i + 2)))
                        return i + 1;
        return word.len;
}

static void wrap_line(struct wrapper *w, struct str line) {
        struct str word;

        w->column = 0;
        w->any = false;
        w->gap = STR("");
        while (line.len > 0) {
                size_t spaces = line.len - python_strip_left(line).len;

                w->gap = str_first(line, spaces);
                line = str_from(line, spaces);
                if (!python_next_word(&line, &word))
                        break;
                while (word.len > 0 && !w->out.failed) {
                        size_t n = chunk_length(w, word);

                        wrap_chunk(w, str_first(word, n));
                        word = str_from(word, n);
                }
        }
}

FILTER(filter_wordwrap) {
        struct wrapper w = { .out = TVALUE_BUFFER,
                             .long_words = argument_truth(args, 1, true),
                             .hyphens = argument_truth(args, 3, true) };
        struct str text, line;
        bool more = false;
        int64_t width;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = argument_whole(rd, args, 0, 79, &width);
        if (r >= 0)
                r = argument_text(rd, args, 2, STR("\n"), &w.newline);
        if (r >= 0 && width <= 0)
                r = template_fail(rd, "invalid width %lld (must be > 0)", (long long)width);
        if (r >= 0)
                r = template_spend_text(rd, text.len * 4);
        if (r < 0)
                return r;
        w.width = (size_t)width;
        if (text.len > 0 && text.ptr[text.len - 1] == '\n')
                text.len--;
        while (str_next(&text, '\n', &line) && !w.out.failed) {
                if (more)
                        strbuf_append(&w.out, w.newline);
                wrap_line(&w, line);
                more = true;
        }
        r = tvalue_take_text(rd, &w.out, ret);
        strbuf_done(&w.out);
        return r;
}
