/* One HTTP request as handlers see it: no libuv, no llhttp. Valid from dispatch until its response is finished; one
 * thread at a time. Strings point into the connection's buffers or the arena; the seam wipes both when it is done. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/errors.h"
#include "base/metrics.h"
#include "base/sentence.h"
#include "base/str.h"

enum http_method {
        HTTP_GET,
        HTTP_HEAD,
        HTTP_POST,
        HTTP_PUT,
        HTTP_PATCH,
        HTTP_DELETE,
        HTTP_OPTIONS,
        HTTP_METHOD_OTHER, /* a known method that no route has: 405 */
        HTTP_METHODS
};

enum body_kind {
        BODY_NONE,      /* no body, or an empty one */
        BODY_JSON,      /* application/json */
        BODY_FORM,      /* application/x-www-form-urlencoded */
        BODY_MULTIPART, /* multipart/form-data */
        BODY_OTHER,     /* anything else */
};

enum {
        REQUEST_HEADERS_MAX = 100,
        REQUEST_HEAD_MAX = 16 * 1024,   /* bytes of request line and header section */
        REQUEST_TARGET_MAX = 8 * 1024,  /* bytes */
        REQUEST_BODY_MAX = 64 * 1024,   /* bytes, where a route says nothing else */
        REQUEST_ARENA_MAX = 512 * 1024, /* bytes */
        REQUEST_PARAMS_MAX = 64,        /* parameters of one query, form or JSON object */
        REQUEST_PATH_PARAMS = 3,        /* variable segments of a path */
        ADDRESS_TEXT_MAX = 46,
};

struct http_header {
        struct str name;  /* as sent; compare without case */
        struct str value; /* trimmed */
};

/* One parameter of a query, a form or a JSON object. */
struct param {
        struct str name;
        struct str value; /* decoded text; of a JSON value that is no string: its JSON text */
        enum param_kind {
                PARAM_TEXT,
                PARAM_LIST, /* JSON array of strings; `value` holds them separated by spaces if none has one */
                PARAM_NULL,
                PARAM_TRUE,
                PARAM_FALSE,
                PARAM_NUMBER,
                PARAM_FILE, /* of a multipart body: `value` is the file, any bytes */
                PARAM_OTHER /* object, or an array of anything but strings */
        } kind;
        struct str type;   /* PARAM_FILE: its Content-Type as sent; STR_NULL without one */
        struct str *items; /* PARAM_LIST */
        size_t n_items;
};

struct params {
        struct param *list;
        size_t n;
        bool parsed;
};

/* What the layers above hang on a request. Only they know what is behind the names. */
struct context;
struct tx;
struct identity;
struct platform_person;
struct request_rate;

struct request {
        struct arena arena;

        enum http_method method;
        struct str target; /* as sent; of the absolute form, what follows the authority */
        struct str path;   /* percent-decoded once; without query. "*" for OPTIONS * */
        struct str query;  /* raw, without the '?'; STR_NULL when there is no '?' */
        struct str host;   /* as sent; empty on HTTP/1.0 without Host. Never trusted for links */
        struct http_header headers[REQUEST_HEADERS_MAX];
        size_t n_headers;
        enum body_kind body_kind;
        struct str body;
        char address[ADDRESS_TEXT_MAX + 1]; /* the client's: "127.0.0.1" or "2001:db8::1"; the peer's, or
                                             what trusted proxies said */
        char id[17];                        /* request id: 16 hex digits; in logs and in X-Request-Id */
        int64_t started_us;                 /* monotonic: when the request was complete */

        struct str path_params
                [REQUEST_PATH_PARAMS]; /* the variable segments of the route's path in their order, decoded */

        struct params query_params; /* filled by request_query() and request_form() on first use */
        struct params body_params;
        bool takes_files; /* whether a multipart body is understood: set from the route */
        json_t *json;     /* the body, where it was held against an API document; NULL without one. Owned */

        /* A sharper public text than the error table's; set by request_refuse(). */
        struct str error_detail;
        const struct sentence
                *error_sentence; /* the same with its values apart, for pages in other languages */
        struct str error_field;  /* of ERR_INVALID_FIELD: the member or parameter at fault */
        struct str
                error_json; /* JSON text of `detail`, where that is no plain text; pages show error_detail */
        const char *error_type; /* of ERR_INVALID_FIELD: "missing", "string_type", … (dialect: Errors) */
        int64_t retry_after;    /* seconds, of ERR_THROTTLED and 503s; 0 for none */

        const struct context *context;
        struct tx *tx;                        /* the snapshot or transaction that this step runs in */
        struct identity *identity;            /* who calls, once authenticated; NULL for public routes */
        const struct platform_person *bearer; /* whom a verified user JWT is about; NULL without one */
        struct request_rate *rate;            /* what the limits say of it, once it was counted */
        void *step_data;                      /* what one step of a route leaves for the next */
        int64_t again_ms;                     /* of STEP_AGAIN */

        uint8_t issued[TOKEN_KINDS]; /* by this step; counted once they are stored */
};

/* Lets this one request take more memory than REQUEST_ARENA_MAX: so many bytes in all. */
static inline void request_allow(struct request *req, size_t bytes) {
        req->arena.max = bytes;
}

static inline void request_issued(struct request *req, enum token_kind kind) {
        req->issued[kind]++;
}

/* The value of a header; STR_NULL if it was not sent. Of a repeated one, the first.
 *
 * name   any case
 */
struct str request_header(const struct request *req, struct str name);

/* A cookie's value (RFC 6265 §5.4, quotes are part of it); STR_NULL if there is none. If a name is sent twice the
 * request is ambiguous and the cookie counts as absent. */
struct str request_cookie(const struct request *req, struct str name);

/* Parses the query or the body (JSON object or form, by its content type; multipart where files are taken) into parameters, once.
 *
 * errors   ERR_BAD_QUERY, ERR_BAD_FORM, ERR_BAD_JSON, ERR_MEDIA_TYPE, ERR_REPEATED_PARAMETER (duplicate names, also
 *          JSON members), ERR_TOO_LARGE (more than REQUEST_PARAMS_MAX), ERR_NO_MEMORY
 */
_must_use_ int request_parse_query(struct request *req);
_must_use_ int request_parse_body(struct request *req);

/* A parameter of a parsed query or body, or NULL. */
const struct param *params_find(const struct params *params, struct str name);

/* Text of a body parameter.
 *
 * name     of the parameter
 * max      bytes; longer is ERR_INVALID_FIELD
 * ret      the text; STR_NULL when optional and absent (a JSON null counts as absent)
 * errors   ERR_INVALID_FIELD with field and reason (absent and required; no text; too long; not UTF-8; has NUL), and
 *          those of request_parse_body()
 */
_must_use_ int request_text(struct request *req, const char *name, size_t max, struct str *ret);
_must_use_ int request_text_optional(struct request *req, const char *name, size_t max, struct str *ret);

/* The body as a whole, where it is one JSON text: "…".
 *
 * name     of what it is, for the error's sake
 * max      bytes; longer is ERR_INVALID_FIELD
 * ret      on the arena
 * errors   ERR_MEDIA_TYPE, ERR_BAD_JSON, ERR_INVALID_FIELD (no body, no text, too long), ERR_NO_MEMORY
 */
_must_use_ int request_json_text(struct request *req, const char *name, size_t max, struct str *ret);

/* A JSON boolean; of a form "true" and "false". */
_must_use_ int request_bool(struct request *req, const char *name, bool *ret);

/* Refuses the request with a public text of its own in place of the error table's. The text must not hold a secret.
 * Returns -error. */
_printf_(3, 4) int request_refuse(struct request *req, enum error error, const char *format, ...);

/* Refuses a field: returns -ERR_INVALID_FIELD.
 *
 * type   "missing", "string_type", "string_too_long", "value_error", … as the Platform's validation names them
 */
_printf_(4, 5) int request_refuse_field(struct request *req, const char *name, const char *type,
                                        const char *format, ...);

/* Decodes one name or value of application/x-www-form-urlencoded, as HTTP Basic's parts are too (RFC 6749 §2.3.1).
 *
 * problem   what a malformed text is answered with
 * ret       borrowed from text when it has no escapes, else on the arena
 * errors    problem (escape cut short or not hex, NUL, not UTF-8), ERR_NO_MEMORY
 */
_must_use_ int form_decode(struct arena *arena, struct str text, enum error problem, struct str *ret);

const char *http_method_name(enum http_method method);

/* What a step of a route returns when it has not answered yet and the route's next step shall go on (STEP_NEXT),
 * or the one after it (STEP_SKIP); 0 says that the response is complete, a negative result is an error that the
 * dispatcher answers. */
enum {
        STEP_DONE = 0,
        STEP_NEXT = 1,
        STEP_SKIP = 2,
        STEP_AGAIN =
                3, /* of a route's only step: what the body holds is sent as a part of the answer, and the step runs
                           again after req->again_ms. It must change nothing of its own when it fails: it may run anew at once */
};
