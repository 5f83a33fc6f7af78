#include "account/admin.h"

#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "base/context.h"
#include "base/strbuf.h"
#include "pages/page.h"

static const struct {
        const char *page, *url;
        struct str label, about;
} entries[] = {
        { "people", "/admin/people", TEXT_INIT("People"),
          TEXT_INIT("Find somebody, disable or enable an account, end sessions, make administrators.") },
        { "apps", "/admin/apps", TEXT_INIT("Apps"),
          TEXT_INIT("Register apps, disable and enable them, and choose what they may ask for.") },
        { "submissions", "/admin/submissions", TEXT_INIT("Store submissions"),
          TEXT_INIT("Look at agents that people handed in, and approve or refuse them.") },
        { "audit", "/admin/audit", TEXT_INIT("Audit trail"),
          TEXT_INIT("Who did what and when; download it.") },
        { "health", "/admin/health", TEXT_INIT("Health"),
          TEXT_INIT("Nodes, versions, what waits to be done and when the last clean-up was.") },
        { "settings", "/admin/settings", TEXT_INIT("Settings"),
          TEXT_INIT("What is in force, and where it was set.") },
};

static json_t *nav(const struct request *req, const char *page) {
        json_t *list = json_array();

        for (size_t i = 0; i < ARRAY_LENGTH(entries); i++) {
                json_t *entry = json_object();

                form_set(&entry, "url", str_of(entries[i].url));
                form_set_text(req, &entry, "label", entries[i].label);
                form_set_text(req, &entry, "about", entries[i].about);
                form_set_bool(&entry, "current", strcmp(entries[i].page, page) == 0);
                json_array_append_new(list, entry);
        }
        return list;
}

json_t *admin_data(struct request *req, const char *page) {
        json_t *data = frame_data(req, page);

        form_set_object(&data, "nav", nav(req, page));
        return data;
}

struct str admin_query(struct request *req, const char *name, size_t max) {
        const struct param *p = params_find(&req->query_params, str_of(name));

        if (!p || p->value.len > max || !str_is_utf8(p->value) || str_has_control(p->value))
                return STR("");
        return str_trim(p->value);
}

struct str admin_pattern(struct str typed, char out[ADMIN_PATTERN_MAX]) {
        size_t n = 0;

        out[n++] = '%';
        for (size_t i = 0; i < MIN_OF(typed.len, (size_t)ADMIN_SEARCH_MAX); i++) {
                char c = typed.ptr[i];

                if (c == '%' || c == '_' || c == '!')
                        out[n++] = '!';
                out[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        }
        if (typed.len)
                out[n++] = '%';
        return str_n(out, n);
}

struct str admin_link(struct request *req, const char *path, const char *const *names, struct str before) {
        _cleanup_(strbuf_done) struct strbuf link = STRBUF_INIT(REQUEST_TARGET_MAX);

        strbuf_append(&link, str_of(path));
        strbuf_append(&link, STR("?before="));
        strbuf_append_percent(&link, before, false);
        for (; *names; names++) {
                struct str value = admin_query(req, *names, ADMIN_SEARCH_MAX);

                if (!value.len)
                        continue;
                strbuf_append_char(&link, '&');
                strbuf_append(&link, str_of(*names));
                strbuf_append_char(&link, '=');
                strbuf_append_percent(&link, value, false);
        }
        return link.failed ? STR_NULL : arena_copy(&req->arena, strbuf_str(&link));
}

int handle_admin_page(struct request *req, struct response *res) {
        return page_respond(req->context->theme, res, 200, "admin", admin_data(req, "admin"));
}
