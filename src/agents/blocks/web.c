/* Calls to web servers (dialect: Blocks, network). */
#include "agents/blocks/families.h"
#include "agents/blocks/web_credential.h"
#include "agents/value/file.h"
#include "outbound/outbound.h"

enum {
        ANSWER_MAX = 3 * 1000 * 1000,      /* bytes; as a data: URI it still is an output */
        BODY_MAX = 4 * 1024 * 1024,        /* bytes */
        CREDENTIAL_ARENA_MAX = 256 * 1024, /* bytes */
};

/* A request on its way to be sent. */
struct web_request {
        struct outbound_field fields[OUTBOUND_FIELDS_MAX];
        struct outbound_part parts[OUTBOUND_PARTS_MAX];
        struct strbuf
                text[OUTBOUND_FIELDS_MAX + OUTBOUND_PARTS_MAX]; /* of values that are no text themselves */
        struct file files[OUTBOUND_PARTS_MAX];
        size_t n_fields, n_parts, n_text, n_files;
        struct strbuf body;
};

static void web_request_end(struct web_request **web) {
        if (!*web)
                return;
        for (size_t i = 0; i < (*web)->n_text; i++)
                strbuf_done(&(*web)->text[i]);
        for (size_t i = 0; i < (*web)->n_files; i++)
                file_end(&(*web)->files[i]);
        strbuf_done(&(*web)->body);
        free(*web);
}

/* A member's value as text: its own characters, or JSON. For a field or a part that there is room for. */
static struct str member_text(struct web_request *web, const json_t *value) {
        struct strbuf *text;

        if (json_is_string(value))
                return value_str(value);
        text = &web->text[web->n_text++];
        strbuf_init(text, BODY_MAX);
        value_write(text, value, VALUE_COMPACT);
        return strbuf_str(text);
}

static int add_field(struct block_run *run, struct web_request *web, struct str name, struct str value) {
        if (web->n_fields == OUTBOUND_FIELDS_MAX)
                return block_fail(run, "There are more than %d headers", OUTBOUND_FIELDS_MAX);
        if (!value.ptr)
                return block_fail(run, "A header's value is too long");
        web->fields[web->n_fields++] = (struct outbound_field){ .name = name, .value = value };
        return 0;
}

static int add_headers(struct block_run *run, struct web_request *web) {
        json_t *headers = input_value(run, "headers"), *value;
        const char *name;
        int r;

        if (json_object_size(headers) > OUTBOUND_FIELDS_MAX)
                return block_fail(run, "There are more than %d headers", OUTBOUND_FIELDS_MAX);
        json_object_foreach(headers, name, value) {
                r = add_field(run, web, str_of(name), member_text(web, value));
                if (r < 0)
                        return r;
        }
        return 0;
}

static bool has_field(const struct web_request *web, struct str name) {
        for (size_t i = 0; i < web->n_fields; i++)
                if (str_eq_ignore_case(web->fields[i].name, name))
                        return true;
        return false;
}

static int add_type(struct block_run *run, struct web_request *web, struct str type) {
        return has_field(web, STR("Content-Type")) ? 0 : add_field(run, web, STR("Content-Type"), type);
}

static int body_as_json(struct block_run *run, struct web_request *web, const json_t *body) {
        value_write(&web->body, body, VALUE_COMPACT);
        return add_type(run, web, STR("application/json"));
}

static int body_as_form(struct block_run *run, struct web_request *web, json_t *body) {
        _cleanup_(strbuf_done) struct strbuf json = STRBUF_INIT(BODY_MAX);
        json_t *value;
        const char *name;

        json_object_foreach(body, name, value) {
                if (web->body.len)
                        strbuf_append_char(&web->body, '&');
                strbuf_append_percent(&web->body, str_of(name), true);
                strbuf_append_char(&web->body, '=');
                if (!json_is_string(value)) {
                        strbuf_reset(&json);
                        value_write(&json, value, VALUE_COMPACT);
                }
                strbuf_append_percent(&web->body,
                                      json_is_string(value) ? value_str(value) : strbuf_str(&json), true);
        }
        return add_type(run, web, STR("application/x-www-form-urlencoded"));
}

static int add_file(struct block_run *run, struct web_request *web, struct str uri) {
        struct file *file = &web->files[web->n_files];
        const char *problem;
        int r;

        r = file_read(uri, file, &problem);
        if (r == -ERR_BLOCK)
                return block_fail(run, "File %zu can't be sent: %s", web->n_files + 1, problem);
        if (r < 0)
                return r;
        web->n_files++;
        web->parts[web->n_parts++] =
                (struct outbound_part){ .name = input_str(run, "files_name"),
                                        .file_name = file->name[0] ? str_of(file->name) : STR("file"),
                                        .type = str_of(file->type),
                                        .content = str_n(file->bytes, file->len) };
        return 0;
}

static int body_with_files(struct block_run *run, struct web_request *web, const json_t *files,
                           json_t *body) {
        json_t *value;
        const char *name;
        int r = 0;

        if (json_object_size(body) + json_array_size(files) > OUTBOUND_PARTS_MAX)
                return block_fail(run, "There are more than %d files and members in the body",
                                  OUTBOUND_PARTS_MAX);
        json_object_foreach(body, name, value) web->parts[web->n_parts++] =
                (struct outbound_part){ .name = str_of(name), .content = member_text(web, value) };
        for (size_t i = 0; i < json_array_size(files) && r == 0; i++)
                r = add_file(run, web, value_str(json_array_get(files, i)));
        return r;
}

static int add_body(struct block_run *run, struct web_request *web) {
        const json_t *files = input_value(run, "files");
        json_t *body = input_value(run, "body");
        bool json = input_bool(run, "json_format");
        int r;

        if (json_array_size(files) > 0 && json)
                return block_fail(run, "Files can't be sent as JSON: turn json_format off");
        if (json_array_size(files) > 0)
                return body_with_files(run, web, files, json_is_object(body) ? body : NULL);
        if (!json_is_object(body))
                return 0;
        r = json ? body_as_json(run, web, body) : body_as_form(run, web, body);
        return web->body.failed ? block_fail(run, "The body is larger than %d MiB", BODY_MAX >> 20) : r;
}

static bool is_json_type(const char *type) {
        struct str rest = str_of(type), media;

        return str_next(&rest, ';', &media) && str_eq_ignore_case(str_trim(media), STR("application/json"));
}

/* What was answered, as a value: JSON where it says so, text, or else a file. */
static json_t *answer_value(const struct outbound_response *response) {
        struct str body = str_n(response->body.ptr ? response->body.ptr : "", response->body.len), media,
                   rest;
        char problem[VALUE_PROBLEM_MAX];
        json_t *value;

        if (is_json_type(response->content_type) && value_parse(body, false, &value, problem) == 0)
                return value;
        if (str_is_utf8(body) && !str_contains(body, str_n("", 1)))
                return value_of_str(body);
        rest = str_of(response->content_type);
        return file_value(str_next(&rest, ';', &media) ? str_trim(media) : STR(""), STR(""), body);
}

static const char *answer_name(int status) {
        if (status >= 200 && status < 300)
                return "response";
        return status >= 400 && status < 500 ? "client_error" : "server_error";
}

static int send_request(struct block_run *run, const struct web_request *web) {
        struct outbound_response response = { .body = STRBUF_INIT(ANSWER_MAX) };
        const struct outbound_request request = {
                .method = json_string_value(input_value(run, "method")),
                .url = json_string_value(input_value(run, "url")),
                .fields = web->fields,
                .n_fields = web->n_fields,
                .body = web->body.len ? strbuf_str(&web->body) : STR_NULL,
                .parts = web->parts,
                .n_parts = web->n_parts,
                .redirects = OUTBOUND_REDIRECTS_MAX,
                .timeout_ms = block_time_left_ms(run),
                .stop = run->stop,
                .allowed = &run->context->settings->outbound_networks,
                .ca_file = run->context->settings->ca_file,
        };
        int r;

        r = outbound_send(&request, &response);
        if (r == -ERR_OUTBOUND)
                r = block_fail(run, "%s", response.problem);
        else if (r == 0)
                r = block_yield(run, answer_name(response.status), answer_value(&response));
        strbuf_done(&response.body);
        return r;
}

/* What the person's own headers don't say already. */
static int add_credential(struct block_run *run, struct web_request *web, struct arena *arena) {
        struct outbound_field fields[OUTBOUND_FIELDS_MAX];
        size_t n = 0;
        int r;

        r = web_credential_fields(run, arena, json_string_value(input_value(run, "url")), fields, &n);
        for (size_t i = 0; i < n && r == 0; i++)
                if (!has_field(web, fields[i].name)) {
                        r = add_field(run, web, fields[i].name, fields[i].value);
                        if (r == 0)
                                web->fields[web->n_fields - 1].credential = true;
                }
        return r;
}

static int run_send_authenticated(struct block_run *run) {
        _cleanup_(web_request_end) struct web_request *web = calloc(1, sizeof(*web));
        struct arena arena;
        int r;

        if (!web)
                return -ERR_NO_MEMORY;
        strbuf_init(&web->body, BODY_MAX);
        arena_init(&arena, CREDENTIAL_ARENA_MAX);
        r = add_headers(run, web);
        if (r == 0)
                r = add_credential(run, web, &arena);
        if (r == 0)
                r = add_body(run, web);
        if (r == 0)
                r = send_request(run, web);
        arena_done(&arena); /* which wipes it */
        return r;
}

static int run_send_web_request(struct block_run *run) {
        _cleanup_(web_request_end) struct web_request *web = calloc(1, sizeof(*web));
        int r;

        if (!web)
                return -ERR_NO_MEMORY;
        strbuf_init(&web->body, BODY_MAX);
        r = add_headers(run, web);
        if (r == 0)
                r = add_body(run, web);
        return r < 0 ? r : send_request(run, web);
}

/* clang-format off */
#define WEB_REQUEST_INPUTS \
        { "url", TYPE_STRING, NULL, "The address to call: http or https, on the public internet", \
          FIELD_REQUIRED }, \
        { "method", \
          "{\"type\":\"string\",\"enum\":[\"GET\",\"POST\",\"PUT\",\"DELETE\",\"PATCH\",\"OPTIONS\",\"HEAD\"]" \
          "}", \
          "\"POST\"", "The HTTP method", FIELD_BASIC }, \
        { "headers", TYPE_OBJECT, "{}", "Header fields to send", FIELD_BASIC }, \
        { "json_format", TYPE_BOOLEAN, "true", "Send the body as JSON; otherwise as a form", FIELD_BASIC }, \
        { "body", TYPE_OR_NULL(TYPE_OBJECT), "null", "What to send", FIELD_BASIC }, \
        { "files_name", TYPE_STRING, "\"file\"", "The form field that the files are sent in", 0 }, \
        { "files", TYPE_STRINGS, "[]", "Files to send, as data: URIs; json_format must be off", 0 },
/* clang-format on */

static const struct block_field web_request_inputs[] = { WEB_REQUEST_INPUTS };

static const struct block_field authenticated_inputs[] = {
        WEB_REQUEST_INPUTS{
                "credentials",
                "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"anyOf\":[{"
                "\"type\":"
                "\"string\"},{\"type\":\"null\"}]},\"provider\":{\"type\":\"string\"},\"type\":{\"type\":"
                "\"string\"}},\"additionalProperties\":true,\"credentials_provider\":[\"http\"],"
                "\"credentials_types\":[\"host_scoped\"]}",
                NULL,
                "Whose header fields to send: credentials for the address's host, or an account whose "
                "provider has its "
                "API there",
                FIELD_REQUIRED | FIELD_CREDENTIALS },
};

static const struct block_field web_request_outputs[] = {
        { "response", TYPE_ANY, NULL,
          "The answer to a request that succeeded (2xx): JSON, text or a data: URI", 0 },
        { "client_error", TYPE_ANY, NULL, "The answer that says that the request is at fault (4xx)", 0 },
        { "server_error", TYPE_ANY, NULL, "Any other answer", 0 },
};

static const struct block blocks[] = {
        { .id = "6595ae1f-b924-42cb-9a41-551a0611c4b4",
          .name = "SendWebRequestBlock",
          .description = "Calls a web server and hands on what it answers",
          .categories = CATEGORY_OUTPUT,
          .acts = true,
          .waits = true,
          INPUTS(web_request_inputs),
          OUTPUTS(web_request_outputs),
          .run = run_send_web_request },
        { .id = "fff86bcd-e001-4bad-a7f6-2eae4720c8dc",
          .name = "SendAuthenticatedWebRequestBlock",
          .description =
                  "Calls a web server with stored credentials for its host, and hands on what it answers",
          .categories = CATEGORY_OUTPUT,
          .acts = true,
          .waits = true,
          INPUTS(authenticated_inputs),
          OUTPUTS(web_request_outputs),
          .run = run_send_authenticated },
};

const struct block_family family_web = BLOCK_FAMILY(blocks);
