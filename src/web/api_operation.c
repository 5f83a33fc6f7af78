#include "web/api_operation.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/json_pointer.h"
#include "base/log.h"
#include "web/api_check.h"

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
        if (strcmp(place, "path") != 0 && strcmp(place, "query") != 0)
                return wrong(route,
                             "parameters stand in path, query or header"); /* handlers look at headers */
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

static int take_request(struct api_operation *operation, const struct route *route, json_t *request) {
        json_t *body = json_object_get(request, "body"), *schema = json_object_get(body, "schema"),
               *parameter;
        size_t i;
        int r;

        json_array_foreach(json_object_get(request, "parameters"), i, parameter) {
                r = take_parameter(operation, route, request, parameter);
                if (r < 0)
                        return r;
        }
        operation->body_required = json_is_true(json_object_get(body, "required"));
        operation->has_secrets = json_is_true(json_object_get(body, "x-secret"));
        return schema ? compile(route, request, schema, &operation->schema) : 0;
}

static struct api_operation *operation_free(struct api_operation *operation) {
        for (size_t i = 0; i < operation->n_parameters; i++)
                json_schema_free(operation->parameters[i].schema);
        json_schema_free(operation->schema);
        json_decref(operation->text);
        free(operation);
        return NULL;
}

static int operation_new(const struct route *route, struct str text, const struct api_operation **ret) {
        struct api_operation *operation = calloc(1, sizeof(*operation));
        json_error_t problem;
        int r;

        if (!operation)
                return -ERR_NO_MEMORY;
        operation->text = json_loadb(text.ptr, text.len, 0, &problem);
        if (operation->text)
                r = take_request(operation, route, operation->text);
        else
                r = json_error_code(&problem) == json_error_out_of_memory ? -ERR_NO_MEMORY
                                                                          : wrong(route, problem.text);
        if (r < 0)
                operation_free(operation);
        else
                *ret = operation;
        return r;
}

static struct slot {
        struct str request; /* empty where there is nothing to hold requests against */
        _Atomic(const struct api_operation *) made;
} * slots; /* by the route's index */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

int api_operations_init(void) {
        const struct api_row *row;
        int r;

        if (slots)
                return 0;
        r = api_check(api_rows, api_rows_count);
        if (r < 0)
                return r;
        slots = calloc(routes_count, sizeof(*slots));
        if (!slots)
                return -ERR_NO_MEMORY;
        for (size_t i = 0; i < routes_count; i++) {
                row = api_row_find(api_rows, api_rows_count, &routes[i]);
                slots[i].request = row ? row->request : STR_NULL;
        }
        return 0;
}

int api_operation_of(const struct route *route, const struct api_operation **ret) {
        struct slot *slot = slots ? &slots[route - routes] : NULL;
        const struct api_operation *operation;
        int r = 0;

        operation = slot ? atomic_load_explicit(&slot->made, memory_order_acquire) : NULL;
        if (slot && !operation && slot->request.len) {
                (void)pthread_mutex_lock(&making);
                operation = atomic_load(&slot->made);
                if (!operation)
                        r = operation_new(route, slot->request, &operation);
                if (r == 0)
                        atomic_store(&slot->made, operation);
                (void)pthread_mutex_unlock(&making);
        }
        if (r == 0)
                *ret = operation;
        return r;
}
