/* The set-up link's page: whoever opens it first becomes the administrator. */
#include "account/audit.h"
#include "account/form.h"
#include "account/handlers.h"
#include "account/new_person.h"
#include "account/session.h"
#include "account/setup.h"
#include "account/throttle.h"
#include "pages/page.h"

enum { LINK_TEXT_MAX = 128 /* bytes */ };

struct setup {
        struct new_person person;
        struct str token;
};

static int show(struct request *req, struct response *res, int status, struct str token,
                const struct new_person *person) {
        json_t *data = form_data(req, STR_NULL);

        form_set(&data, "token", token);
        new_person_show(req, person, &data);
        return page_respond(req->context->theme, res, status, "setup", data);
}

int handle_setup_page(struct request *req, struct response *res) {
        const struct new_person nobody = { .email = STR_INIT("") };
        const struct param *token;
        int r;

        r = request_parse_query(req);
        if (r < 0)
                return r;
        token = params_find(&req->query_params, STR("token"));
        if (!token)
                return -ERR_SETUP_LINK;
        r = setup_link_check(req->context, req->tx, &req->arena, token->value);
        return r < 0 ? r : show(req, res, 200, token->value, &nobody);
}

int handle_setup_reserve(struct request *req, struct response *res) {
        struct setup *setup = arena_new(&req->arena, struct setup);
        int r;

        if (!setup)
                return -ERR_NO_MEMORY;
        r = request_text(req, "token", LINK_TEXT_MAX, &setup->token);
        if (r < 0)
                return r;
        r = setup_link_check(req->context, req->tx, &req->arena, setup->token);
        if (r < 0)
                return r;
        r = new_person_read_form(req, &setup->person);
        if (r < 0)
                return r;
        if (r == 0)
                return show(req, res, error_row(-ERR_INVALID_FIELD)->other_status, setup->token,
                            &setup->person);
        req->step_data = setup;
        return STEP_NEXT;
}

int handle_setup_hash(struct request *req, struct response *res _unused_) {
        struct setup *setup = req->step_data;
        int r = new_person_hash(req->context, &setup->person);

        return r < 0 ? r : STEP_NEXT;
}

int handle_setup_finish(struct request *req, struct response *res) {
        struct setup *setup = req->step_data;
        struct user_new user = new_person_user(&setup->person);
        struct user_row row;
        int r;

        r = setup_link_consume(req->context, req->tx, &req->arena, setup->token, &user, &row);
        if (r == -ERR_EMAIL_TAKEN) {
                setup->person.problems.email = error_row(r)->text;
                return show(req, res, error_row(r)->other_status, setup->token, &setup->person);
        }
        if (r >= 0)
                r = audit(req, &(struct audit){ AUDIT_ACCOUNT_SET_UP, .user_id = row.id, .alone = true });
        if (r >= 0)
                r = session_begin(req, res, row.id);
        if (r >= 0)
                r = device_remember(req, res, row.id);
        return r < 0 ? r : response_redirect(res, STR("/"));
}
