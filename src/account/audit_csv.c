#include "account/audit_csv.h"

#include "account/audit.h"
#include "account/audit_export.h"
#include "account/handlers.h"

enum { MEMORY_MAX = 4 * 1024 * 1024 };

struct csv_export {
        struct audit_filter filter;
        struct audit_export at;
};

void audit_csv_cell(struct strbuf *out, struct str value) {
        strbuf_append_char(out, '"');
        if (value.len && strchr("=+-@\t\r\n", value.ptr[0]) && value.ptr[0])
                strbuf_append_char(out, '\'');
        for (size_t i = 0; i < value.len; i++) {
                if (value.ptr[i] == '"')
                        strbuf_append_char(out, '"');
                strbuf_append_char(out, value.ptr[i]);
        }
        strbuf_append_char(out, '"');
}

static void cell(struct strbuf *out, struct str value) {
        audit_csv_cell(out, value);
        strbuf_append_char(out, ',');
}

static void write_head(struct strbuf *out) {
        strbuf_append(
                out,
                STR("at,event,text,outcome,count,user_id,actor_id,app_id,api_key_id,subject,ip,user_agent,"
                    "request_id,reason,detail\r\n"));
}

static void write_row(struct strbuf *out, const struct audit_entry *e) {
        const struct audit_kind *kind = audit_kind(e->event);
        char at[CLOCK_ISO_LENGTH], count[24];

        clock_format_iso(id_time_ms(e->id), at);
        (void)snprintf(count, sizeof(count), "%lld", (long long)e->count);
        cell(out, str_n(at, sizeof(at)));
        cell(out, kind ? kind->name : STR("unknown"));
        cell(out, kind ? kind->text : STR(""));
        cell(out, kind && kind->refused ? STR("refused") : STR("done"));
        cell(out, str_of(count));
        cell(out, e->user_id);
        cell(out, e->actor_id);
        cell(out, e->app_id);
        cell(out, e->key_id);
        cell(out, e->subject);
        cell(out, e->address);
        cell(out, e->user_agent);
        cell(out, e->request_id);
        cell(out, e->reason);
        audit_csv_cell(out, e->detail);
        strbuf_append(out, STR("\r\n"));
}

static int begin(struct request *req, struct response *res, struct arena *arena, struct csv_export **ret) {
        struct csv_export *x = arena_new(&req->arena, struct csv_export);
        struct str problem = STR_NULL;
        int r;

        if (!x)
                return -ERR_NO_MEMORY;
        r = admin_audit_filter(req, &x->filter, &problem);
        if (r == 0 && problem.ptr)
                return request_refuse(req, ERR_BAD_REQUEST, STR_FMT, STR_ARG(problem));
        if (r == 0)
                r = audit_export_begin(req->tx, arena, x->filter.since, x->filter.until, &x->at);
        if (r < 0)
                return r;
        response_begin(res, 200, STR("text/csv; charset=utf-8; header=present"));
        response_no_store(res);
        response_header(res, STR("Content-Disposition"), STR("attachment; filename=\"audit.csv\""));
        response_header(res, STR("X-Content-Type-Options"), STR("nosniff"));
        write_head(&res->body);
        audit_soon(req, &(struct audit){ .event = AUDIT_EXPORTED, .subject = x->filter.person });
        *ret = x;
        return 0;
}

static void take(void *data, int64_t segment _unused_, const struct audit_entry *e, struct strbuf *out) {
        const struct csv_export *x = data;

        if (audit_matches(&x->filter, e))
                write_row(out, e);
}

/* Runs again and again, a few segments at a time. */
int handle_admin_audit_csv(struct request *req, struct response *res) {
        _cleanup_(arena_done) struct arena arena;
        struct csv_export *x = req->step_data;
        struct audit_export next;
        int r = 0;

        arena_init(&arena, MEMORY_MAX);
        if (!x)
                r = begin(req, res, &arena, &x);
        if (r < 0)
                return r;
        next = x->at;
        next.write = take;
        next.data = x;
        r = req->method == HTTP_HEAD ? 0 : audit_export_some(req->tx, &arena, &next, &res->body);
        if (r < 0)
                return r;
        x->at = next;
        req->step_data = x;
        req->again_ms = 0;
        return r ? STEP_AGAIN : STEP_DONE;
}
