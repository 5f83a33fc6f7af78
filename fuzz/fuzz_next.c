/* `?next=`: whatever it is, where a person is led is a path of this server, as sent and decoded once more. */
#include "account/next.h"
#include "base/codec.h"
#include "fuzz.h"
#include "http/request.h"

static void check_local(struct str path) {
        HOLDS(path.len > 0 && path.ptr[0] == '/');
        HOLDS(path.len < 2 || (path.ptr[1] != '/' && path.ptr[1] != '\\'));
}

/* Decodes escapes once, leniently, as a careless server or browser would; returns the length of its path. */
static size_t decode(struct str s, char *out, size_t *ret_path) {
        size_t n = 0;
        bool in_path = true;

        *ret_path = 0;
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];

                if (c == '?' || c == '#')
                        in_path = false;
                if (c == '%' && i + 2 < s.len && hex_digit(s.ptr[i + 1]) >= 0 &&
                    hex_digit(s.ptr[i + 2]) >= 0) {
                        c = (char)(hex_digit(s.ptr[i + 1]) << 4 | hex_digit(s.ptr[i + 2]));
                        i += 2;
                }
                out[n++] = c;
                if (in_path)
                        *ret_path = n;
        }
        return n;
}

/* The link's parameter gives the path back. */
static void check_link(struct str path) {
        struct strbuf link = STRBUF_INIT(4 * NEXT_MAX);
        struct str text, back = STR_NULL;
        struct arena arena;

        arena_init(&arena, 4 * NEXT_MAX);
        next_link(STR("/login"), path, &link);
        text = strbuf_str(&link);
        HOLDS(text.ptr && str_starts_with(text, STR("/login")));
        if (str_eq(path, STR("/"))) {
                HOLDS(str_eq(text, STR("/login")));
        } else {
                HOLDS(str_starts_with(text, STR("/login?next=")) && str_find(text, '&') < 0 &&
                      str_find(text, '#') < 0);
                HOLDS(form_decode(&arena, str_from(text, sizeof("/login?next=") - 1), ERR_BAD_QUERY, &back) ==
                      0);
                HOLDS(str_eq(back, path));
        }
        arena_done(&arena);
        strbuf_done(&link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str next = str_n(data, size), path = next_path(next), decoded;
        char room[NEXT_MAX];
        size_t path_end;

        HOLDS(str_eq(path, next) || str_eq(path, STR("/")));
        HOLDS(path.len <= NEXT_MAX);
        for (size_t i = 0; i < path.len; i++)
                HOLDS(str_at(path, i) > 0x20 && str_at(path, i) < 0x7f && path.ptr[i] != '\\');
        check_local(path);
        HOLDS(str_eq(next_path(path), path));

        (void)!decode(path, room, &path_end);
        decoded = str_n(room, path_end);
        check_local(decoded);
        HOLDS(!str_has_control(decoded) && str_find(decoded, '\\') < 0 && !str_contains(decoded, STR("//")));
        check_link(path);
        return 0;
}
