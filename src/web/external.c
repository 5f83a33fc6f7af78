#include "web/external.h"

#include "account/identity.h"
#include "base/json_write.h"

int handle_me(struct request *req, struct response *res) {
        const struct identity *who = req->identity;
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "id", who->user_id);
        json_member_str(&w, "name", who->name);
        json_member_str(&w, "email", who->email);
        json_member_str(&w, "timezone", who->timezone);
        json_object_end(&w);
        return 0;
}
