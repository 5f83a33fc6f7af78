/* multipart/form-data (RFC 7578, RFC 2046 §5.1.1), strictly: what browsers and usual clients send, no preamble, no nesting, no
 * transfer encodings. */
#include "http/request_int.h"

enum { BOUNDARY_MAX = 70, LINE_MAX_BYTES = 1024, LINES_MAX = 8, PARTS_MAX = 16 };

struct part {
        struct str name, type;
        bool named, is_file;
};

/* The value of a parameter, `name="value"` or `name=value`, of a field such as `form-data; name="file"`; STR_NULL without one.
 * What has a control character, or no end, is none. */
static struct str field_parameter(struct str field, struct str wanted) {
        struct str rest = field, name, value;
        ptrdiff_t at = str_find(rest, ';');

        while (at >= 0) {
                rest = str_trim(str_from(rest, (size_t)at + 1));
                at = str_find(rest, '=');
                if (at < 0)
                        return STR_NULL;
                name = str_first(rest, (size_t)at);
                rest = str_from(rest, (size_t)at + 1);
                if (rest.len && rest.ptr[0] == '"') {
                        rest = str_from(rest, 1);
                        at = str_find(rest, '"');
                        if (at < 0)
                                return STR_NULL;
                        value = str_first(rest, (size_t)at);
                        rest = str_from(rest, (size_t)at + 1);
                        at = str_find(rest, ';');
                } else {
                        at = str_find(rest, ';');
                        value = str_trim(at < 0 ? rest : str_first(rest, (size_t)at));
                }
                if (str_eq_ignore_case(name, wanted))
                        return value;
        }
        return STR_NULL;
}

/* RFC 2046 §5.1.1: 1 to 70 characters of a small set. */
static bool boundary_of(struct str content_type, struct str *ret) {
        static const struct str others = STR_INIT("'()+_,-./:=?");
        struct str boundary = field_parameter(content_type, STR("boundary"));

        if (boundary.len == 0 || boundary.len > BOUNDARY_MAX)
                return false;
        for (size_t i = 0; i < boundary.len; i++) {
                char c = boundary.ptr[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      str_find(others, c) >= 0))
                        return false;
        }
        *ret = boundary;
        return true;
}

/* Takes a line that ends with CR LF. */
static bool take_line(struct str *rest, struct str *ret) {
        struct str head = str_first(*rest, LINE_MAX_BYTES);
        ptrdiff_t end = str_find(head, '\n');

        if (end < 1 || head.ptr[end - 1] != '\r')
                return false;
        *ret = str_first(head, (size_t)end - 1);
        *rest = str_from(*rest, (size_t)end + 1);
        return !str_has_control(*ret);
}

static bool take_field(struct str line, struct part *part) {
        ptrdiff_t colon = str_find(line, ':');
        struct str name, value;

        if (colon < 1)
                return false;
        name = str_first(line, (size_t)colon);
        value = str_trim(str_from(line, (size_t)colon + 1));
        if (str_eq_ignore_case(name, STR("Content-Type"))) {
                part->type = value;
        } else if (str_eq_ignore_case(name, STR("Content-Disposition"))) {
                if (part->named || !str_starts_with(value, STR("form-data;")))
                        return false;
                part->name = field_parameter(value, STR("name"));
                part->is_file = field_parameter(value, STR("filename")).ptr;
                part->named = part->name.len > 0 && str_is_utf8(part->name);
        }
        return true;
}

static bool take_head(struct str *rest, struct part *ret) {
        struct str line;

        *ret = (struct part){ .name = STR_NULL };
        for (int i = 0; i <= LINES_MAX; i++) {
                if (!take_line(rest, &line))
                        return false;
                if (line.len == 0)
                        return ret->named;
                if (!take_field(line, ret))
                        return false;
        }
        return false;
}

/* Takes what stands before the next delimiter, and that; *ret_last when no part follows it. */
static bool take_content(struct str *rest, struct str delimiter, struct str *ret, bool *ret_last) {
        const char *found = memmem(rest->ptr, rest->len, delimiter.ptr, delimiter.len);

        if (!found)
                return false;
        *ret = str_first(*rest, (size_t)(found - rest->ptr));
        *rest = str_from(*rest, ret->len + delimiter.len);
        *ret_last = str_starts_with(*rest, STR("--"));
        if (!*ret_last && !str_starts_with(*rest, STR("\r\n")))
                return false;
        *rest = str_from(*rest, 2);
        return true;
}

static int add(struct params *params, const struct part *part, struct str content) {
        struct param param = { .name = part->name, .value = content, .kind = PARAM_TEXT };

        if (part->is_file) {
                param.kind = PARAM_FILE;
                param.type = part->type;
        } else if (str_find(content, '\0') >= 0 || !str_is_utf8(content)) {
                return -ERR_BAD_FORM;
        }
        return params_add(params, &param);
}

int params_parse_multipart(struct params *params, struct arena *arena, struct str content_type,
                           struct str body) {
        struct str boundary, delimiter, rest = body, content;
        struct part part;
        bool last = false;
        int r;

        if (!boundary_of(content_type, &boundary))
                return -ERR_BAD_FORM;
        delimiter = arena_printf(arena, "\r\n--" STR_FMT, STR_ARG(boundary));
        if (!delimiter.ptr)
                return -ERR_NO_MEMORY;
        r = params_begin(params, arena, PARTS_MAX);
        if (r < 0)
                return r;
        if (!str_starts_with(rest, str_from(delimiter, 2)))
                return -ERR_BAD_FORM;
        rest = str_from(rest, delimiter.len - 2);
        if (!str_starts_with(rest, STR("\r\n")))
                return -ERR_BAD_FORM;
        rest = str_from(rest, 2);
        while (!last) {
                if (params->n == PARTS_MAX)
                        return -ERR_TOO_LARGE;
                if (!take_head(&rest, &part) || !take_content(&rest, delimiter, &content, &last))
                        return -ERR_BAD_FORM;
                r = add(params, &part, content);
                if (r < 0)
                        return r;
        }
        if (rest.len > 0 && !str_eq(rest, STR("\r\n")))
                return -ERR_BAD_FORM;
        params->parsed = true;
        return 0;
}
