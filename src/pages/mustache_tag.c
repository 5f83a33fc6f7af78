#include "pages/mustache_tag.h"

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str trim(struct str s) {
        while (s.len && is_space(s.ptr[0]))
                s = str_from(s, 1);
        while (s.len && is_space(s.ptr[s.len - 1]))
                s.len--;
        return s;
}

static void look_around(struct str source, size_t text_start, struct tag *tag) {
        size_t from = tag->at, to = tag->end;

        while (from > text_start && (source.ptr[from - 1] == ' ' || source.ptr[from - 1] == '\t'))
                from--;
        tag->blank_at = from;
        tag->blank_before = from == 0 || source.ptr[from - 1] == '\n';

        while (to < source.len && (source.ptr[to] == ' ' || source.ptr[to] == '\t'))
                to++;
        if (to + 1 < source.len && source.ptr[to] == '\r' && source.ptr[to + 1] == '\n')
                to++;
        tag->blank_after = to == source.len || source.ptr[to] == '\n';
        tag->next_line = to == source.len ? to : to + 1;
}

bool tag_read(struct str source, size_t at, size_t text_start, const struct delimiters *delimiters,
              struct tag *ret) {
        struct str rest = str_from(source, at + delimiters->open.len), close = delimiters->close;
        char closing[DELIMITER_MAX + 1];
        const char *end;

        *ret = (struct tag){ .at = at };
        while (rest.len && is_space(rest.ptr[0]))
                rest = str_from(rest, 1);
        if (rest.len && memchr("#^/><$!=&{", rest.ptr[0], 10)) {
                ret->kind = rest.ptr[0];
                rest = str_from(rest, 1);
        }
        if (ret->kind == '{' || ret->kind == '=') {
                closing[0] = ret->kind == '{' ? '}' : '=';
                memcpy(closing + 1, close.ptr, close.len);
                close = str_n(closing, close.len + 1);
        }
        end = rest.len ? memmem(rest.ptr, rest.len, close.ptr, close.len) : NULL;
        if (!end)
                return false;
        ret->content = trim(str_n(rest.ptr, (size_t)(end - rest.ptr)));
        ret->end = (size_t)(end - source.ptr) + close.len;
        look_around(source, text_start, ret);
        return true;
}

const char *tag_name(const struct tag *tag, struct str *ret, bool *ret_dynamic) {
        bool may_be_dynamic = tag->kind == '>' || tag->kind == '<' || tag->kind == '/', dynamic = false;
        struct str name = tag->content;

        if (may_be_dynamic && name.len && name.ptr[0] == '*') {
                name = trim(str_from(name, 1));
                dynamic = true;
        }
        if (name.len == 0)
                return "a tag has no name";
        for (size_t i = 0; i < name.len; i++)
                if (is_space(name.ptr[i]))
                        return "a name has white space in it";
        *ret = name;
        *ret_dynamic = dynamic;
        return NULL;
}

static bool is_delimiter(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (is_space(s.ptr[i]) || s.ptr[i] == '=')
                        return false;
        return s.len > 0 && s.len <= DELIMITER_MAX;
}

bool tag_delimiters(const struct tag *tag, struct delimiters *ret) {
        struct delimiters d;
        size_t n = 0;

        while (n < tag->content.len && !is_space(tag->content.ptr[n]))
                n++;
        d.open = str_first(tag->content, n);
        d.close = trim(str_from(tag->content, n));
        if (!is_delimiter(d.open) || !is_delimiter(d.close))
                return false;
        *ret = d;
        return true;
}
