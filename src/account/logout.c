/* Signing out, and the page that one lands on. */
#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "account/session.h"
#include "pages/page.h"

int handle_logout(struct request *req, struct response *res) {
        int r;

        r = session_leave(req, res);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        strbuf_append(&res->body, STR("{\"status\":\"ok\"}"));
        return STEP_DONE;
}

int handle_logout_page(struct request *req, struct response *res) {
        struct str next = form_next(req);
        json_t *data;

        if (!form_signed_in(req))
                return response_redirect(res, next);
        data = form_data(req, next);
        form_set_person(&data, req->identity);
        return page_respond(req->context->theme, res, 200, "logout", data);
}

int handle_logout_form(struct request *req, struct response *res) {
        int r;

        r = session_leave(req, res);
        return r < 0 ? r : response_redirect(res, form_next(req));
}

int handle_home(struct request *req, struct response *res) {
        return page_respond(req->context->theme, res, 200, "home", frame_data(req, "home"));
}
