/* Written JSON: whatever bytes a text has, the result is JSON (RFC 8259) in UTF-8 on one line, and a text that was UTF-8
 * comes back as it was. */
#include <jansson.h>

#include "base/json_write.h"
#include "fuzz.h"

enum { TEXT_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct strbuf out = STRBUF_INIT(8 * TEXT_MAX);
        struct json_writer w = JSON_WRITER(&out);
        struct str text = str_n(data, size), back;
        json_t *parsed;

        if (size > TEXT_MAX)
                return 0;
        json_array_begin(&w);
        json_str(&w, text);
        json_int(&w, (int64_t)size);
        json_array_end(&w);

        HOLDS(!out.failed);
        HOLDS(str_is_utf8(strbuf_str(&out)) && !str_has_control(strbuf_str(&out)));
        parsed = json_loadb(out.ptr, out.len, JSON_ALLOW_NUL, NULL);
        HOLDS(parsed && json_array_size(parsed) == 2);
        back = str_n(json_string_value(json_array_get(parsed, 0)),
                     json_string_length(json_array_get(parsed, 0)));
        HOLDS(str_is_utf8(back));
        HOLDS(str_eq(back, text) == str_is_utf8(text));
        json_decref(parsed);
        strbuf_done(&out);
        return 0;
}
