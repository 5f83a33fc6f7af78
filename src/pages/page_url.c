#include "pages/page_url.h"

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_scheme(struct str s) {
        if (s.len == 0 || !is_letter(s.ptr[0]))
                return false;
        for (size_t i = 1; i < s.len; i++)
                if (!is_letter(s.ptr[i]) && !(s.ptr[i] >= '0' && s.ptr[i] <= '9') && !strchr("+-.", s.ptr[i]))
                        return false;
        return true;
}

bool page_url_is_safe(struct str url) {
        ptrdiff_t colon;
        struct str scheme;

        if (url.len == 0 || str_has_control(url))
                return false;
        if (url.ptr[0] == '/')
                return url.len == 1 || (url.ptr[1] != '/' && url.ptr[1] != '\\');
        colon = str_find(url, ':');
        if (colon < 0)
                return false;
        scheme = str_first(url, (size_t)colon);
        if (str_eq_ignore_case(scheme, STR("http")) || str_eq_ignore_case(scheme, STR("https")))
                return str_starts_with(str_from(url, (size_t)colon + 1), STR("//"));
        return is_scheme(scheme) && str_find(scheme, '.') > 0;
}

static bool is_url_name(struct str name) {
        static const struct str endings[] = { STR_INIT("url"), STR_INIT("action") };

        for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
                size_t n = endings[i].len;

                if (name.len >= n && str_eq(str_from(name, name.len - n), endings[i]) &&
                    (name.len == n || name.ptr[name.len - n - 1] == '_'))
                        return true;
        }
        return false;
}

bool page_url_may_show(struct str name, const json_t *value) {
        if (!is_url_name(name) || !json_is_string(value))
                return true;
        return page_url_is_safe(str_n(json_string_value(value), json_string_length(value)));
}
