#include "account/audit_handlers.h"

#include "account/audit_export.h"
#include "account/identity.h"
#include "account/user.h"
#include "db/statements.h"

enum { TEXT_MAX = 300, NAMES_KEPT = 16 };

/* --- what is asked for --- */

static int refuse(struct request *req, const char *name, const char *what) {
        return request_refuse(req, ERR_BAD_REQUEST, "%s must be %s", name, what);
}

static struct str text_of(struct request *req, const char *name) {
        const struct param *p = params_find(&req->query_params, str_of(name));

        return p && p->value.len && p->value.len <= TEXT_MAX ? p->value : STR_NULL;
}

static int read_time(struct request *req, const char *name, int64_t *ret) {
        struct str text = text_of(req, name);

        *ret = 0;
        if (!params_find(&req->query_params, str_of(name)))
                return 0;
        return audit_time_read(text, ret) ? 0 : refuse(req, name, "a time in UTC, as 2026-01-31T12:00:00Z");
}

int audit_read_times(struct request *req, int64_t *ret_since, int64_t *ret_until) {
        int r;

        r = request_parse_query(req);
        if (r >= 0)
                r = read_time(req, "since", ret_since);
        return r < 0 ? r : read_time(req, "until", ret_until);
}

static int read_limit(struct request *req, size_t *ret) {
        const struct param *p = params_find(&req->query_params, STR("limit"));
        uint64_t value = AUDIT_PAGE;

        if (p && (!str_to_uint(p->value, AUDIT_PAGE_MAX, &value) || value == 0))
                return refuse(req, "limit", "a number from 1 to 200");
        *ret = (size_t)value;
        return 0;
}

static int read_event(struct request *req, unsigned *ret) {
        const struct audit_kind *kind;

        *ret = 0;
        if (!params_find(&req->query_params, STR("event")))
                return 0;
        kind = audit_kind_named(text_of(req, "event"));
        if (!kind)
                return refuse(req, "event", "the name of a kind of event, as session.sign_in");
        *ret = kind->code;
        return 0;
}

static int read_filter(struct request *req, struct audit_filter *ret) {
        int r;

        r = request_parse_query(req);
        if (r >= 0)
                r = read_limit(req, &ret->limit);
        if (r >= 0)
                r = read_event(req, &ret->event);
        if (r >= 0)
                r = audit_read_times(req, &ret->since, &ret->until);
        ret->cursor = text_of(req, "cursor");
        return r;
}

/* Of an e-mail address or a client id, the id; of what nobody has, a name that no event bears. */
int audit_read_subjects(struct request *req, struct audit_filter *f) {
        struct str person = text_of(req, "person"), app = text_of(req, "app"), email;
        struct user_row user;
        struct app_row row;
        int r = 0;

        f->person = person;
        f->app_id = app;
        f->key_id = text_of(req, "api_key");
        if (person.ptr && str_find(person, '@') >= 0 && email_normalise(&req->arena, person, &email) == 0) {
                r = db_user_by_email(req->tx, &req->arena, email, &user);
                if (r > 0)
                        f->person = user.id;
        }
        if (r >= 0 && app.ptr) {
                r = db_app_by_client_id(req->tx, &req->arena, app, &row);
                if (r > 0)
                        f->app_id = row.id;
        }
        return MIN_OF(r, 0);
}

/* --- the answer --- */

/* Apps, keys and people that were looked up for this page. */
struct names {
        struct request *req;
        struct audit_app_row apps[NAMES_KEPT];
        struct audit_key_row keys[NAMES_KEPT];
        struct audit_person_row people[NAMES_KEPT];
        unsigned n_apps, n_keys, n_people;
};

#define LOOK_UP(kind, list, count)                                                                         \
        static int look_up_##kind(struct names *n, struct str id, const struct audit_##kind##_row **ret) { \
                struct request *req = n->req;                                                              \
                unsigned at;                                                                               \
                int r;                                                                                     \
                                                                                                           \
                *ret = NULL;                                                                               \
                for (at = 0; at < MIN_OF(n->count, (unsigned)NAMES_KEPT); at++)                            \
                        if (str_eq(n->list[at].id, id)) {                                                  \
                                *ret = &n->list[at];                                                       \
                                return 0;                                                                  \
                        }                                                                                  \
                at = n->count++ % NAMES_KEPT;                                                              \
                r = db_audit_##kind(req->tx, &req->arena, id, &n->list[at]);                               \
                if (r <= 0)                                                                                \
                        n->list[at].id = STR_NULL;                                                         \
                *ret = r > 0 ? &n->list[at] : NULL;                                                        \
                return MIN_OF(r, 0);                                                                       \
        }

LOOK_UP(app, apps, n_apps)
LOOK_UP(key, keys, n_keys)
LOOK_UP(person, people, n_people)

static int write_app(struct json_writer *w, struct names *names, const struct audit_entry *e) {
        const struct audit_app_row *app = NULL;
        int r;

        json_key(w, "app");
        if (!e->app_id.len) {
                json_write_null(w);
                return 0;
        }
        r = look_up_app(names, e->app_id, &app);
        json_object_begin(w);
        json_member_str(w, "client_id", app ? app->client_id : STR_NULL);
        json_member_str(w, "name", app ? app->name : STR_NULL);
        json_object_end(w);
        return r;
}

static int write_key(struct json_writer *w, struct names *names, const struct audit_entry *e) {
        const struct audit_key_row *key = NULL;
        int r;

        json_key(w, "api_key");
        if (!e->key_id.len) {
                json_write_null(w);
                return 0;
        }
        r = look_up_key(names, e->key_id, &key);
        json_object_begin(w);
        json_member_str(w, "id", e->key_id);
        json_member_str(w, "name", key ? key->name : STR_NULL);
        json_member_str(w, "head", key ? key->head : STR_NULL);
        json_object_end(w);
        return r;
}

static int write_item(struct json_writer *w, struct names *names, const struct audit_entry *e, bool admin) {
        const struct audit_person_row *person = NULL;
        int r;

        json_object_begin(w);
        audit_write_json(w, e, admin || audit_shows_place(e, names->req->identity->user_id));
        r = write_app(w, names, e);
        if (r >= 0)
                r = write_key(w, names, e);
        if (r >= 0 && admin && e->user_id.len)
                r = look_up_person(names, e->user_id, &person);
        if (admin)
                json_member_str(w, "email", person ? person->email : STR_NULL);
        json_object_end(w);
        return r;
}

static int answer(struct request *req, struct response *res, const struct audit_filter *filter, bool admin) {
        struct names *names = arena_new(&req->arena, struct names);
        struct json_writer w = JSON_WRITER(&res->body);
        struct audit_page page;
        int r;

        if (!names)
                return -ERR_NO_MEMORY;
        names->req = req;
        r = audit_find(req->tx, &req->arena, filter, &page);
        if (r == -ERR_BAD_REQUEST)
                return refuse(req, "cursor", "what `next` of the page before said");
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_key(&w, "items");
        json_array_begin(&w);
        for (size_t i = 0; i < page.n && r >= 0; i++)
                r = write_item(&w, names, &page.list[i]->entry, admin);
        json_array_end(&w);
        json_member_str(&w, "next", page.next[0] ? str_of(page.next) : STR_NULL);
        json_object_end(&w);
        return r;
}

int handle_audit(struct request *req, struct response *res) {
        struct audit_filter filter = { 0 };
        int r;

        request_allow(req, AUDIT_READ_BYTES);
        r = read_filter(req, &filter);
        if (r < 0)
                return r;
        filter.person = req->identity->user_id;
        return answer(req, res, &filter, false);
}

int handle_audit_admin(struct request *req, struct response *res) {
        struct audit_filter filter = { 0 };
        int r;

        request_allow(req, AUDIT_READ_BYTES);
        r = read_filter(req, &filter);
        if (r >= 0)
                r = audit_read_subjects(req, &filter);
        if (r >= 0)
                r = answer(req, res, &filter, true);
        if (r >= 0)
                audit_soon(req, &(struct audit){ .event = AUDIT_READ, .subject = filter.person });
        return r;
}
