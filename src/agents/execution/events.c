/* What goes on in an execution, as it goes on: Server-Sent Events (WHATWG HTML §9.2). `node` tells of one run of a node each
 * time that it is stored with something new, `execution` of a new status, with the outputs when all is done; then the
 * stream ends. An event's id is the place to go on from, with Last-Event-ID. */
#include "account/identity.h"
#include "agents/execution/handlers.h"
#include "agents/execution/results.h"
#include "agents/execution/status.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "http/response.h"

enum {
        EVENTS_AT_ONCE = 50,
        AGAIN_MS = 250,
        HEARTBEAT_MS = 15 * 1000,
        STREAM_MAX_MS = 20 * 60 * 1000, /* then the client comes again */
        VALUE_BYTES_MAX = 16 * 1024,    /* a longer input or output is left to the results */
        MEMORY_MAX = 64 * 1024 * 1024,
};

struct place {
        int64_t changed, number;
};

struct stream {
        struct place place;
        struct str status; /* told last */
        int64_t began_ms, told_ms;
        bool more; /* was cut at EVENTS_AT_ONCE */
};

/* "12-3"; anything else is the beginning. */
static struct place read_place(struct str text) {
        uint64_t changed, number;
        ptrdiff_t dash = text.ptr ? str_find(text, '-') : -1;

        if (dash < 0 || !str_to_uint(str_first(text, (size_t)dash), INT64_MAX, &changed) ||
            !str_to_uint(str_from(text, (size_t)dash + 1), INT64_MAX, &number))
                return (struct place){ 0 };
        return (struct place){ (int64_t)changed, (int64_t)number };
}

static void begin_event(struct strbuf *out, const char *name, struct place place) {
        strbuf_printf(out, "event: %s\nid: %lld-%lld\ndata: ", name, (long long)place.changed,
                      (long long)place.number);
}

static struct str short_enough(struct str text) {
        return text.len <= VALUE_BYTES_MAX ? text : STR_NULL;
}

static void tell_node(struct strbuf *out, struct node_execution_row row) {
        struct json_writer w = JSON_WRITER(out);

        begin_event(out, "node", (struct place){ row.changed, row.number });
        row.input = short_enough(row.input);
        row.pins = short_enough(row.pins);
        row.output = short_enough(row.output);
        json_object_begin(&w);
        json_member_int(&w, "node_execution_id", row.number);
        json_member_str(&w, "status", row.status);
        execution_write_node(&w, &row);
        json_object_end(&w);
        strbuf_append(out, STR("\n\n"));
}

static void tell_execution(struct strbuf *out, const struct execution_row *row, struct place place) {
        struct json_writer w = JSON_WRITER(out);

        begin_event(out, "execution", place);
        json_object_begin(&w);
        json_member_str(&w, "execution_id", row->id);
        json_member_str(&w, "status", row->status);
        json_key(&w, "output");
        if (row->outputs.ptr)
                json_raw(&w, row->outputs);
        else
                json_write_null(&w);
        if (row->problem.len > 0)
                json_member_str(&w, "error", row->problem);
        json_object_end(&w);
        strbuf_append(out, STR("\n\n"));
}

/* One look. Returns whether all has been told; `next` is what the stream then knows. */
static int look(struct request *req, struct response *res, struct arena *arena,
                const struct execution_row *row, struct stream *next) {
        enum execution_status status = EXECUTION_FAILED;
        struct node_execution_row *rows = NULL;
        size_t n = 0;
        int r;

        r = db_node_executions_changed(req->tx, arena, row->id, next->place.changed, next->place.number,
                                       EVENTS_AT_ONCE, &rows, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++) {
                if (rows[i].parent == 0)
                        tell_node(&res->body, rows[i]);
                next->place = (struct place){ rows[i].changed, rows[i].number };
        }
        next->more = n == EVENTS_AT_ONCE;
        if (next->more || !execution_status_find(row->status, &status))
                return 0;
        if (!str_eq(execution_status_name(status), next->status)) {
                tell_execution(&res->body, row, next->place);
                next->status = execution_status_name(status);
        }
        return execution_status_ended(status);
}

static int begin(struct request *req, struct response *res, struct stream **ret) {
        struct stream *stream = arena_new(&req->arena, struct stream);

        if (!stream)
                return -ERR_NO_MEMORY;
        stream->place = read_place(request_header(req, STR("Last-Event-ID")));
        stream->began_ms = stream->told_ms = clock_monotonic_ms();
        response_begin(res, 200, STR("text/event-stream; charset=utf-8"));
        response_header(res, STR("Cache-Control"), STR("no-store"));
        response_header(res, STR("X-Accel-Buffering"), STR("no")); /* or nginx would collect the parts */
        strbuf_append(&res->body, STR("retry: 2000\n\n"));
        *ret = stream;
        return 0;
}

int handle_events(struct request *req, struct response *res) {
        _cleanup_(arena_done) struct arena arena;
        struct stream *stream = req->step_data, next;
        int64_t now = clock_monotonic_ms();
        struct execution_row row;
        size_t before;
        int r;

        arena_init(&arena, MEMORY_MAX);
        req->again_ms = AGAIN_MS;
        r = execution_of_path(req, &arena, &row);
        if (r < 0)
                return r;
        if (!stream) {
                r = begin(req, res, &stream);
                if (r < 0 || req->method == HTTP_HEAD)
                        return r;
        }
        next = *stream;
        before = res->body.len;
        r = look(req, res, &arena, &row, &next);
        if (r < 0)
                return r;
        if (res->body.len > before)
                next.told_ms = now;
        else if (now - next.told_ms >= HEARTBEAT_MS) {
                strbuf_append(&res->body, STR(": still there\n\n"));
                next.told_ms = now;
        }
        *stream = next;
        req->step_data = stream;
        if (r > 0 || now - stream->began_ms > STREAM_MAX_MS)
                return STEP_DONE;
        if (stream->more)
                req->again_ms = 0;
        return STEP_AGAIN;
}
