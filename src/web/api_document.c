#include "web/api_document.h"

#include "http/negotiate.h"
#include "pages/embed.h"

extern const struct embedded api_documents[];
extern const size_t api_documents_count;

static const struct embedded *find(const char *name) {
        for (size_t i = 0; i < api_documents_count; i++)
                if (str_eq(api_documents[i].name, str_of(name)))
                        return &api_documents[i];
        return NULL;
}

static struct str bytes_of(const char *name) {
        const struct embedded *document = find(name);

        return document ? document->bytes : STR_NULL;
}

struct str api_document_external(void) {
        return bytes_of("external.json");
}

struct str api_document_main(void) {
        return bytes_of("main.json");
}

int handle_api_document(struct request *req, struct response *res) {
        bool gzip = accepts_gzip(request_header(req, STR("Accept-Encoding")));
        const struct embedded *document = find(gzip ? "external.json.gz" : "external.json");
        struct str etag;

        if (!document)
                return -ERR_INTERNAL;
        etag = arena_printf(&req->arena, "\"" STR_FMT "\"", STR_ARG(document->hashed_name));
        if (!etag.ptr)
                return -ERR_NO_MEMORY;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_header(res, STR("Cache-Control"), STR("no-cache"));
        response_header(res, STR("Vary"), STR("Accept-Encoding"));
        response_header(res, STR("ETag"), etag);
        if (etag_matches(request_header(req, STR("If-None-Match")), etag)) {
                res->status = 304;
                return 0;
        }
        if (gzip)
                response_header(res, STR("Content-Encoding"), STR("gzip"));
        res->static_body = document->bytes;
        return 0;
}
