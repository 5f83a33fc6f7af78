#include "base/metrics.h"

#include <stdalign.h>
#include <stdio.h>

#include "base/metrics_agents.h"
#include "base/metrics_process.h"

enum { SLOTS = 64, CACHE_LINE = 64, ROWS_BUCKETS = 11 };

/* The statuses that Gatehouse answers with; another one counts in the last place, as "other". */
static const uint16_t statuses[METRICS_STATUSES - 1] = {
        200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 408, 409,
        413, 414, 415, 417, 422, 429, 431, 500, 501, 503, 505,
};

/* Upper limits of the buckets; one more bucket takes what lies beyond. */
static const int64_t duration_limits[METRICS_BUCKETS] = {
        500,    1000,   2500,   5000,    10000,   25000,   50000,
        100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000,
};
static const unsigned rows_limits[ROWS_BUCKETS] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024 };

static const char *const token_names[TOKEN_KINDS] = { "code", "access", "refresh", "session" };

typedef _Atomic uint64_t counter;

struct route_counters {
        counter by_status[METRICS_STATUSES];
        counter by_duration[METRICS_BUCKETS + 1];
        counter micros;
};

/* What one thread counted. A slot has one writer, so that counting needs no locked instruction and moves no
 * cache line between cores; readers add up all slots. A gauge is the sum of its ups and downs, which may lie
 * in different slots. Pages that are never written take no memory. */
struct slot {
        alignas(CACHE_LINE) counter queue;
        counter connections;
        counter commits_by_rows[ROWS_BUCKETS + 1];
        counter rows;
        counter tokens[TOKEN_KINDS];
        counter errors[ERR_COUNT];
        counter rate_limited[RATE_KINDS];
        struct route_counters routes[METRICS_ROUTES_MAX];
};

/* The first slot is shared by all threads that came too late for one of their own. */
static struct slot slots[SLOTS];
static _Atomic unsigned slots_taken = 1;
static _Thread_local struct slot *own;

static struct {
        const char *method;
        const char *path;
} route_names[METRICS_ROUTES_MAX];

static struct slot *slot_take(void) {
        unsigned n = atomic_load_explicit(&slots_taken, memory_order_relaxed);

        while (n < SLOTS)
                if (atomic_compare_exchange_weak_explicit(&slots_taken, &n, n + 1, memory_order_relaxed,
                                                          memory_order_relaxed))
                        return &slots[n];
        return &slots[0];
}

static struct slot *slot_own(void) {
        if (_unlikely_(!own))
                own = slot_take();
        return own;
}

static void count(const struct slot *slot, counter *c, uint64_t n) {
        if (_unlikely_(slot == &slots[0]))
                atomic_fetch_add_explicit(c, n, memory_order_relaxed);
        else
                atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n,
                                      memory_order_relaxed);
}

static unsigned status_index(int status) {
        unsigned i = 0;

        while (i < ARRAY_LENGTH(statuses) && statuses[i] != status)
                i++;
        return i;
}

void metrics_request(unsigned route, int status, int64_t micros) {
        struct slot *slot = slot_own();
        struct route_counters *r = &slot->routes[MIN_OF(route, (unsigned)METRICS_ROUTES_MAX - 1)];
        unsigned bucket = 0;

        micros = MAX_OF(micros, INT64_C(0));
        while (bucket < METRICS_BUCKETS && micros > duration_limits[bucket])
                bucket++;
        count(slot, &r->by_status[status_index(status)], 1);
        count(slot, &r->by_duration[bucket], 1);
        count(slot, &r->micros, (uint64_t)micros);
}

void metrics_error(int result) {
        struct slot *slot = slot_own();
        bool known = result < 0 && result > -(int)ERR_COUNT;

        count(slot, &slot->errors[known ? -result : ERR_INTERNAL], 1);
}

void metrics_commit(unsigned rows) {
        struct slot *slot = slot_own();
        unsigned bucket = 0;

        while (bucket < ROWS_BUCKETS && rows > rows_limits[bucket])
                bucket++;
        count(slot, &slot->commits_by_rows[bucket], 1);
        count(slot, &slot->rows, rows);
}

void metrics_tokens_issued(enum token_kind kind, unsigned n) {
        struct slot *slot = slot_own();

        count(slot, &slot->tokens[kind], n);
}

void metrics_rate_limited(enum rate_kind kind) {
        struct slot *slot = slot_own();

        count(slot, &slot->rate_limited[kind], 1);
}

void metrics_queue_depth(int delta) {
        struct slot *slot = slot_own();

        count(slot, &slot->queue, (uint64_t)(int64_t)delta);
}

void metrics_connections(int delta) {
        struct slot *slot = slot_own();

        count(slot, &slot->connections, (uint64_t)(int64_t)delta);
}

void metrics_name_route(unsigned route, const char *method, const char *path) {
        if (route >= METRICS_ROUTES_MAX)
                return;
        route_names[route].method = method;
        route_names[route].path = path;
}

/* The sum over all slots of the counter that stands in the first slot at `c`. */
static uint64_t total(const counter *c) {
        size_t offset = (size_t)((const char *)c - (const char *)&slots[0]);
        unsigned n = atomic_load_explicit(&slots_taken, memory_order_relaxed);
        uint64_t sum = 0;

        for (unsigned i = 0; i < n; i++)
                sum += atomic_load_explicit((const counter *)((const char *)&slots[i] + offset),
                                            memory_order_relaxed);
        return sum;
}

uint64_t metrics_commits(void) {
        uint64_t sum = 0;

        for (unsigned i = 0; i <= ROWS_BUCKETS; i++)
                sum += total(&slots[0].commits_by_rows[i]);
        return sum;
}

uint64_t metrics_committed_rows(void) {
        return total(&slots[0].rows);
}

static void head(struct strbuf *out, const char *name, const char *type, const char *help) {
        strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void sample(struct strbuf *out, const char *name, struct str labels, uint64_t value) {
        strbuf_append(out, str_of(name));
        if (labels.len) {
                strbuf_append_char(out, '{');
                strbuf_append(out, labels);
                strbuf_append_char(out, '}');
        }
        strbuf_append_char(out, ' ');
        strbuf_append_uint(out, value);
        strbuf_append_char(out, '\n');
}

/* `method="GET",route="/healthz"`; the names are constants of the route table and need no escapes. */
static struct str route_labels(unsigned route, char *buffer, size_t size) {
        const char *method = route_names[route].method, *path = route_names[route].path;
        int n;

        if (path)
                n = snprintf(buffer, size, "method=\"%s\",route=\"%s\"", method, path);
        else if (route == METRICS_ROUTES_MAX - 1)
                n = snprintf(buffer, size, "method=\"other\",route=\"none\"");
        else
                n = snprintf(buffer, size, "method=\"other\",route=\"%u\"", route);
        return str_n(buffer, n < 0 ? 0 : MIN_OF((size_t)n, size - 1));
}

static void render_requests(struct strbuf *out) {
        char buffer[256], status[8];

        head(out, "gatehouse_http_requests_total", "counter", "Requests answered.");
        for (unsigned route = 0; route < METRICS_ROUTES_MAX; route++)
                for (unsigned i = 0; i < METRICS_STATUSES; i++) {
                        uint64_t n = total(&slots[0].routes[route].by_status[i]);
                        struct str labels;

                        if (n == 0)
                                continue;
                        labels = route_labels(route, buffer, sizeof(buffer));
                        if (i < ARRAY_LENGTH(statuses))
                                (void)snprintf(status, sizeof(status), "%u", statuses[i]);
                        else
                                (void)snprintf(status, sizeof(status), "other");
                        strbuf_printf(out, "gatehouse_http_requests_total{" STR_FMT ",status=\"%s\"} %llu\n",
                                      STR_ARG(labels), status, (unsigned long long)n);
                }
}

static void render_duration(struct strbuf *out, unsigned route) {
        const struct route_counters *r = &slots[0].routes[route];
        char buffer[256];
        struct str labels = route_labels(route, buffer, sizeof(buffer));
        uint64_t sum = 0;

        for (unsigned i = 0; i <= METRICS_BUCKETS; i++) {
                sum += total(&r->by_duration[i]);
                strbuf_printf(out, "gatehouse_http_request_duration_seconds_bucket{" STR_FMT ",le=\"",
                              STR_ARG(labels));
                if (i < METRICS_BUCKETS)
                        strbuf_printf(out, "%g", (double)duration_limits[i] / 1e6);
                else
                        strbuf_append(out, STR("+Inf"));
                strbuf_printf(out, "\"} %llu\n", (unsigned long long)sum);
        }
        strbuf_printf(out, "gatehouse_http_request_duration_seconds_sum{" STR_FMT "} %.6f\n", STR_ARG(labels),
                      (double)total(&r->micros) / 1e6);
        sample(out, "gatehouse_http_request_duration_seconds_count", labels, sum);
}

static bool route_was_used(unsigned route) {
        for (unsigned i = 0; i < METRICS_STATUSES; i++)
                if (total(&slots[0].routes[route].by_status[i]))
                        return true;
        return false;
}

static void render_durations(struct strbuf *out) {
        head(out, "gatehouse_http_request_duration_seconds", "histogram",
             "Time from a request's last byte to its answer.");
        for (unsigned route = 0; route < METRICS_ROUTES_MAX; route++)
                if (route_was_used(route))
                        render_duration(out, route);
}

static void render_commits(struct strbuf *out) {
        uint64_t sum = 0;

        head(out, "gatehouse_commit_rows", "histogram", "Requests that one commit of the writer carried.");
        for (unsigned i = 0; i <= ROWS_BUCKETS; i++) {
                sum += total(&slots[0].commits_by_rows[i]);
                if (i < ROWS_BUCKETS)
                        strbuf_printf(out, "gatehouse_commit_rows_bucket{le=\"%u\"} %llu\n", rows_limits[i],
                                      (unsigned long long)sum);
        }
        sample(out, "gatehouse_commit_rows_bucket", STR("le=\"+Inf\""), sum);
        sample(out, "gatehouse_commit_rows_sum", STR_NULL, metrics_committed_rows());
        sample(out, "gatehouse_commit_rows_count", STR_NULL, sum);
        head(out, "gatehouse_commits_total", "counter", "Commits of the writer.");
        sample(out, "gatehouse_commits_total", STR_NULL, sum);
}

/* A sum that was read between an up in one slot and its down in another may be off by what is on its way, but
 * must not look negative. */
static int64_t gauge(const counter *c) {
        return MAX_OF((int64_t)total(c), INT64_C(0));
}

int64_t metrics_queue_now(void) {
        return gauge(&slots[0].queue);
}

int64_t metrics_connections_now(void) {
        return gauge(&slots[0].connections);
}

static void render_gauge(struct strbuf *out, const char *name, const char *help, const counter *c) {
        head(out, name, "gauge", help);
        sample(out, name, STR_NULL, (uint64_t)gauge(c));
}

static void render_tokens(struct strbuf *out) {
        head(out, "gatehouse_tokens_issued_total", "counter", "Codes, tokens and sessions issued.");
        for (unsigned i = 0; i < TOKEN_KINDS; i++)
                strbuf_printf(out, "gatehouse_tokens_issued_total{kind=\"%s\"} %llu\n", token_names[i],
                              (unsigned long long)total(&slots[0].tokens[i]));
}

static void render_rate_limited(struct strbuf *out) {
        head(out, "gatehouse_rate_limited_total", "counter", "Requests refused by a rate limit.");
        for (unsigned i = 0; i < RATE_KINDS; i++)
                strbuf_printf(out, "gatehouse_rate_limited_total{kind=\"%s\"} %llu\n", rate_kind_name(i),
                              (unsigned long long)total(&slots[0].rate_limited[i]));
}

static void render_errors(struct strbuf *out) {
        head(out, "gatehouse_errors_total", "counter", "Requests refused or failed, by error.");
        for (int i = 1; i < ERR_COUNT; i++) {
                uint64_t n = total(&slots[0].errors[i]);

                if (n)
                        strbuf_printf(out, "gatehouse_errors_total{error=\"%s\"} %llu\n", error_row(-i)->name,
                                      (unsigned long long)n);
        }
}

void metrics_render(struct strbuf *out) {
        render_requests(out);
        render_durations(out);
        render_commits(out);
        render_gauge(out, "gatehouse_queue_depth", "Requests that wait for the writer.", &slots[0].queue);
        render_gauge(out, "gatehouse_connections", "Open connections.", &slots[0].connections);
        render_tokens(out);
        render_rate_limited(out);
        render_errors(out);
        metrics_render_agents(out);
        metrics_render_process(out);
}
