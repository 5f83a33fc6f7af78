#include "web/api_document.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json_pointer.h"
#include "base/log.h"
#include "http/negotiate.h"
#include "pages/embed.h"
#include "web/api_check.h"

extern const struct embedded api_documents[];
extern const size_t api_documents_count;

static struct {
        json_t *external, *main;
        struct api_operation *operations; /* by the route's index; empty where no document has one */
} api;

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

static int wrong(const struct route *route, const char *what) {
        LOG(LOG_ERROR, "the API documents can't be used",
            LOG_STR("method", str_of(http_method_name(route->method))), LOG_STR("path", str_of(route->path)),
            LOG_STR("problem", str_of(what)));
        return -ERR_SCHEMA;
}

/* What a value stands for: itself, or what its reference points at. */
static json_t *resolve(json_t *document, json_t *value) {
        const char *reference = json_string_value(json_object_get(value, "$ref"));

        return reference && reference[0] == '#' ? json_pointer_find(document, str_of(reference + 1)) : value;
}

static int compile(const struct route *route, json_t *document, json_t *schema, struct json_schema **ret) {
        char problem[200];
        int r = json_schema_new(schema, document, ret, problem);

        return r == -ERR_SCHEMA ? wrong(route, problem) : r;
}

/* The number of a path's variable segment; -1 if it has none of this name. */
static int segment_of(const char *path, const char *name) {
        struct str rest = str_of(path), part;
        int n = 0;

        while (str_next(&rest, '/', &part)) {
                if (part.len == 0 || part.ptr[0] != '{')
                        continue;
                if (part.len == strlen(name) + 2 && memcmp(part.ptr + 1, name, strlen(name)) == 0)
                        return n;
                n++;
        }
        return -1;
}

/* The type that a text is read as, of a schema that says one beside null. */
static const char *text_type(json_t *document, json_t *schema) {
        static const char *const types[] = { "integer", "number", "boolean" };
        const char *type;

        schema = resolve(document, schema);
        if (json_object_get(schema, "anyOf"))
                schema = resolve(document, json_array_get(json_object_get(schema, "anyOf"), 0));
        type = json_string_value(json_object_get(schema, "type"));
        for (size_t i = 0; type && i < ARRAY_LENGTH(types); i++)
                if (strcmp(type, types[i]) == 0)
                        return types[i];
        return NULL;
}

static int take_parameter(struct api_operation *operation, const struct route *route, json_t *document,
                          json_t *value) {
        struct api_parameter *parameter = &operation->parameters[operation->n_parameters];
        const char *place = json_string_value(json_object_get(value, "in"));
        json_t *schema = json_object_get(value, "schema");
        int segment = 0;

        parameter->name = json_string_value(json_object_get(value, "name"));
        if (!parameter->name || !place || !schema)
                return wrong(route, "a parameter lacks its name, place or schema");
        if (strcmp(place, "header") == 0)
                return 0; /* handlers look at them */
        if (strcmp(place, "path") != 0 && strcmp(place, "query") != 0)
                return wrong(route, "parameters stand in path, query or header");
        if (operation->n_parameters == API_PARAMETERS_MAX)
                return wrong(route, "there are too many parameters");
        parameter->place = strcmp(place, "path") == 0 ? API_PATH : API_QUERY;
        parameter->required = json_is_true(json_object_get(value, "required"));
        if (parameter->place == API_PATH)
                segment = segment_of(route->path, parameter->name);
        if (segment < 0)
                return wrong(route, "the path has no segment of a parameter's name");
        parameter->segment = (unsigned)segment;
        parameter->type = text_type(document, schema);
        operation->n_parameters++;
        return compile(route, document, schema, &parameter->schema);
}

static int take_operation(struct api_operation *operation, const struct route *route, json_t *document,
                          json_t *value) {
        json_t *body = resolve(document, json_object_get(value, "requestBody")), *parameter, *schema;
        size_t i;
        int r = 0;

        operation->body = value;
        json_array_foreach(json_object_get(value, "parameters"), i, parameter) {
                r = take_parameter(operation, route, document, resolve(document, parameter));
                if (r < 0)
                        return r;
        }
        operation->has_body = body != NULL;
        operation->body_required = json_is_true(json_object_get(body, "required"));
        operation->has_secrets = json_is_true(json_object_get(body, "x-secret"));
        schema = json_object_get(json_object_get(json_object_get(body, "content"), "application/json"),
                                 "schema");
        return schema ? compile(route, document, schema, &operation->schema) : 0;
}

static int take_routes(void) {
        int r = 0;

        for (size_t i = 0; i < routes_count && r == 0; i++) {
                json_t *document = routes[i].flags & ROUTE_EXTERNAL ? api.external : api.main;
                json_t *value = api_find(document, &routes[i]);

                if (value)
                        r = take_operation(&api.operations[i], &routes[i], document, value);
        }
        return r;
}

static int read(const char *name, json_t **ret) {
        struct str bytes = bytes_of(name);
        json_error_t problem;

        *ret = json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, JSON_REJECT_DUPLICATES, &problem);
        if (*ret)
                return 0;
        LOG(LOG_ERROR, "an API document can't be read", LOG_STR("document", str_of(name)),
            LOG_STR("problem", str_of(problem.text)));
        return -ERR_SCHEMA;
}

int api_document_init(void) {
        int r;

        if (api.operations)
                return 0;
        r = read("external.json", &api.external);
        if (r == 0)
                r = read("main.json", &api.main);
        if (r < 0)
                return r;
        api.operations = calloc(routes_count, sizeof(*api.operations));
        if (!api.operations)
                return -ERR_NO_MEMORY;
        r = take_routes();
        return r < 0 ? r : api_check(api.external, api.main);
}

const struct api_operation *api_operation_of(const struct route *route) {
        const struct api_operation *operation = &api.operations[route - routes];

        return api.operations && operation->body ? operation : NULL;
}
