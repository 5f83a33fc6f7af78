#include "support/pages.h"

#include <stdio.h>
#include <string.h>

#include "pages/page.h"

struct pages_shown pages_shown;

void pages_forget(void) {
        json_decref(pages_shown.data);
        memset(&pages_shown, 0, sizeof(pages_shown));
}

int page_respond(const struct page_theme *theme _unused_, struct response *res, int status, const char *name,
                 json_t *data) {
        pages_forget();
        if (!data)
                return -ERR_NO_MEMORY;
        snprintf(pages_shown.name, sizeof(pages_shown.name), "%s", name);
        pages_shown.status = status;
        pages_shown.data = data;
        response_begin(res, status, CONTENT_TYPE_HTML);
        return 0;
}

struct str page_text(const struct request *req _unused_, struct str english) {
        return english;
}

struct str page_sentence(const struct request *req _unused_, const struct sentence *sentence) {
        return sentence->text;
}

const char *pages_text(const char *name, const char *inner) {
        const json_t *value = json_object_get(pages_shown.data, name);

        if (inner)
                value = json_object_get(value, inner);
        return json_is_string(value) ? json_string_value(value) : "";
}
