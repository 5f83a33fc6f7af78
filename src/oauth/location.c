#include "oauth/location.h"

#include "base/errors.h"
#include "base/memory.h"

void location_begin(struct strbuf *b, struct str redirect_uri) {
        strbuf_append(b, redirect_uri);
        strbuf_append_char(b, str_find(redirect_uri, '?') >= 0 ? '&' : '?');
}

void location_param(struct strbuf *b, const char *name, struct str value) {
        char last = b->len ? b->ptr[b->len - 1] : '?';

        if (!value.ptr)
                return;
        if (last != '?' && last != '&')
                strbuf_append_char(b, '&');
        strbuf_append(b, str_of(name));
        strbuf_append_char(b, '=');
        strbuf_append_percent(b, value, true);
}

int location_end(struct arena *arena, struct strbuf *b, struct str *ret) {
        struct str copy = b->failed ? STR_NULL : arena_copy(arena, strbuf_str(b));

        memory_wipe(b->ptr, b->len);
        strbuf_done(b);
        if (!copy.ptr)
                return -ERR_NO_MEMORY;
        *ret = copy;
        return 0;
}
