/* /admin/audit: the audit trail, by person, app, kind of event and time. */
#include "account/admin.h"
#include "account/audit.h"
#include "account/audit_csv.h"
#include "account/audit_export.h"
#include "account/audit_handlers.h"
#include "account/device.h"
#include "account/form.h"
#include "account/handlers.h"
#include "account/moment.h"
#include "base/context.h"
#include "base/strbuf.h"
#include "pages/page.h"

enum { ARENA_MAX = 16 * 1024 * 1024 /* bytes: segments are read whole */, DATE_LENGTH = 10 };

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static const char *const fields[] = { "person", "app", "event", "from", "to" };

/* Midnight, in UTC, of a day as a browser's date field sends it. */
static bool read_day(struct request *req, const char *name, int64_t *ret) {
        struct str day = admin_query(req, name, ADMIN_SEARCH_MAX);

        *ret = 0;
        return day.len == 0 ||
               (day.len == DATE_LENGTH &&
                audit_time_read(arena_printf(&req->arena, STR_FMT "T00:00:00Z", STR_ARG(day)), ret));
}

int admin_audit_filter(struct request *req, struct audit_filter *ret, struct str *ret_problem) {
        struct str event;
        int r;

        *ret = (struct audit_filter){ .limit = AUDIT_PAGE };
        r = request_parse_query(req);
        if (r < 0)
                return r;
        event = admin_query(req, "event", ADMIN_SEARCH_MAX);
        if (event.len) {
                const struct audit_kind *kind = audit_kind_named(event);

                if (!kind)
                        *ret_problem = TEXT("There is no such kind of event");
                else
                        ret->event = kind->code;
        }
        if (!read_day(req, "from", &ret->since) || !read_day(req, "to", &ret->until))
                *ret_problem = TEXT("A day is written as 2026-01-31");
        if (ret->until)
                ret->until += DAY_MS; /* the day that is named is part of it */
        return audit_read_subjects(req, ret);
}

/* --- the page --- */

static int set_people(struct request *req, json_t **data, const struct audit_entry *e) {
        struct audit_person_row person;
        int r = e->user_id.len ? db_audit_person(req->tx, &req->arena, e->user_id, &person) : 0;

        if (e->user_id.len) {
                form_set(data, "person", r > 0 ? person.email : e->user_id);
                form_set(data, "person_url",
                         arena_printf(&req->arena, "/admin/people/" STR_FMT, STR_ARG(e->user_id)));
        }
        if (r < 0 || !e->actor_id.len)
                return MIN_OF(r, 0);
        r = db_audit_person(req->tx, &req->arena, e->actor_id, &person);
        form_set(data, "actor", r > 0 ? person.email : e->actor_id);
        return MIN_OF(r, 0);
}

static int set_app(struct request *req, json_t **data, const struct audit_entry *e) {
        struct audit_key_row key;
        struct audit_app_row app;
        int r = e->app_id.len ? db_audit_app(req->tx, &req->arena, e->app_id, &app) : 0;

        if (r > 0)
                form_set(data, "app", app.name);
        if (r < 0 || !e->key_id.len)
                return MIN_OF(r, 0);
        r = db_audit_key(req->tx, &req->arena, e->key_id, &key);
        if (r > 0)
                form_set(data, "key", key.name);
        return MIN_OF(r, 0);
}

static int event_json(struct request *req, const struct audit_entry *e, json_t **ret) {
        const struct audit_kind *kind = audit_kind(e->event);
        json_t *data = json_object();
        int r;

        form_set_text(req, &data, "text",
                      kind ? kind->text : TEXT("Something that this version has no words for"));
        form_set(&data, "name", kind ? kind->name : STR("unknown"));
        form_set_bool(&data, "refused", kind && kind->refused);
        form_set_object(&data, "at", moment_json(req, id_time_ms(e->id)));
        form_set(&data, "subject", e->subject);
        form_set(&data, "detail", e->detail);
        form_set(&data, "reason", e->reason);
        if (e->count > 1)
                form_set_object(&data, "times", json_integer(e->count));
        form_set(&data, "address", e->address);
        form_set(&data, "device", e->user_agent.len ? device_text(req, e->user_agent) : STR_NULL);
        r = set_people(req, &data, e);
        if (r == 0)
                r = set_app(req, &data, e);
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

static json_t *kinds_json(const struct request *req, unsigned chosen) {
        json_t *list = json_array();
        const struct audit_kind *kind;

        for (unsigned i = 0; (kind = audit_kind_at(i)); i++) {
                json_t *one = json_object();

                form_set(&one, "name", kind->name);
                form_set_text(req, &one, "text", kind->text);
                form_set_bool(&one, "chosen", kind->code == chosen);
                json_array_append_new(list, one);
        }
        return list;
}

/* An address that asks for the same, with what follows. */
static struct str link_to(struct request *req, const char *path, struct str cursor) {
        _cleanup_(strbuf_done) struct strbuf link = STRBUF_INIT(REQUEST_TARGET_MAX);
        char separator = '?';

        strbuf_append(&link, str_of(path));
        for (size_t i = 0; i <= ARRAY_LENGTH(fields); i++) {
                const char *name = i < ARRAY_LENGTH(fields) ? fields[i] : "cursor";
                struct str value =
                        i < ARRAY_LENGTH(fields) ? admin_query(req, name, ADMIN_SEARCH_MAX) : cursor;

                if (!value.len)
                        continue;
                strbuf_append_char(&link, separator);
                strbuf_append(&link, str_of(name));
                strbuf_append_char(&link, '=');
                strbuf_append_percent(&link, value, false);
                separator = '&';
        }
        return link.failed ? STR_NULL : arena_copy(&req->arena, strbuf_str(&link));
}

static json_t *page_data(struct request *req, const struct audit_filter *filter, struct str problem) {
        json_t *data = admin_data(req, "audit");

        for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
                if (strcmp(fields[i], "person") != 0) /* who is signed in has that name on every page */
                        form_set(&data, fields[i], admin_query(req, fields[i], ADMIN_SEARCH_MAX));
        form_set(&data, "of_person", admin_query(req, "person", ADMIN_SEARCH_MAX));
        form_set_object(&data, "kinds", kinds_json(req, filter->event));
        form_set(&data, "csv_url", link_to(req, "/admin/audit.csv", STR_NULL));
        form_set(&data, "lines_url", STR("/api/admin/audit/export"));
        form_set_text(req, &data, "error", problem);
        return data;
}

int handle_admin_audit_page(struct request *req, struct response *res) {
        struct audit_page page = { .n = 0 };
        struct str problem = STR_NULL;
        struct audit_filter filter;
        json_t *data, *list;
        int r;

        request_allow(req, ARENA_MAX);
        r = admin_audit_filter(req, &filter, &problem);
        if (r < 0)
                return r;
        filter.cursor = admin_query(req, "cursor", AUDIT_CURSOR_MAX);
        if (!problem.ptr)
                r = audit_find(req->tx, &req->arena, &filter, &page);
        if (r < 0)
                return r;
        list = json_array();
        r = events_json(req, &page, list);
        data = page_data(req, &filter, problem);
        form_set_bool(&data, "found", page.n > 0);
        form_set_object(&data, "events", list);
        if (page.next[0])
                form_set(&data, "next_url", link_to(req, "/admin/audit", str_of(page.next)));
        if (filter.cursor.len)
                form_set(&data, "newest_url", link_to(req, "/admin/audit", STR_NULL));
        if (r < 0) {
                json_decref(data);
                return r;
        }
        audit_soon(req, &(struct audit){ .event = AUDIT_READ, .subject = filter.person });
        return page_respond(req->context->theme, res,
                            problem.ptr ? error_row(-ERR_INVALID_FIELD)->other_status : 200, "admin_audit",
                            data);
}
