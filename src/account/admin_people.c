/* /admin/people: finding somebody. */
#include "account/admin.h"
#include "account/form.h"
#include "account/handlers.h"
#include "account/moment.h"
#include "account/user.h"
#include "base/context.h"
#include "pages/page.h"

static const char path[] = "/admin/people";

/* Behind every id, whatever the database sorts texts by. */
static const struct str newest = STR_INIT("zzzzzzzz");

static json_t *person_json(struct request *req, const struct person_row *p) {
        char initials[USER_INITIALS_MAX];
        json_t *data = json_object();

        form_set(&data, "url", arena_printf(&req->arena, "%s/" STR_FMT, path, STR_ARG(p->id)));
        form_set(&data, "email", p->email);
        form_set(&data, "name", p->name);
        form_set(&data, "initials", str_n(initials, initials_of(p->name, p->email, initials)));
        form_set_bool(&data, "is_admin", p->is_admin);
        form_set_bool(&data, "disabled", !p->is_active);
        form_set_object(&data, "since", moment_json(req, p->created_at));
        return data;
}

/* One page of those who fit, out of a stretch of bounded length.
 *
 * ret_next   where the next page begins; STR_NULL at the end */
static int find(struct request *req, struct str typed, struct str state, struct str before, json_t *list,
                struct str *ret_next) {
        char pattern[ADMIN_PATTERN_MAX];
        struct user_stretch_row stretch;
        struct person_row *rows;
        size_t n;
        int r;

        r = db_users_stretch(req->tx, &req->arena, before, ADMIN_SCAN, &stretch);
        if (r <= 0)
                return r;
        r = db_people_in(req->tx, &req->arena, before, stretch.last, admin_pattern(typed, pattern),
                         str_eq(state, STR("admin")), str_eq(state, STR("disabled")), ADMIN_PAGE, &rows, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                json_array_append_new(list, person_json(req, &rows[i]));
        if (n == ADMIN_PAGE)
                *ret_next = rows[n - 1].id;
        else if (stretch.rows == ADMIN_SCAN)
                *ret_next = stretch.last;
        return 0;
}

int handle_admin_people_page(struct request *req, struct response *res) {
        static const char *const kept[] = { "q", "state", NULL };
        struct str next = STR_NULL, typed, state, before;
        json_t *data, *list;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        typed = admin_query(req, "q", ADMIN_SEARCH_MAX);
        state = admin_query(req, "state", ADMIN_SEARCH_MAX);
        before = admin_query(req, "before", ID_UUID_LENGTH);
        list = json_array();
        r = find(req, typed, state, before.len ? before : newest, list, &next);
        data = admin_data(req, "people");
        form_set(&data, "q", typed);
        form_set_bool(&data, "only_admins", str_eq(state, STR("admin")));
        form_set_bool(&data, "only_disabled", str_eq(state, STR("disabled")));
        form_set_bool(&data, "found", json_array_size(list) > 0);
        form_set_object(&data, "people", list);
        if (next.ptr)
                form_set(&data, "next_url", admin_link(req, path, kept, next));
        if (before.len)
                form_set(&data, "first_url", STR("/admin/people"));
        if (r < 0) {
                json_decref(data);
                return r;
        }
        return page_respond(req->context->theme, res, 200, "admin_people", data);
}
