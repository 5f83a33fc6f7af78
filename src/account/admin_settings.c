/* /admin/settings: what is in force, and where each value comes from. Secrets are never shown, nor what stands before the @ of
 * an address or behind its question mark. */
#include "account/admin.h"
#include "account/form.h"
#include "account/handlers.h"
#include "base/context.h"
#include "pages/page.h"

enum { VALUE_MAX = 4096 };

static const char *const sources[] = {
        [SETTING_DEFAULT] = TEXT_LITERAL("Default"),
        [SETTING_ENVIRONMENT] = TEXT_LITERAL("Environment"),
        [SETTING_COMMAND_LINE] = TEXT_LITERAL("Command line"),
};

static struct str masked(struct request *req, struct str value) {
        struct str scheme, rest;
        size_t slash = 0, at = 0;
        const char *behind = "";
        ptrdiff_t colon;

        for (colon = 0; (size_t)colon + 3 <= value.len; colon++)
                if (memcmp(value.ptr + colon, "://", 3) == 0)
                        break;
        if ((size_t)colon + 3 > value.len)
                return value;
        scheme = str_first(value, (size_t)colon + 3);
        rest = str_from(value, scheme.len);
        for (; slash < rest.len && rest.ptr[slash] != '/'; slash++)
                if (rest.ptr[slash] == '@')
                        at = slash + 1;
        if (str_find(rest, '?') >= 0) {
                rest = str_first(rest, (size_t)str_find(rest, '?'));
                behind = "?***";
                at = MIN_OF(at, rest.len);
        }
        return arena_printf(&req->arena, STR_FMT "%s" STR_FMT "%s", STR_ARG(scheme), at ? "***@" : "",
                            STR_ARG(str_from(rest, at)), behind);
}

static json_t *setting_json(struct request *req, unsigned i) {
        const struct setting_row *row = &setting_rows[i];
        const struct setting_given *given = &req->context->settings->given[i];
        struct str value = given->text;
        json_t *data = json_object();

        form_set(&data, "name", str_of(row->variable));
        form_set_text(req, &data, "help", str_of(row->help));
        form_set_text(req, &data, "source", str_of(sources[given->source]));
        form_set_bool(&data, "is_set", given->source != SETTING_DEFAULT);
        if (setting_is_secret(row))
                form_set_bool(&data, value.len ? "hidden" : "empty", true);
        else if (value.len)
                form_set(&data, "value", str_first(masked(req, value), VALUE_MAX));
        else
                form_set_bool(&data, "empty", true);
        return data;
}

int handle_admin_settings_page(struct request *req, struct response *res) {
        json_t *data = admin_data(req, "settings"), *list = json_array();

        for (unsigned i = 0; i < setting_rows_count; i++)
                json_array_append_new(list, setting_json(req, i));
        form_set_object(&data, "settings", list);
        return page_respond(req->context->theme, res, 200, "admin_settings", data);
}
