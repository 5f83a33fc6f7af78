/* Blocks in the External API (dialect: External API, blocks). */
#include "agents/block_handlers.h"
#include "account/audit.h"
#include "account/identity.h"
#include "agents/block.h"
#include "agents/block_document.h"
#include "agents/crew.h"
#include "agents/value/value.h"
#include "base/clock.h"
#include "http/negotiate.h"

static int respond_blocks(struct request *req, struct response *res, const struct block_document *document) {
        bool gzip = accepts_gzip(request_header(req, STR("Accept-Encoding")));
        struct str etag;

        etag = gzip ? document->gzip_etag : document->json_etag;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        /* It is the same for everybody who may read it, but who may is asked each time. */
        response_header(res, STR("Cache-Control"), STR("private, no-cache"));
        response_header(res, STR("Vary"), STR("Accept-Encoding"));
        response_header(res, STR("ETag"), etag);
        if (etag_matches(request_header(req, STR("If-None-Match")), etag)) {
                res->status = 304;
                return 0;
        }
        if (gzip)
                response_header(res, STR("Content-Encoding"), STR("gzip"));
        res->static_body = gzip ? document->gzip : document->json;
        return 0;
}

int handle_blocks(struct request *req, struct response *res) {
        const struct block_document *document = block_document_made();

        return document ? respond_blocks(req, res, document) : STEP_NEXT;
}

int handle_blocks_make(struct request *req, struct response *res) {
        const struct block_document *document;
        int r;

        r = block_document_get(&document);
        return r < 0 ? r : respond_blocks(req, res, document);
}

int handle_block_find(struct request *req, struct response *res _unused_) {
        struct str id = req->path_params[0];

        req->step_data = (void *)block_find(id);
        if (!req->step_data)
                return request_refuse(req, ERR_NOT_FOUND, "Block #" STR_FMT " not found.", STR_ARG(id));
        return STEP_NEXT;
}

/* Collects what a block yields: {name: [values]}. */
static int collect(struct block_run *run, const char *name, json_t *value) {
        json_t *outputs = run->yield_data, *list = json_object_get(outputs, name);

        if (!list) {
                list = json_array();
                if (json_object_set_new(outputs, name, list) < 0) {
                        json_decref(value);
                        return -ERR_NO_MEMORY;
                }
        }
        return json_array_append_new(list, value) < 0 ? -ERR_NO_MEMORY : 0;
}

static int run_block(struct request *req, json_t *input, json_t *outputs) {
        const struct context *context = req->context;
        struct block_run run = {
                .block = req->step_data,
                .input = input,
                .context = context,
                .database = context->database,
                .user_id = req->identity->user_id,
                .timezone = req->identity->timezone,
                .deadline_us = clock_monotonic_us() + context->settings->block_seconds * 1000000,
                .stop = crew_stopping(context->crew),
                .yield = collect,
                .yield_data = outputs,
        };
        int r;

        r = block_execute(&run);
        audit_soon(req, &(struct audit){ AUDIT_BLOCK_EXECUTED, .subject = req->path_params[0] });
        if (r == -ERR_BLOCK)
                return request_refuse(req, ERR_BLOCK, "%s", run.message);
        if (r == -ERR_STOPPED)
                return request_refuse(req, ERR_BUSY,
                                      "The server is about to end. Try again in a few seconds.");
        return r;
}

int handle_block_run(struct request *req, struct response *res) {
        json_auto_t *outputs = json_object();
        int r;

        if (!outputs)
                return -ERR_NO_MEMORY;
        r = run_block(req, req->json, outputs);
        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        value_write(&res->body, outputs, VALUE_COMPACT);
        if (res->body.failed)
                return request_refuse(req, ERR_BLOCK, "The block's outputs are longer than %d MiB as JSON",
                                      RESPONSE_BODY_MAX >> 20);
        return 0;
}
