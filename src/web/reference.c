#include "web/reference.h"

#include <jansson.h>

#include "base/context.h"
#include "pages/page.h"

/* An address of this server's, in full. */
static json_t *address(struct request *req, const char *path) {
        struct str origin = req->context->settings->public_url;

        return json_sprintf(STR_FMT "%s", STR_ARG(origin), path);
}

int handle_reference(struct request *req, struct response *res) {
        json_t *data =
                json_pack("{s:o, s:s, s:s, s:o, s:o}", "origin", address(req, ""), "client_id",
                          REFERENCE_CLIENT_ID, "document_url", "/external-api/openapi.json", "reference_url",
                          address(req, REFERENCE_PATH), "return_url", address(req, REFERENCE_RETURN_PATH));

        return page_respond(req->context->theme, res, 200, "reference", data);
}

int handle_reference_return(struct request *req, struct response *res) {
        json_t *data = json_pack("{s:s}", "reference_url", REFERENCE_PATH);

        return page_respond(req->context->theme, res, 200, "reference_return", data);
}
