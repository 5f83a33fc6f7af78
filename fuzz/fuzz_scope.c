/* Scopes: what is read is written in the table's order, once each, and read back as the same set; what is refused names a
 * word of the text that is no scope. */
#include "account/scope.h"
#include "base/arena.h"
#include "fuzz.h"

static bool is_scope(struct str word) {
        for (size_t i = 0; i < SCOPE_BITS; i++)
                if (str_eq(scope_rows[i].name, word))
                        return true;
        return false;
}

static void check_written(scope_set set) {
        struct strbuf out = STRBUF_INIT(SCOPE_TEXT_MAX);
        struct str unknown = STR_NULL, text;
        struct arena arena;
        scope_set again;

        arena_init(&arena, 64 * 1024);
        text = scope_text(&arena, set);
        HOLDS(text.ptr && text.len <= SCOPE_TEXT_MAX);
        HOLDS(scope_parse(text, &again, &unknown) && again == set);
        scope_write(set, STR(" "), &out);
        HOLDS(!out.failed && str_eq(str_n(out.ptr, out.len), text));
        strbuf_done(&out);
        arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str text = str_n(data, size), rest = text, unknown = STR_NULL, word;
        scope_set set = 0;

        if (scope_parse(text, &set, &unknown)) {
                HOLDS((set & ~(scope_set)SCOPE_ALL) == 0 && !unknown.ptr);
                HOLDS((set == 0) == (size == 0));
                for (unsigned bit = 0; bit < SCOPE_BITS; bit++)
                        HOLDS(!(set & 1u << bit) || str_contains(text, scope_rows[bit].name));
                check_written(set);
                while (size && str_next(&rest, ' ', &word))
                        HOLDS(is_scope(word));
        } else {
                HOLDS(unknown.ptr && !is_scope(unknown) && str_find(unknown, ' ') < 0);
                HOLDS(unknown.ptr >= text.ptr && unknown.ptr + unknown.len <= text.ptr + text.len);
        }
        check_written((scope_set)size & SCOPE_ALL);
        return 0;
}
