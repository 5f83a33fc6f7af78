/* /profile/activity: what the audit trail holds of a person, for that person. */
#include "account/audit_read.h"
#include "account/device.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "account/moment.h"
#include "account/scope.h"
#include "pages/page.h"

enum {
        ARENA_MAX = 16 * 1024 * 1024, /* bytes: segments are read whole */
        DETAIL_MAX = 4096,            /* bytes: all permissions in words */
};

static int set_app(struct request *req, json_t **data, struct str app_id) {
        struct audit_app_row app;
        int r = app_id.len ? db_audit_app(req->tx, &req->arena, app_id, &app) : 0;

        if (r > 0)
                form_set(data, "app", app.name);
        return MIN_OF(r, 0);
}

static int set_key(struct request *req, json_t **data, struct str key_id) {
        struct audit_key_row key;
        int r = key_id.len ? db_audit_key(req->tx, &req->arena, key_id, &key) : 0;

        if (r > 0)
                form_set(data, "key", key.name);
        return MIN_OF(r, 0);
}

/* Permissions in words; all else as it is on record. */
static struct str detail_text(struct request *req, struct str detail) {
        _cleanup_(strbuf_done) struct strbuf words = STRBUF_INIT(DETAIL_MAX);
        struct str unknown;
        scope_set scopes;

        if (detail.len == 0 || !scope_parse(detail, &scopes, &unknown))
                return detail;
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                if (!(scopes & 1u << bit))
                        continue;
                if (words.len)
                        strbuf_append(&words, STR(" · "));
                strbuf_append(&words, page_text(req, scope_rows[bit].title));
        }
        return words.failed || !words.len ? detail : arena_copy(&req->arena, strbuf_str(&words));
}

static int event_json(struct request *req, const struct audit_entry *e, json_t **ret) {
        const struct audit_kind *kind = audit_kind(e->event);
        json_t *data = json_object();
        int r;

        form_set_text(req, &data, "text",
                      kind ? kind->text : TEXT("Something that this version has no words for"));
        form_set_bool(&data, "refused", kind && kind->refused);
        form_set_object(&data, "at", moment_json(req, id_time_ms(e->id)));
        form_set(&data, "detail", detail_text(req, e->detail));
        if (e->count > 1)
                form_set_object(&data, "times", json_integer(e->count));
        if (audit_shows_place(e, req->identity->user_id)) {
                form_set(&data, "address", e->address);
                form_set(&data, "device", e->user_agent.len ? device_text(req, e->user_agent) : STR_NULL);
        }
        r = set_app(req, &data, e->app_id);
        if (r == 0)
                r = set_key(req, &data, e->key_id);
        if (r < 0)
                json_decref(data);
        else
                *ret = data;
        return r;
}

static int events_json(struct request *req, const struct audit_page *page, json_t *list) {
        for (size_t i = 0; i < page->n; i++) {
                json_t *event;
                int r = event_json(req, &page->list[i]->entry, &event);

                if (r < 0)
                        return r;
                json_array_append_new(list, event);
        }
        return 0;
}

int handle_activity_page(struct request *req, struct response *res) {
        struct audit_filter filter = { .person = req->identity->user_id, .limit = AUDIT_PAGE };
        const struct param *cursor;
        struct audit_page page;
        json_t *data, *list;
        int r;

        request_allow(req, ARENA_MAX);
        r = request_parse_query(req);
        if (r < 0)
                return r;
        cursor = params_find(&req->query_params, STR("cursor"));
        filter.cursor = cursor ? cursor->value : STR_NULL;
        r = audit_find(req->tx, &req->arena, &filter, &page);
        if (r < 0)
                return r;
        data = frame_data(req, "activity");
        list = json_array();
        r = events_json(req, &page, list);
        form_set_bool(&data, "has_events", json_array_size(list) > 0);
        form_set_object(&data, "events", list);
        if (page.next[0])
                form_set(&data, "next_url",
                         arena_printf(&req->arena, "/profile/activity?cursor=%s", page.next));
        if (filter.cursor.len)
                form_set(&data, "newest_url", STR("/profile/activity"));
        if (r < 0) {
                json_decref(data);
                return r;
        }
        return page_respond(req->context->theme, res, 200, "activity", data);
}
