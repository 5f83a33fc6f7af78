#include "account/scope.h"

#include "base/arena.h"

const struct scope_row scope_rows[SCOPE_BITS] = {
#define X(name, title, detail) { STR_INIT(#name), STR_INIT(title), STR_INIT(detail) },
#include "account/scope.def"
#undef X
};

bool scope_parse(struct str text, scope_set *ret, struct str *ret_unknown) {
        scope_set set = 0;
        struct str rest = text, word;

        if (text.len == 0) {
                *ret = 0;
                return true;
        }
        while (str_next(&rest, ' ', &word)) {
                unsigned bit = 0;

                while (bit < SCOPE_BITS && !str_eq(scope_rows[bit].name, word))
                        bit++;
                if (bit == SCOPE_BITS) {
                        *ret_unknown = word;
                        return false;
                }
                set |= 1u << bit;
        }
        *ret = set;
        return true;
}

void scope_write(scope_set set, struct str separator, struct strbuf *out) {
        bool first = true;

        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                if (!(set & 1u << bit))
                        continue;
                if (!first)
                        strbuf_append(out, separator);
                strbuf_append(out, scope_rows[bit].name);
                first = false;
        }
}

struct str scope_text(struct arena *arena, scope_set set) {
        char *text = arena_alloc(arena, SCOPE_TEXT_MAX), *at = text;

        if (!text)
                return STR_NULL;
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                if (!(set & 1u << bit))
                        continue;
                if (at != text)
                        *at++ = ' ';
                memcpy(at, scope_rows[bit].name.ptr, scope_rows[bit].name.len);
                at += scope_rows[bit].name.len;
        }
        return str_n(text, (size_t)(at - text));
}
