/* /admin/health: what an operator looks at first when something is odd. */
#include "web/admin_health.h"

#include <sodium.h>

#include "account/admin.h"
#include "account/form.h"
#include "account/moment.h"
#include "base/context.h"
#include "base/metrics.h"
#include "db/node.h"
#include "db/statements.h"
#include "http/server.h"
#include "outbound/outbound.h"
#include "pages/page.h"

enum { NODES_MAX = 200, WAITING_MAX = 100000 };

static json_t *node_json(struct request *req, const struct node_state_row *node, int64_t now) {
        int64_t seen = node->leased_until - NODE_LEASE_MS;
        json_t *data = json_object();

        form_set_object(&data, "number", json_integer(node->node));
        form_set(&data, "version", node->version);
        form_set_bool(&data, "here", node->node == (int64_t)req->context->ids->node);
        form_set_bool(&data, "late", now - seen > 3 * NODE_RENEW_MS);
        form_set_object(&data, "started", moment_json(req, node->started_at));
        form_set_object(&data, "seen", moment_json(req, seen));
        return data;
}

static int set_nodes(struct request *req, json_t **data) {
        int64_t now = clock_now(req->context->clock);
        struct node_state_row *nodes;
        json_t *list = json_array();
        size_t n = 0;
        int r;

        r = db_nodes_live(req->tx, &req->arena, now, NODES_MAX, &nodes, &n);
        for (size_t i = 0; i < n && r >= 0; i++)
                json_array_append_new(list, node_json(req, &nodes[i], now));
        form_set_object(data, "nodes", list);
        return MIN_OF(r, 0);
}

static void set_count(struct request *req, json_t **data, const char *name, int64_t n) {
        form_set(data, name,
                 n >= WAITING_MAX ? STR("more than 100000")
                                  : arena_printf(&req->arena, "%lld", (long long)n));
}

static int set_waiting(struct request *req, json_t **data) {
        struct backlog_row backlog = { 0 };
        int r = db_backlog(req->tx, &req->arena, WAITING_MAX, &backlog);

        set_count(req, data, "executions_waiting", backlog.queued);
        set_count(req, data, "executions_running", backlog.running);
        set_count(req, data, "submissions_waiting", backlog.submissions);
        set_count(req, data, "events_unsealed", backlog.journal);
        form_set_object(data, "commits", json_integer((json_int_t)metrics_commits()));
        form_set_object(data, "committed", json_integer((json_int_t)metrics_committed_rows()));
        form_set_object(data, "queue", json_integer(metrics_queue_now()));
        form_set_object(data, "connections", json_integer(metrics_connections_now()));
        return MIN_OF(r, 0);
}

static int set_cleanup(struct request *req, json_t **data) {
        struct job_mark_row mark;
        int r = db_job_mark(req->tx, &req->arena, STR("cleanup"), &mark);

        if (r > 0) {
                form_set_object(data, "cleaned", moment_json(req, mark.at));
                form_set_object(data, "removed", json_integer(mark.amount));
        }
        return MIN_OF(r, 0);
}

static void add_version(json_t *list, const char *name, struct str version) {
        json_t *one = json_object();

        form_set(&one, "name", str_of(name));
        form_set(&one, "version", version);
        json_array_append_new(list, one);
}

static int set_versions(struct request *req, json_t **data) {
        struct engine_version_row engine = { .text = STR("unknown") };
        int r = db_engine_version(req->tx, &req->arena, &engine);
        json_t *list = json_array();

        add_version(list, "Gatehouse", STR(GATEHOUSE_VERSION));
        add_version(list, "Database", engine.text);
        add_version(list, "libuv", str_of(http_loop_version()));
        add_version(list, "libcurl", str_of(outbound_library_version()));
        add_version(list, "libsodium", str_of(sodium_version_string()));
        add_version(list, "jansson", str_of(jansson_version_str()));
        form_set_object(data, "versions", list);
        return MIN_OF(r, 0);
}

int handle_admin_health_page(struct request *req, struct response *res) {
        json_t *data = admin_data(req, "health");
        int r;

        r = set_nodes(req, &data);
        if (r == 0)
                r = set_waiting(req, &data);
        if (r == 0)
                r = set_cleanup(req, &data);
        if (r == 0)
                r = set_versions(req, &data);
        if (r < 0) {
                json_decref(data);
                return r;
        }
        return page_respond(req->context->theme, res, 200, "admin_health", data);
}
