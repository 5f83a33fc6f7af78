#include "agents/template/lex.h"

#include <errno.h>
#include <stdlib.h>

#include "agents/value/python_text.h"

int lexer_unexpected(struct lexer *l, const char *wanted) {
        struct str found = l->current.text;

        l->rd->line = l->current.line;
        if (l->current.kind == TOKEN_END)
                found = STR("end of template");
        if (wanted)
                return template_fail(l->rd, "expected %s, got '" STR_FMT "'", wanted,
                                     STR_ARG(str_first(found, 60)));
        return template_fail(l->rd, "unexpected '" STR_FMT "'", STR_ARG(str_first(found, 60)));
}

static int problem(struct lexer *l, const char *text) {
        l->rd->line = l->line;
        return template_fail(l->rd, "%s", text);
}

static void advance(struct lexer *l, size_t n) {
        for (size_t i = 0; i < n; i++)
                l->line += l->source.ptr[l->at + i] == '\n';
        l->at += n;
}

static struct str rest_of(const struct lexer *l) {
        return str_from(l->source, l->at);
}

static void skip_space(struct lexer *l) {
        struct str rest = rest_of(l);

        advance(l, rest.len - python_strip_left(rest).len);
}

/* Where the next tag begins, or the end. */
static size_t find_tag(struct str s) {
        for (size_t i = 0; i + 1 < s.len; i++) {
                const char *brace = memchr(s.ptr + i, '{', s.len - i);

                if (!brace)
                        break;
                i = (size_t)(brace - s.ptr);
                if (i + 1 < s.len && strchr("{%#", s.ptr[i + 1]) && s.ptr[i + 1])
                        return i;
        }
        return s.len;
}

/* Whether {% name %} stands here, with or without whitespace control. Its bytes, or 0. */
static size_t match_tag(struct str s, struct str name, bool *ret_strip_before, bool *ret_strip_after) {
        struct str at = s;

        *ret_strip_before = *ret_strip_after = false;
        if (!str_starts_with(at, STR("{%")))
                return 0;
        at = str_from(at, 2);
        if (at.len > 0 && (at.ptr[0] == '-' || at.ptr[0] == '+')) {
                *ret_strip_before = at.ptr[0] == '-';
                at = str_from(at, 1);
        }
        at = python_strip_left(at);
        if (!str_starts_with(at, name))
                return 0;
        at = python_strip_left(str_from(at, name.len));
        if (at.len > 0 && (at.ptr[0] == '-' || at.ptr[0] == '+')) {
                *ret_strip_after = at.ptr[0] == '-';
                at = str_from(at, 1);
        }
        return str_starts_with(at, STR("%}")) ? s.len - at.len + 2 : 0;
}

/* {% raw %}: all is data until {% endraw %}. */
static int lex_raw(struct lexer *l, size_t open, bool strip_after, struct token *ret) {
        bool before, after;
        struct str rest;

        advance(l, open);
        rest = rest_of(l);
        for (size_t i = 0; i < rest.len; i++) {
                size_t n = match_tag(str_from(rest, i), STR("endraw"), &before, &after);
                struct str data = str_first(rest, i);

                if (n == 0)
                        continue;
                if (strip_after)
                        data = python_strip_left(data);
                if (before)
                        data = python_strip_right(data);
                *ret = (struct token){ .kind = TOKEN_DATA, .line = l->line, .text = data };
                advance(l, i + n);
                l->strip = after;
                return 0;
        }
        return problem(l, "Missing end of raw directive");
}

static int skip_comment(struct lexer *l) {
        ptrdiff_t end = python_find(rest_of(l), STR("#}"), 2);

        if (end < 0)
                return problem(l, "Missing end of comment tag");
        l->strip = l->source.ptr[l->at + (size_t)end - 1] == '-';
        advance(l, (size_t)end + 2);
        return 0;
}

/* Outside of tags: data, then whatever tag follows it. An empty piece of data comes out as well; the parser drops it. */
static int lex_data(struct lexer *l, struct token *ret) {
        struct str rest = rest_of(l), data;
        bool before, after;
        size_t tag, n;

        if (l->strip) {
                skip_space(l);
                rest = rest_of(l);
                l->strip = false;
        }
        tag = find_tag(rest);
        data = str_first(rest, tag);
        *ret = (struct token){ .kind = TOKEN_DATA, .line = l->line, .text = data };
        if (tag == rest.len && rest.len == 0) {
                ret->kind = TOKEN_END;
                return 0;
        }
        if (tag < rest.len && str_starts_with(str_from(rest, tag + 2), STR("-")))
                ret->text = python_strip_right(data);
        if (tag > 0) {
                advance(l, tag);
                return 0;
        }
        if (rest.ptr[1] == '#')
                return skip_comment(l);
        n = match_tag(rest, STR("raw"), &before, &after);
        if (n > 0)
                return lex_raw(l, n, after, ret);
        ret->kind = rest.ptr[1] == '%' ? TOKEN_BLOCK_BEGIN : TOKEN_PRINT_BEGIN;
        ret->text = str_first(rest, 2);
        l->closes = ret->kind == TOKEN_BLOCK_BEGIN ? TOKEN_BLOCK_END : TOKEN_PRINT_END;
        advance(l, rest.len > 2 && (rest.ptr[2] == '-' || rest.ptr[2] == '+') ? 3 : 2);
        return 0;
}

static bool name_starts(uint32_t c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= 0xaa && !python_is_space(c));
}

static void lex_name(struct lexer *l, struct token *ret) {
        struct str rest = rest_of(l);
        size_t n = 0;
        uint32_t c;

        while (n < rest.len) {
                size_t width = python_character(str_from(rest, n), &c);

                if (!name_starts(c) && !(c >= '0' && c <= '9'))
                        break;
                n += width;
        }
        ret->kind = TOKEN_NAME;
        ret->text = str_first(rest, n);
        advance(l, n);
}

static int lex_text(struct lexer *l, struct token *ret) {
        _cleanup_(strbuf_done) struct strbuf decoded = STRBUF_INIT(TEMPLATE_SOURCE_MAX);
        struct str rest = rest_of(l);
        const char *wrong;
        size_t n = 1;

        while (n < rest.len && rest.ptr[n] != rest.ptr[0])
                n += rest.ptr[n] == '\\' ? 2 : 1;
        if (n >= rest.len)
                return problem(l, "a text's closing quote is missing");
        wrong = python_unescape(&decoded, str_first(str_from(rest, 1), n - 1));
        if (wrong)
                return problem(l, wrong);
        if (decoded.failed)
                return -ERR_NO_MEMORY;
        ret->kind = TOKEN_TEXT;
        ret->text = str_first(rest, n + 1);
        ret->value = (struct tvalue){ .kind = TVALUE_TEXT };
        ret->value.text = arena_copy(&l->rd->arena, decoded.len ? strbuf_str(&decoded) : STR(""));
        if (!ret->value.text.ptr)
                return template_no_room(l->rd);
        advance(l, n + 1);
        return 0;
}

static size_t count_digits(struct str s) {
        size_t n = 0;

        while (n < s.len &&
               ((s.ptr[n] >= '0' && s.ptr[n] <= '9') ||
                (s.ptr[n] == '_' && n > 0 && n + 1 < s.len && s.ptr[n + 1] >= '0' && s.ptr[n + 1] <= '9')))
                n++;
        return n;
}

/* Digits with a fraction or an exponent behind them. Bytes of the whole; the same as the digits' for a whole number. */
static size_t count_number(struct str s) {
        size_t n = count_digits(s), more;

        if (n + 1 < s.len && s.ptr[n] == '.') {
                more = count_digits(str_from(s, n + 1));
                n += more ? more + 1 : 0;
        }
        if (n + 1 < s.len && (s.ptr[n] == 'e' || s.ptr[n] == 'E')) {
                size_t sign = s.ptr[n + 1] == '-' || s.ptr[n + 1] == '+';

                more = count_digits(str_from(s, n + 1 + sign));
                n += more ? more + 1 + sign : 0;
        }
        return n;
}

static int lex_number(struct lexer *l, struct token *ret) {
        struct str rest = rest_of(l);
        size_t whole = count_digits(rest), n = count_number(rest), used = 0;
        char digits[64];
        uint64_t value;

        for (size_t i = 0; i < n; i++)
                if (rest.ptr[i] != '_' && used < sizeof(digits) - 1)
                        digits[used++] = rest.ptr[i];
        digits[used] = 0;
        ret->kind = TOKEN_NUMBER;
        ret->text = str_first(rest, n);
        if (n > whole) {
                ret->value = (struct tvalue){ .kind = TVALUE_REAL, .real = strtod(digits, NULL) };
        } else {
                if (!str_to_uint(str_n(digits, used), INT64_MAX, &value))
                        return problem(l, "a whole number has leading zeros or is too large");
                ret->value = (struct tvalue){ .kind = TVALUE_INT, .integer = (int64_t)value };
        }
        advance(l, n);
        return 0;
}

static int lex_operator(struct lexer *l, struct token *ret) {
        static const char *const doubles[] = { "**", "//", "==", "!=", ">=", "<=" };
        static const char singles[] = "+-/*%~[](){}><=.:|,", opening[] = "([{", closing[] = ")]}";
        struct str rest = rest_of(l);
        const char *bracket;
        size_t n = 1;

        for (size_t i = 0; i < ARRAY_LENGTH(doubles); i++)
                if (str_starts_with(rest, str_of(doubles[i])))
                        n = 2;
        if (!rest.ptr[0] || (n == 1 && !strchr(singles, rest.ptr[0]))) {
                l->current.text = str_first(rest, MAX_OF(str_utf8_sequence(rest), (size_t)1));
                l->rd->line = l->line;
                return template_fail(l->rd, "unexpected char '" STR_FMT "'", STR_ARG(l->current.text));
        }
        ret->kind = TOKEN_OPERATOR;
        ret->text = str_first(rest, n);
        if (strchr(opening, rest.ptr[0])) {
                if (l->n_brackets == sizeof(l->brackets))
                        return problem(l, "brackets are nested too deeply");
                l->brackets[l->n_brackets++] = rest.ptr[0];
        }
        bracket = strchr(closing, rest.ptr[0]);
        if (bracket) {
                if (l->n_brackets == 0 || l->brackets[l->n_brackets - 1] != opening[bracket - closing])
                        return problem(l, "a closing bracket has no opening one");
                l->n_brackets--;
        }
        advance(l, n);
        return 0;
}

/* The end of the tag: -}}, }}, -%}, %}, +%}. Its bytes, or 0. */
static size_t match_end(const struct lexer *l, struct str rest) {
        struct str end = l->closes == TOKEN_PRINT_END ? STR("}}") : STR("%}");
        size_t sign = rest.ptr[0] == '-' || (rest.ptr[0] == '+' && l->closes == TOKEN_BLOCK_END);

        return l->n_brackets == 0 && str_starts_with(str_from(rest, sign), end) ? sign + 2 : 0;
}

static int lex_inside(struct lexer *l, struct token *ret) {
        struct str rest;
        uint32_t c;
        size_t n;

        skip_space(l);
        rest = rest_of(l);
        *ret = (struct token){ .kind = TOKEN_END, .line = l->line };
        if (rest.len == 0)
                return 0;
        n = match_end(l, rest);
        if (n > 0) {
                ret->kind = l->closes;
                ret->text = str_first(rest, n);
                l->closes = TOKEN_DATA;
                l->strip = rest.ptr[0] == '-';
                advance(l, n);
                return 0;
        }
        python_character(rest, &c);
        if (name_starts(c)) {
                lex_name(l, ret);
                return 0;
        }
        if (c == '"' || c == '\'')
                return lex_text(l, ret);
        return c >= '0' && c <= '9' ? lex_number(l, ret) : lex_operator(l, ret);
}

static int lex(struct lexer *l, struct token *ret) {
        return l->closes == TOKEN_DATA ? lex_data(l, ret) : lex_inside(l, ret);
}

int lexer_next(struct lexer *l) {
        if (l->has_ahead) {
                l->current = l->ahead;
                l->has_ahead = false;
                return 0;
        }
        return lex(l, &l->current);
}

int lexer_peek(struct lexer *l) {
        int r = l->has_ahead ? 0 : lex(l, &l->ahead);

        l->has_ahead = r >= 0;
        return r;
}

/* Line ends become '\n', and one at the very end is left out, as Jinja does. */
static int take_source(struct lexer *l, struct str source) {
        char *to = arena_alloc(&l->rd->arena, source.len + 1);
        size_t n = 0;

        if (!to)
                return template_no_room(l->rd);
        for (size_t i = 0; i < source.len; i++) {
                if (source.ptr[i] == '\r') {
                        to[n++] = '\n';
                        i += i + 1 < source.len && source.ptr[i + 1] == '\n';
                } else {
                        to[n++] = source.ptr[i];
                }
        }
        l->source = str_n(to, n > 0 && to[n - 1] == '\n' ? n - 1 : n);
        return 0;
}

int lexer_begin(struct lexer *l, struct renderer *rd, struct str source) {
        int r;

        *l = (struct lexer){ .rd = rd, .line = 1, .closes = TOKEN_DATA };
        r = take_source(l, source);
        return r < 0 ? r : lexer_next(l);
}
