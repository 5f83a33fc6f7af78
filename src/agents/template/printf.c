/* Python's printf: format % values (Python library reference, "printf-style String Formatting"). */
#include <math.h>
#include <stdio.h>

#include "agents/template/arithmetic.h"
#include "agents/value/python_text.h"

enum { WIDTH_MAX = 1000 };

struct conversion {
        char flags[8];        /* of "-+ #0", each once */
        int width, precision; /* -1 for none */
        char type;
        struct str key; /* %(key)s */
};

struct formatter {
        struct renderer *rd;
        struct strbuf out;
        const struct tvalue *values;
        size_t next; /* of a tuple's */
};

static int read_size(struct renderer *rd, struct str *s, int *ret) {
        *ret = -1;
        while (s->len > 0 && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
                *ret = MAX_OF(*ret, 0) * 10 + (s->ptr[0] - '0');
                if (*ret > WIDTH_MAX)
                        return template_fail(rd, "a width or precision above %d", WIDTH_MAX);
                *s = str_from(*s, 1);
        }
        return 0;
}

/* What stands after a '%'. */
static int read_conversion(struct renderer *rd, struct str *s, struct conversion *ret) {
        size_t n = 0;
        int r;

        *ret = (struct conversion){ .precision = -1 };
        if (str_starts_with(*s, STR("("))) {
                ptrdiff_t end = str_find(*s, ')');

                if (end < 0)
                        return template_fail(rd, "incomplete format key");
                ret->key = str_first(str_from(*s, 1), (size_t)end - 1);
                *s = str_from(*s, (size_t)end + 1);
        }
        for (; s->len > 0 && s->ptr[0] && strchr("-+ #0", s->ptr[0]); *s = str_from(*s, 1))
                if (!strchr(ret->flags, s->ptr[0]) && n < sizeof(ret->flags) - 1)
                        ret->flags[n++] = s->ptr[0];
        r = read_size(rd, s, &ret->width);
        if (r >= 0 && str_starts_with(*s, STR("."))) {
                *s = str_from(*s, 1);
                r = read_size(rd, s, &ret->precision);
                ret->precision = MAX_OF(ret->precision, 0);
        }
        if (r < 0)
                return r;
        if (s->len > 0 && s->ptr[0] && strchr("hlL", s->ptr[0]))
                *s = str_from(*s, 1);
        if (s->len == 0)
                return template_fail(rd, "incomplete format");
        ret->type = s->ptr[0];
        *s = str_from(*s, 1);
        return 0;
}

static int next_value(struct formatter *f, const struct conversion *c, struct tvalue *ret) {
        int r;

        if (c->key.ptr) {
                struct tvalue key = TVALUE_OF_TEXT(c->key);

                if (f->values->kind != TVALUE_MAP)
                        return template_fail(f->rd, "format requires a mapping");
                f->next = 1;
                r = tvalue_find(f->rd, f->values->map, &key, ret);
                return r == 0 ? template_fail(f->rd, "'" STR_FMT "'", STR_ARG(str_first(c->key, 60))) : r;
        }
        if (f->values->kind != TVALUE_TUPLE) {
                if (f->next++ > 0)
                        return template_fail(f->rd, "not enough arguments for format string");
                *ret = *f->values;
                return 0;
        }
        r = tvalue_fill_list(f->rd, f->values->list);
        if (r < 0)
                return r;
        if (f->next >= f->values->list->n)
                return template_fail(f->rd, "not enough arguments for format string");
        *ret = f->values->list->items[f->next++];
        return 0;
}

/* The flags that C knows too, then width and precision, for snprintf(). */
static void c_format(const struct conversion *c, const char *type, char out[32]) {
        size_t n = 0;

        out[n++] = '%';
        for (const char *flag = c->flags; *flag; flag++)
                out[n++] = *flag;
        if (c->width >= 0)
                n += (size_t)snprintf(out + n, 32 - n, "%d", c->width);
        if (c->precision >= 0)
                n += (size_t)snprintf(out + n, 32 - n, ".%d", c->precision);
        snprintf(out + n, 32 - n, "%s", type);
}

/* The format is one that c_format() made: its flags, sizes and type are known. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static int append_whole(struct formatter *f, const struct conversion *c, const struct tvalue *v) {
        char format[32], type[4] = { 'l', 'l', 0 };
        int64_t whole;

        if (!tvalue_is_number(v) || (v->kind == TVALUE_REAL && !strchr("diu", c->type)))
                return template_fail(f->rd, "%%%c format: %s is required, not %s", c->type,
                                     strchr("diu", c->type) ? "a real number" : "an integer", tvalue_type(v));
        if (v->kind == TVALUE_REAL && !(v->real > -9.2e18 && v->real < 9.2e18))
                return template_fail(f->rd, "a number is too large for %%%c", c->type);
        whole = v->kind == TVALUE_REAL ? (int64_t)v->real : tvalue_whole(v);
        if (whole < 0 && !strchr("diu", c->type))
                return template_fail(f->rd, "%%%c takes no negative number", c->type);
        type[2] = strchr("diu", c->type) ? 'd' : c->type;
        c_format(c, type, format);
        strbuf_printf(&f->out, format, (long long)whole);
        return 0;
}

static int append_real(struct formatter *f, const struct conversion *c, const struct tvalue *v) {
        char format[32], type[2] = { c->type, 0 };

        if (!tvalue_is_number(v))
                return template_fail(f->rd, "must be real number, not %s", tvalue_type(v));
        c_format(c, type, format);
        strbuf_printf(&f->out, format, tvalue_real(v));
        return 0;
}

#pragma GCC diagnostic pop

static int append_text(struct formatter *f, const struct conversion *c, const struct tvalue *v) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct tvalue list = { .kind = TVALUE_LIST,
                               .list = &(struct tvalue_list){ .n = 1, .items = (struct tvalue *)v } };
        struct str text;
        size_t n, pad;
        int r = c->type == 's' ? tvalue_print(f->rd, &buf, v) : tvalue_print(f->rd, &buf, &list);

        if (r < 0)
                return r;
        text = str_n(buf.ptr ? buf.ptr : "", buf.len);
        if (c->type != 's')
                text = str_first(str_from(text, 1), text.len - 2);
        if (c->precision >= 0)
                text = str_first(text, python_offset(text, (size_t)c->precision));
        n = str_utf8_length(text);
        pad = c->width > 0 && (size_t)c->width > n ? (size_t)c->width - n : 0;
        for (size_t i = 0; i < pad && !strchr(c->flags, '-'); i++)
                strbuf_append_char(&f->out, ' ');
        strbuf_append(&f->out, text);
        for (size_t i = 0; i < pad && strchr(c->flags, '-'); i++)
                strbuf_append_char(&f->out, ' ');
        return 0;
}

/* A character, or its number. */
static int append_one(struct formatter *f, const struct tvalue *v) {
        if (v->kind == TVALUE_TEXT && str_utf8_length(v->text) == 1) {
                strbuf_append(&f->out, v->text);
                return 0;
        }
        if (!tvalue_is_whole(v) || tvalue_whole(v) < 1 || tvalue_whole(v) > 0x10ffff ||
            (tvalue_whole(v) >= 0xd800 && tvalue_whole(v) < 0xe000))
                return template_fail(f->rd, "%%c requires int or char");
        python_append_character(&f->out, (uint32_t)tvalue_whole(v));
        return 0;
}

static int append_conversion(struct formatter *f, const struct conversion *c) {
        struct tvalue value = TVALUE_OF_NONE;
        int r;

        if (c->type == '%') {
                strbuf_append_char(&f->out, '%');
                return 0;
        }
        if (!strchr("diuoxXeEfFgGsrac", c->type))
                return template_fail(f->rd, "unsupported format character '%c'", c->type < 0 ? '?' : c->type);
        r = next_value(f, c, &value);
        if (r < 0)
                return r;
        if (c->type == 'c')
                return append_one(f, &value);
        if (strchr("diuoxX", c->type))
                return append_whole(f, c, &value);
        return strchr("eEfFgG", c->type) ? append_real(f, c, &value) : append_text(f, c, &value);
}

static int format_all(struct formatter *f, struct str format) {
        struct conversion c;
        size_t given = f->values->kind == TVALUE_TUPLE ? f->values->list->n : 1;
        int r = 0;

        while (r >= 0 && format.len > 0) {
                ptrdiff_t at = str_find(format, '%');

                strbuf_append(&f->out, at < 0 ? format : str_first(format, (size_t)at));
                if (at < 0)
                        break;
                format = str_from(format, (size_t)at + 1);
                r = template_spend_text(f->rd, WIDTH_MAX);
                if (r >= 0)
                        r = read_conversion(f->rd, &format, &c);
                if (r >= 0)
                        r = append_conversion(f, &c);
        }
        if (r >= 0 && f->next < given && f->values->kind != TVALUE_MAP && f->values->kind != TVALUE_LIST)
                r = template_fail(f->rd, "not all arguments converted during string formatting");
        return r;
}

int tvalue_printf(struct renderer *rd, struct str format, const struct tvalue *values, struct tvalue *ret) {
        struct formatter f = { .rd = rd, .out = TVALUE_BUFFER, .values = values };
        int r = template_spend_text(rd, format.len);

        if (r >= 0)
                r = format_all(&f, format);
        if (r >= 0)
                r = tvalue_take_text(rd, &f.out, ret);
        strbuf_done(&f.out);
        return r;
}
