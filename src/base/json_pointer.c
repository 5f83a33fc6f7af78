#include "base/json_pointer.h"

#include "base/codec.h"

/* Percent-encoding comes off first (§6), then ~1 and ~0 (§4). */
static bool decode(struct str text, char out[JSON_POINTER_NAME_MAX]) {
        size_t n = 0, to = 0;

        for (size_t i = 0; i < text.len; i++) {
                int c = str_at(text, i);

                if (c == '%') {
                        if (text.len - i < 3 || hex_digit(text.ptr[i + 1]) < 0 ||
                            hex_digit(text.ptr[i + 2]) < 0)
                                return false;
                        c = hex_digit(text.ptr[i + 1]) * 16 + hex_digit(text.ptr[i + 2]);
                        i += 2;
                }
                if (n == JSON_POINTER_NAME_MAX - 1 || c == '\0')
                        return false;
                out[n++] = (char)c;
        }
        for (size_t i = 0; i < n; i++) {
                char c = out[i];

                if (c == '~') {
                        if (++i == n || (out[i] != '0' && out[i] != '1'))
                                return false;
                        c = out[i] == '0' ? '~' : '/';
                }
                out[to++] = c;
        }
        out[to] = '\0';
        return true;
}

json_t *json_pointer_find(json_t *document, struct str pointer) {
        char name[JSON_POINTER_NAME_MAX];
        struct str part;
        uint64_t index;

        if (pointer.len == 0)
                return document;
        if (pointer.ptr[0] != '/')
                return NULL;
        pointer = str_from(pointer, 1);
        while (document && str_next(&pointer, '/', &part)) {
                if (!decode(part, name))
                        return NULL;
                if (!json_is_array(document))
                        document = json_object_get(document, name);
                else if (str_to_uint(str_of(name), SIZE_MAX, &index))
                        document = json_array_get(document, index);
                else
                        document = NULL;
        }
        return document;
}
