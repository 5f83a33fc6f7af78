/* POST /api/oauth/authorize: the Platform's front end has asked the person already; the call is the yes
 * (dialect: Authorize). Faults that concern the redirect URI are a 400; all others are told to the app in
 * redirect_url. */
#include "base/json_write.h"
#include "oauth/authorize.h"

static int respond_location(struct response *res, struct str location) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "redirect_url", location);
        json_object_end(&w);
        return 0;
}

int handle_authorize_json(struct request *req, struct response *res) {
        struct authorize a;
        struct str location;
        int r;

        r = authorize_check_all(req, AUTHORIZE_JSON, &a);
        if (r == 0)
                r = authorize_grant(&a, &location);
        else if (a.redirectable && r != -ERR_INVALID_FIELD && error_row(r)->json_status < 500)
                r = authorize_error_location(&a, r, &location);
        if (r < 0)
                return r;
        return respond_location(res, location);
}
