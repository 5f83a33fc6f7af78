/* Agents of the store in a person's library, from where they run. */
#include "account/audit.h"
#include "account/identity.h"
#include "agents/store/listing.h"
#include "agents/store/submit.h"
#include "base/json_write.h"

int handle_store_take(struct request *req, struct response *res) {
        struct json_writer w = JSON_WRITER(&res->body);
        char id[ID_UUID_LENGTH + 1];
        struct store_card_row card;
        int r;

        r = store_listing_find(req->tx, &req->arena, req->path_params[0], req->path_params[1], &card);
        if (r <= 0)
                return r < 0 ? r : -ERR_LISTING_NOT_FOUND;
        r = store_listing_add(req->tx, req->context, &req->arena, req->identity->user_id, &card, id);
        if (r == 0)
                r = audit(req, &(struct audit){ AUDIT_STORE_INSTALLED, .subject = card.graph_id,
                                                .detail = card.slug });
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_member_str(&w, "library_agent_id", str_of(id));
        json_member_str(&w, "graph_id", card.graph_id);
        json_member_int(&w, "graph_version", card.graph_version);
        json_object_end(&w);
        return STEP_DONE;
}
