#include "web/validate.h"

#include <stdlib.h>

#include "agents/value/value.h"
#include "base/json_write.h"

enum {
        LIST_MAX = 64 * 1024,    /* bytes of all faults of one request */
        INPUT_SHOWN_MAX = 512,   /* bytes of what was found, where it is shown */
        CONTAINERS_MAX = 300000, /* objects and arrays of a body: each takes much more memory than its text */
        VALUES_MAX = 1500000,    /* values of any kind */
};

/* Faults as they are found. */
struct faults {
        struct strbuf out;
        struct json_writer w;
        size_t n;
        bool secret; /* what was sent is not said back */
};

static void faults_begin(struct faults *faults) {
        *faults = (struct faults){ .out = STRBUF_INIT(LIST_MAX) };
        faults->w.out = &faults->out;
}

static void faults_done(struct faults *faults) {
        strbuf_done(&faults->out);
}

static void write_value(struct json_writer *w, const json_t *value, size_t max) {
        _cleanup_(strbuf_done) struct strbuf text = STRBUF_INIT(max);

        value_write(&text, value, VALUE_COMPACT);
        json_raw(w, text.failed ? STR("null") : strbuf_str(&text));
}

static void fault_begin(struct faults *faults, const char *type, const char *place) {
        struct json_writer *w = &faults->w;

        if (faults->n++ == 0)
                json_array_begin(w);
        json_object_begin(w);
        json_member_str(w, "type", str_of(type));
        json_key(w, "loc");
        json_array_begin(w);
        json_str(w, str_of(place));
}

/* The path within the value comes before this. */
static void fault_end(struct faults *faults, const char *message, const json_t *input,
                      const json_t *context) {
        struct json_writer *w = &faults->w;

        json_array_end(w);
        json_member_str(w, "msg", str_of(message));
        json_key(w, "input");
        if (input && !faults->secret)
                write_value(w, input, INPUT_SHOWN_MAX);
        else
                json_write_null(w);
        if (context) {
                json_key(w, "ctx");
                write_value(w, context, LIST_MAX);
        }
        json_object_end(w);
}

static void take_problems(struct faults *faults, const char *place, const char *name,
                          const struct json_schema_problems *problems) {
        for (size_t i = 0; i < problems->n; i++) {
                const struct json_schema_problem *problem = &problems->list[i];
                const json_t *part;
                size_t j;

                fault_begin(faults, problem->type, place);
                if (name)
                        json_str(&faults->w, str_of(name));
                json_array_foreach(problem->path, j, part) {
                        write_value(&faults->w, part, LIST_MAX);
                }
                fault_end(faults, problem->message, problem->input, problem->context);
        }
}

/* Refuses the request if there are faults. */
static int finish(struct request *req, struct faults *faults) {
        if (faults->n == 0)
                return 0;
        json_array_end(&faults->w);
        if (faults->out.failed)
                return request_refuse(req, ERR_INVALID_FIELD, "The request has more faults than can be told");
        req->error_json = arena_copy(&req->arena, strbuf_str(&faults->out));
        return req->error_json.ptr ? -ERR_INVALID_FIELD : -ERR_NO_MEMORY;
}

/* A parameter's text as JSON: the number or boolean that it is meant to be, where it reads as one. */
static json_t *parameter_value(const struct api_parameter *parameter, struct str text) {
        json_t *value = NULL;

        if (parameter->type && strcmp(parameter->type, "boolean") == 0) {
                if (str_eq_ignore_case(text, STR("true")) || str_eq(text, STR("1")))
                        return json_true();
                if (str_eq_ignore_case(text, STR("false")) || str_eq(text, STR("0")))
                        return json_false();
        } else if (parameter->type) {
                value = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
                if (json_is_number(value))
                        return value;
                json_decref(value);
        }
        return json_stringn(text.ptr, text.len);
}

static int check_parameter(struct request *req, const struct api_parameter *parameter,
                           struct faults *faults) {
        const char *place = parameter->place == API_PATH ? "path" : "query";
        struct json_schema_problems problems;
        const struct param *sent;
        json_auto_t *value = NULL;
        struct str text;

        if (parameter->place == API_PATH) {
                text = req->path_params[parameter->segment];
        } else {
                sent = params_find(&req->query_params, str_of(parameter->name));
                text = sent ? sent->value : STR_NULL;
        }
        if (!text.ptr) {
                if (!parameter->required)
                        return 0;
                fault_begin(faults, "missing", place);
                json_str(&faults->w, str_of(parameter->name));
                fault_end(faults, "Field required", NULL, NULL);
                return 0;
        }
        value = parameter_value(parameter, text);
        if (!value)
                return str_is_utf8(text) ? -ERR_NO_MEMORY : -ERR_BAD_REQUEST;
        if (!json_schema_fits(parameter->schema, value, &problems))
                take_problems(faults, place, parameter->name, &problems);
        json_schema_problems_end(&problems);
        return 0;
}

int validate_parameters(struct request *req, const struct route *route) {
        const struct api_operation *operation = NULL;
        _cleanup_(faults_done) struct faults faults;
        int r;

        faults_begin(&faults);
        r = api_operation_of(route, &operation);
        if (r < 0 || !operation || operation->n_parameters == 0)
                return r;
        r = request_parse_query(req);
        for (size_t i = 0; i < operation->n_parameters && r == 0; i++)
                r = check_parameter(req, &operation->parameters[i], &faults);
        return r < 0 ? r : finish(req, &faults);
}

/* Whether a body has more values than it may: counted before it is parsed, since each takes far more memory than its text. A
 * comma or a bracket goes with every value. */
static bool too_many(struct str text) {
        size_t containers = 0, values = 0;
        bool in_string = false;

        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];

                if (in_string) {
                        if (c == '\\')
                                i++;
                        else if (c == '"')
                                in_string = false;
                } else if (c == '"') {
                        in_string = true;
                } else if (c == '{' || c == '[') {
                        containers++;
                        values++;
                } else if (c == ',') {
                        values++;
                }
        }
        return containers > CONTAINERS_MAX || values > VALUES_MAX;
}

/* Text that is no JSON: where it stops to be, and why. */
static void take_bad_json(struct faults *faults, const struct request *req, const char *problem) {
        /* The parser's word quotes what it stumbled over. */
        json_auto_t *context = json_pack("{s:s}", "error", faults->secret ? "The text is no JSON" : problem),
                    *empty = json_object();
        json_error_t error = { .position = 0 };

        json_decref(
                json_loadb(req->body.ptr, req->body.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error));
        fault_begin(faults, "json_invalid", "body");
        json_int(&faults->w, error.position);
        fault_end(faults, "JSON decode error", empty, context);
}

static int parse_body(struct request *req, struct faults *faults) {
        char problem[VALUE_PROBLEM_MAX];
        int r;

        /* Without a type it can only be meant as JSON. */
        if (req->body_kind != BODY_JSON && request_header(req, STR("Content-Type")).ptr)
                return request_refuse(req, ERR_MEDIA_TYPE, "Send the body as application/json");
        if (too_many(req->body))
                return request_refuse(
                        req, ERR_TOO_LARGE,
                        "The body is too large: it has more than %d objects and lists, or %d values",
                        CONTAINERS_MAX, VALUES_MAX);
        r = value_parse(req->body, true, &req->json, problem);
        if (r != -ERR_BAD_JSON)
                return r;
        take_bad_json(faults, req, problem);
        return 0;
}

int validate_body(struct request *req, const struct route *route) {
        const struct api_operation *operation = NULL;
        _cleanup_(faults_done) struct faults faults;
        struct json_schema_problems problems;
        int r;

        faults_begin(&faults);
        r = api_operation_of(route, &operation);
        if (r < 0 || !operation || !operation->schema || req->json)
                return r; /* a step that runs anew finds it parsed and good */
        faults.secret = operation->has_secrets;
        if (req->body_kind != BODY_NONE) {
                r = parse_body(req, &faults);
        } else if (operation->body_required) {
                fault_begin(&faults, "missing", "body");
                fault_end(&faults, "Field required", NULL, NULL);
        }
        if (r < 0)
                return r;
        if (req->json) {
                if (!json_schema_fits(operation->schema, req->json, &problems))
                        take_problems(&faults, "body", NULL, &problems);
                json_schema_problems_end(&problems);
        }
        return finish(req, &faults);
}
