#include "web/guide.h"

#include "base/context.h"
#include "pages/guides.h"
#include "pages/page.h"

static int respond(struct request *req, struct str name, struct response *res) {
        return page_guide(req->context->theme, name, request_header(req, STR("Accept-Encoding")),
                          request_header(req, STR("If-None-Match")), res);
}

int handle_guides(struct request *req, struct response *res) {
        return respond(req, STR(""), res);
}

int handle_guide(struct request *req, struct response *res) {
        /* the index has no name, and is found at its own address alone */
        return req->path_params[0].len ? respond(req, req->path_params[0], res) : -ERR_NOT_FOUND;
}

/* Somebody to show the partials with. */
int handle_style(struct request *req, struct response *res) {
        json_t *data =
                json_pack("{s:o, s:{s:s, s:s, s:s, s:s, s:s}, s:s, s:s, s:s, s:{s:s, s:s}}", "nav",
                          guide_nav(NULL), "person", "name", "Nora New", "email", "nora@example.org",
                          "email_local", "nora", "email_domain", "@example.org", "initials", "NN", "name", "",
                          "email", "nora", "error", "Something could not be done, and this says what.",
                          "errors", "email", "Enter an e-mail address, such as m@example.com.", "password",
                          "This password is too common: many people use it.");

        return page_respond(req->context->theme, res, 200, "style", data);
}
