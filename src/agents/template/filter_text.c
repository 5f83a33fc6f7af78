#include "agents/template/filters.h"
#include "agents/value/python_text.h"

int text_change_case(struct renderer *rd, struct str text, enum text_case to, struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        bool starts = true;
        uint32_t c;

        while (text.len > 0) {
                bool upper = to == CASE_UPPER || (starts && to != CASE_LOWER);

                text = str_from(text, python_character(text, &c));
                if (upper && c == 0xdf)
                        strbuf_append(&buf, to == CASE_UPPER ? STR("SS") : STR("Ss"));
                else
                        python_append_character(&buf, upper ? python_to_upper(c) : python_to_lower(c));
                /* Where the filter `title` begins a word: after spaces and these. */
                starts = to == CASE_TITLE && (python_is_space(c) || (c < 0x80 && strchr("-({[<", (int)c)));
        }
        return tvalue_take_text(rd, &buf, ret);
}

static int change_case(struct renderer *rd, const struct tvalue *subject, enum text_case to,
                       struct tvalue *ret) {
        struct str text;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = text_change_case(rd, text, to, ret);
        if (r >= 0)
                ret->safe = subject->kind == TVALUE_TEXT && subject->safe;
        return r;
}

FILTER(filter_upper) {
        return change_case(rd, subject, CASE_UPPER, ret);
}

FILTER(filter_lower) {
        return change_case(rd, subject, CASE_LOWER, ret);
}

FILTER(filter_title) {
        return change_case(rd, subject, CASE_TITLE, ret);
}

FILTER(filter_capitalize) {
        return change_case(rd, subject, CASE_CAPITALIZE, ret);
}

/* The bytes of the character that begins at `at`; 0 if the set lacks it. */
static size_t in_set(struct str characters, struct str at) {
        uint32_t c;
        size_t n = python_character(at, &c);

        return python_find(characters, str_first(at, n), 0) >= 0 ? n : 0;
}

/* As bytes, 0 if it is to stay: the character that begins at `at`. Without a set it goes if it is space. */
static size_t to_strip(struct str characters, struct str at) {
        return characters.ptr ? in_set(characters, at) : python_space(at);
}

struct str text_strip(struct str text, struct str characters, bool left, bool right) {
        size_t n;

        while (left && text.len > 0 && (n = to_strip(characters, text)) > 0)
                text = str_from(text, n);
        while (right && text.len > 0) {
                size_t start = text.len - 1;

                while (start > 0 && (str_at(text, start) & 0xc0) == 0x80)
                        start--;
                if (to_strip(characters, str_from(text, start)) == 0)
                        break;
                text.len = start;
        }
        return text;
}

int spend_strip(struct renderer *rd, struct str text, struct str characters) {
        /* Both are shorter than all memory by far: their product is no overflow. */
        return template_spend_text(rd, text.len * MAX_OF(characters.len, (size_t)1));
}

FILTER(filter_trim) {
        struct str text, characters;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = argument_text(rd, args, 0, STR_NULL, &characters);
        if (r >= 0)
                r = spend_strip(rd, text, characters);
        if (r < 0)
                return r;
        *ret = TVALUE_OF_TEXT(text_strip(text, characters, true, true));
        ret->safe = subject->kind == TVALUE_TEXT && subject->safe;
        return 0;
}

static void append_spaces(struct strbuf *out, size_t n) {
        while (n-- > 0 && !out->failed)
                strbuf_append_char(out, ' ');
}

FILTER(filter_center) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        size_t length, pad, left;
        int64_t width;
        struct str text;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = argument_whole(rd, args, 0, 80, &width);
        if (r >= 0)
                r = template_spend_text(rd, text.len);
        if (r < 0)
                return r;
        length = str_utf8_length(text);
        width = MIN_OF(MAX_OF(width, (int64_t)0), (int64_t)TEMPLATE_MEMORY_MAX);
        pad = (size_t)width > length ? (size_t)width - length : 0;
        left = pad / 2 + (pad & (size_t)width & 1); /* Python's own rounding */
        append_spaces(&buf, left);
        strbuf_append(&buf, text);
        append_spaces(&buf, pad - left);
        return tvalue_take_text(rd, &buf, ret);
}

int text_replace(struct renderer *rd, struct str text, struct str old, struct str new, int64_t count,
                 struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        uint32_t c;
        int r = 0;

        for (int64_t i = 0; r >= 0 && (count < 0 || i < count) && !buf.failed; i++) {
                ptrdiff_t at = python_find(text, old, 0);
                size_t skip = old.len;

                if (at < 0)
                        break;
                r = template_spend_text(rd, (size_t)at + new.len);
                strbuf_append(&buf, str_first(text, (size_t)at));
                strbuf_append(&buf, new);
                /* Nothing stands before each character and at the end. */
                if (old.len == 0) {
                        if (text.len == 0)
                                break;
                        skip = python_character(text, &c);
                        strbuf_append(&buf, str_first(text, skip));
                }
                text = str_from(text, (size_t)at + skip);
        }
        strbuf_append(&buf, text);
        return r < 0 ? r : tvalue_take_text(rd, &buf, ret);
}

FILTER(filter_replace) {
        struct tvalue escaped;
        struct str text, old, new;
        int64_t count;
        bool safe = rd->options->escape_html && subject->kind == TVALUE_TEXT && subject->safe;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = argument_text(rd, args, 0, STR(""), &old);
        if (r >= 0)
                r = argument_text(rd, args, 1, STR(""), &new);
        if (r >= 0)
                r = argument_whole(rd, args, 2, -1, &count);
        if (r >= 0 && safe) {
                r = tvalue_escape(rd, &args->list[1], &escaped);
                if (r >= 0)
                        new = escaped.text;
        }
        if (r >= 0)
                r = text_replace(rd, text, old, new, count, ret);
        if (r >= 0)
                ret->safe = safe;
        return r;
}

/* Cut at the last space, unless words may be cut. A text that is barely too long stays whole. */
FILTER(filter_truncate) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        int64_t length, leeway, ending;
        struct str text, end, cut;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = argument_whole(rd, args, 0, 255, &length);
        if (r >= 0)
                r = argument_text(rd, args, 2, STR("..."), &end);
        if (r >= 0)
                r = argument_whole(rd, args, 3, 5, &leeway);
        if (r >= 0)
                r = template_spend_text(rd, text.len + end.len);
        if (r < 0)
                return r;
        ending = (int64_t)str_utf8_length(end);
        if (length < ending || leeway < 0)
                return template_fail(rd, "expected length >= %lld, got %lld", (long long)ending,
                                     (long long)length);
        *ret = TVALUE_OF_TEXT(text);
        if (leeway > INT64_MAX - length || (int64_t)str_utf8_length(text) <= length + leeway)
                return 0;
        cut = str_first(text, python_offset(text, (size_t)(length - ending)));
        if (!argument_truth(args, 1, false))
                for (size_t i = cut.len; i > 0; i--)
                        if (cut.ptr[i - 1] == ' ') {
                                cut.len = i - 1;
                                break;
                        }
        strbuf_append(&buf, cut);
        strbuf_append(&buf, end);
        return tvalue_take_text(rd, &buf, ret);
}

FILTER(filter_wordcount) {
        bool within = false;
        struct str text;
        int64_t n = 0;
        uint32_t c;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0)
                r = template_spend_text(rd, text.len);
        while (r >= 0 && text.len > 0) {
                text = str_from(text, python_character(text, &c));
                n += python_is_word(c) && !within;
                within = python_is_word(c);
        }
        *ret = TVALUE_OF_INT(n);
        return r;
}

FILTER(filter_indent) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        bool first = argument_truth(args, 1, false), blank = argument_truth(args, 2, false), start = true;
        struct str text, rest, line, margin = STR_NULL;
        int64_t width = 4;
        int r = tvalue_text(rd, subject, &text);

        if (r >= 0 && argument_set(args, 0) && args->list[0].kind == TVALUE_TEXT)
                margin = args->list[0].text;
        else if (r >= 0)
                r = argument_whole(rd, args, 0, 4, &width);
        if (r < 0)
                return r;
        width = MIN_OF(width, (int64_t)TEMPLATE_SOURCE_MAX);
        rest = text;
        while (str_next(&rest, '\n', &line) && !buf.failed) {
                bool indented = start ? first : (blank || line.len > 0);

                if (!start)
                        strbuf_append_char(&buf, '\n');
                if (indented && margin.ptr)
                        strbuf_append(&buf, margin);
                else if (indented)
                        append_spaces(&buf, (size_t)MAX_OF(width, (int64_t)0));
                strbuf_append(&buf, line);
                start = false;
        }
        r = tvalue_take_text(rd, &buf, ret);
        if (r >= 0)
                ret->safe = subject->kind == TVALUE_TEXT && subject->safe;
        return r;
}
