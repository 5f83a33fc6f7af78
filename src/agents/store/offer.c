#include "agents/store/offer.h"

#include <stdarg.h>
#include <stdio.h>

#include "agents/store/listing.h"
#include "agents/value/value.h"
#include "base/cron.h"
#include "base/errors.h"
#include "base/json_write.h"
#include "pages/page_url.h"

enum kind { KIND_TEXT, KIND_SLUG, KIND_URL, KIND_TEXTS, KIND_URLS, KIND_CRON };

struct field {
        const char *name;
        enum kind kind;
        size_t max; /* characters, of each in a list */
        bool required;
        size_t offset;
};

static const struct field offer_fields[] = {
        { "slug", KIND_SLUG, STORE_SLUG_MAX, true, offsetof(struct store_offer, slug) },
        { "name", KIND_TEXT, STORE_NAME_MAX, true, offsetof(struct store_offer, name) },
        { "sub_heading", KIND_TEXT, STORE_HEADING_MAX, false, offsetof(struct store_offer, sub_heading) },
        { "description", KIND_TEXT, STORE_TEXT_MAX, true, offsetof(struct store_offer, description) },
        { "instructions", KIND_TEXT, STORE_TEXT_MAX, false, offsetof(struct store_offer, instructions) },
        { "image_urls", KIND_URLS, STORE_URL_MAX, false, offsetof(struct store_offer, image_urls) },
        { "video_url", KIND_URL, STORE_URL_MAX, false, offsetof(struct store_offer, video_url) },
        { "agent_output_demo_url", KIND_URL, STORE_URL_MAX, false,
          offsetof(struct store_offer, output_demo_url) },
        { "categories", KIND_TEXTS, STORE_CATEGORY_MAX, false, offsetof(struct store_offer, categories) },
        { "changes_summary", KIND_TEXT, STORE_NOTE_MAX, false,
          offsetof(struct store_offer, changes_summary) },
        { "recommended_schedule_cron", KIND_CRON, CRON_MAX, false, offsetof(struct store_offer, cron) },
};

static const struct field person_fields[] = {
        { "username", KIND_SLUG, STORE_USERNAME_MAX, true, offsetof(struct store_person, username) },
        { "name", KIND_TEXT, STORE_NAME_MAX, true, offsetof(struct store_person, name) },
        { "description", KIND_TEXT, STORE_NOTE_MAX, false, offsetof(struct store_person, description) },
        { "avatar_url", KIND_URL, STORE_URL_MAX, false, offsetof(struct store_person, avatar_url) },
        { "links", KIND_URLS, STORE_URL_MAX, false, offsetof(struct store_person, links) },
};

_printf_(4, 5) static int refuse(struct store_fault *fault, const char *field, const char *type,
                                 const char *format, ...) {
        va_list args;

        fault->field = field;
        fault->type = type;
        va_start(args, format);
        (void)vsnprintf(fault->text, sizeof(fault->text), format, args);
        va_end(args);
        return -ERR_INVALID_FIELD;
}

/* Lower-case letters, digits, and hyphens within. */
static bool is_slug(struct str text) {
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                bool inner = i > 0 && i + 1 < text.len;

                if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && inner)))
                        return false;
        }
        return text.len > 0;
}

static bool is_web_address(struct str text) {
        return (str_starts_with(text, STR("https://")) || str_starts_with(text, STR("http://"))) &&
               !str_contains(text, STR(" ")) && page_url_is_safe(text);
}

static bool is_blank(struct str text) {
        return str_trim(text).len == 0;
}

/* What is shown of a text may have several lines, but nothing else that steers a terminal or a page. */
static bool has_odd_control(struct str text) {
        for (size_t i = 0; i < text.len; i++) {
                uint8_t c = str_at(text, i);

                if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
                        return true;
        }
        return false;
}

static int check_cron(const struct field *f, struct str text, struct store_fault *fault) {
        char problem[CRON_PROBLEM_MAX + 1] = "";
        struct cron cron;

        if (cron_parse(text, &cron, problem) < 0)
                return refuse(fault, f->name, "value_error", "%s", problem);
        return 0;
}

static int check_text(const struct field *f, struct str text, struct store_fault *fault) {
        if (str_utf8_length(text) > f->max)
                return refuse(fault, f->name, "string_too_long", "String should have at most %zu characters",
                              f->max);
        if (has_odd_control(text))
                return refuse(fault, f->name, "value_error", "Control characters are not allowed");
        if ((f->kind == KIND_TEXT || f->kind == KIND_TEXTS) && (f->required || f->kind == KIND_TEXTS) &&
            is_blank(text))
                return refuse(fault, f->name, "string_too_short", "String should not be blank");
        if (f->kind == KIND_SLUG && !is_slug(text))
                return refuse(fault, f->name, "string_pattern_mismatch",
                              "Lower-case letters, digits and hyphens, which stand between others");
        if ((f->kind == KIND_URL || f->kind == KIND_URLS) && !is_web_address(text))
                return refuse(fault, f->name, "url_parsing",
                              "Input should be an address that begins with https:// or http://");
        return f->kind == KIND_CRON ? check_cron(f, text, fault) : 0;
}

static int read_text(const struct field *f, const json_t *value, struct arena *arena, struct str *ret,
                     struct store_fault *fault) {
        struct str text = value_str(value);
        int r;

        if (!json_is_string(value))
                return refuse(fault, f->name, "string_type", "Input should be a valid string");
        if (text.len == 0 && !f->required)
                return 0;
        r = check_text(f, text, fault);
        if (r < 0)
                return r;
        *ret = arena_copy(arena, text);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static int read_list(const struct field *f, const json_t *value, struct arena *arena, struct str *ret,
                     struct store_fault *fault) {
        _cleanup_(strbuf_done) struct strbuf out =
                STRBUF_INIT(STORE_LIST_MAX * (4 + (size_t)STORE_URL_MAX * 6));
        struct json_writer w = JSON_WRITER(&out);
        const json_t *item;
        size_t i;
        int r;

        if (!json_is_array(value))
                return refuse(fault, f->name, "list_type", "Input should be a valid list");
        if (json_array_size(value) > STORE_LIST_MAX)
                return refuse(fault, f->name, "too_long", "List should have at most %d items",
                              STORE_LIST_MAX);
        json_array_begin(&w);
        json_array_foreach(value, i, item) {
                if (!json_is_string(item))
                        return refuse(fault, f->name, "string_type", "Items should be valid strings");
                r = check_text(f, value_str(item), fault);
                if (r < 0)
                        return r;
                json_str(&w, value_str(item));
        }
        json_array_end(&w);
        *ret = out.failed ? STR_NULL : arena_copy(arena, strbuf_str(&out));
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static bool is_list(const struct field *f) {
        return f->kind == KIND_TEXTS || f->kind == KIND_URLS;
}

static int read_field(const struct field *f, const json_t *document, struct arena *arena, void *out,
                      struct store_fault *fault) {
        const json_t *value = json_object_get(document, f->name);
        struct str *ret = (struct str *)((char *)out + f->offset);

        *ret = is_list(f) ? STR("[]") : STR_NULL;
        if (!value || json_is_null(value))
                return f->required ? refuse(fault, f->name, "missing", "Field required") : 0;
        return is_list(f) ? read_list(f, value, arena, ret, fault) : read_text(f, value, arena, ret, fault);
}

static int read_fields(const struct field *fields, size_t n, const json_t *document, struct arena *arena,
                       void *out, struct store_fault *fault) {
        for (size_t i = 0; i < n; i++) {
                int r = read_field(&fields[i], document, arena, out, fault);

                if (r < 0)
                        return r;
        }
        return 0;
}

static void fill(struct str *text) {
        if (!text->ptr)
                *text = STR("");
}

int store_offer_read(const json_t *document, bool needs_slug, struct arena *arena, struct store_offer *ret,
                     struct store_fault *ret_fault) {
        size_t skip = needs_slug ? 0 : 1; /* the slug comes first */
        const json_t *first;
        int r;

        *ret = (struct store_offer){ .slug = STR_NULL };
        r = read_fields(offer_fields + skip, ARRAY_LENGTH(offer_fields) - skip, document, arena, ret,
                        ret_fault);
        if (r < 0)
                return r;
        fill(&ret->sub_heading);
        fill(&ret->video_url);
        fill(&ret->output_demo_url);
        first = json_array_get(json_object_get(document, "image_urls"), 0);
        ret->image = first ? arena_copy(arena, value_str(first)) : STR("");
        return ret->image.ptr ? 0 : -ERR_NO_MEMORY;
}

int store_person_read(const json_t *document, struct arena *arena, struct store_person *ret,
                      struct store_fault *ret_fault) {
        int r;

        *ret = (struct store_person){ .username = STR_NULL };
        r = read_fields(person_fields, ARRAY_LENGTH(person_fields), document, arena, ret, ret_fault);
        fill(&ret->description);
        return r;
}

bool store_offer_equal(const struct store_offer *a, const struct store_offer *b) {
        for (size_t i = 1; i < ARRAY_LENGTH(offer_fields); i++) {
                const struct str *x = (const struct str *)((const char *)a + offer_fields[i].offset);
                const struct str *y = (const struct str *)((const char *)b + offer_fields[i].offset);

                if (!str_eq(*x, *y) || !x->ptr != !y->ptr)
                        return false;
        }
        return true;
}
