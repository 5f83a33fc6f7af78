/* How values print: str() and repr() of Python. */
#include "agents/template/value.h"
#include "agents/value/python_text.h"

static int print_repr(struct renderer *rd, struct strbuf *out, const struct tvalue *v);

static int print_list(struct renderer *rd, struct strbuf *out, const struct tvalue *v) {
        bool tuple = v->kind == TVALUE_TUPLE;
        int r = tvalue_fill_list(rd, v->list);

        strbuf_append_char(out, tuple ? '(' : '[');
        for (size_t i = 0; r >= 0 && i < v->list->n; i++) {
                if (i > 0)
                        strbuf_append(out, STR(", "));
                r = print_repr(rd, out, &v->list->items[i]);
        }
        if (tuple && v->list->n == 1)
                strbuf_append_char(out, ',');
        strbuf_append_char(out, tuple ? ')' : ']');
        return r;
}

static int print_map(struct renderer *rd, struct strbuf *out, const struct tvalue *v) {
        int r = tvalue_fill_map(rd, v->map);

        strbuf_append_char(out, '{');
        for (size_t i = 0; r >= 0 && i < v->map->n; i++) {
                if (i > 0)
                        strbuf_append(out, STR(", "));
                r = print_repr(rd, out, &v->map->pairs[i].key);
                strbuf_append(out, STR(": "));
                if (r >= 0)
                        r = print_repr(rd, out, &v->map->pairs[i].value);
        }
        strbuf_append_char(out, '}');
        return r;
}

int tvalue_print(struct renderer *rd, struct strbuf *out, const struct tvalue *v) {
        char digits[PYTHON_REAL_MAX];
        int r = template_spend(rd, 1);

        if (r < 0)
                return r;
        switch (v->kind) {
        case TVALUE_NONE:
                strbuf_append(out, STR("None"));
                return 0;
        case TVALUE_BOOL:
                strbuf_append(out, v->truth ? STR("True") : STR("False"));
                return 0;
        case TVALUE_INT:
                strbuf_append_int(out, v->integer);
                return 0;
        case TVALUE_REAL:
                strbuf_append(out, python_real(v->real, digits));
                return 0;
        case TVALUE_TEXT:
                strbuf_append(out, v->text);
                return template_spend_text(rd, v->text.len);
        case TVALUE_LIST:
        case TVALUE_TUPLE:
        case TVALUE_MAP:
                r = template_enter(rd);
                if (r < 0)
                        return r;
                r = v->kind == TVALUE_MAP ? print_map(rd, out, v) : print_list(rd, out, v);
                template_leave(rd);
                return r;
        case TVALUE_LOOP:
                strbuf_printf(out, "<LoopContext %zu/%zu>", v->loop->index + 1, v->loop->items->n);
                return 0;
        case TVALUE_UNDEFINED:
                return 0;
        }
        return 0;
}

static int print_repr(struct renderer *rd, struct strbuf *out, const struct tvalue *v) {
        if (v->kind == TVALUE_UNDEFINED)
                strbuf_append(out, STR("Undefined"));
        if (v->kind != TVALUE_TEXT)
                return tvalue_print(rd, out, v);
        if (v->safe)
                strbuf_append(out, STR("Markup("));
        python_append_repr(out, v->text);
        if (v->safe)
                strbuf_append_char(out, ')');
        return template_spend_text(rd, v->text.len);
}

int tvalue_text(struct renderer *rd, const struct tvalue *v, struct str *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct tvalue text;
        int r;

        if (v->kind == TVALUE_TEXT) {
                *ret = v->text;
                return 0;
        }
        r = tvalue_print(rd, &buf, v);
        if (r >= 0)
                r = tvalue_take_text(rd, &buf, &text);
        if (r >= 0)
                *ret = text.text;
        return r;
}

void tvalue_append_escaped(struct strbuf *out, struct str text) {
        size_t start = 0;

        for (size_t i = 0; i < text.len; i++) {
                const char *entity = NULL;

                switch (text.ptr[i]) {
                case '&':
                        entity = "&amp;";
                        break;
                case '<':
                        entity = "&lt;";
                        break;
                case '>':
                        entity = "&gt;";
                        break;
                case '\'':
                        entity = "&#39;";
                        break;
                case '"':
                        entity = "&#34;";
                        break;
                default:
                        continue;
                }
                strbuf_append(out, str_n(text.ptr + start, i - start));
                strbuf_append(out, str_of(entity));
                start = i + 1;
        }
        strbuf_append(out, str_from(text, start));
}

int tvalue_escape(struct renderer *rd, const struct tvalue *v, struct tvalue *ret) {
        _cleanup_(strbuf_done) struct strbuf buf = TVALUE_BUFFER;
        struct str text;
        int r;

        if (v->kind == TVALUE_TEXT && v->safe) {
                *ret = *v;
                return 0;
        }
        r = tvalue_text(rd, v, &text);
        if (r < 0)
                return r;
        tvalue_append_escaped(&buf, text);
        r = tvalue_take_text(rd, &buf, ret);
        if (r >= 0)
                ret->safe = true;
        return r;
}
