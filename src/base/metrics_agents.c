#include "base/metrics_agents.h"

#include <stdatomic.h>

enum { BUCKETS = 12, OUTBOUND_CLASSES = 6 };

/* Microseconds; most blocks take a few, those that wait for a network take seconds. */
static const int64_t limits[BUCKETS] = {
        10, 100, 1000, 5000, 25000, 100000, 500000, 1000000, 5000000, 15000000, 60000000, 300000000,
};

static const char *const outcomes[RUN_OUTCOMES] = { "completed", "failed", "stopped" };
static const char *const answers[OUTBOUND_CLASSES] = { "none", "1xx", "2xx", "3xx", "4xx", "5xx" };

/* A run takes far longer than it takes to count it: one counter for all threads. */
static _Atomic uint64_t ended[RUN_OUTCOMES], nodes[RUN_OUTCOMES], blocks[RUN_OUTCOMES];
static _Atomic uint64_t durations[BUCKETS + 1], block_micros, calls[OUTBOUND_CLASSES];
static _Atomic uint64_t looks;
static _Atomic int64_t running, waiting, busy;

static void add(_Atomic uint64_t *counter, uint64_t n) {
        atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static uint64_t value_of(const _Atomic uint64_t *counter) {
        return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_execution_ended(enum run_outcome outcome) {
        add(&ended[outcome], 1);
}

void metrics_executions_running(int delta) {
        atomic_fetch_add_explicit(&running, delta, memory_order_relaxed);
}

void metrics_executions_waiting(int64_t n) {
        add(&looks, 1);
        atomic_store_explicit(&waiting, n, memory_order_relaxed);
}

void metrics_node_run(enum run_outcome outcome) {
        add(&nodes[outcome], 1);
}

void metrics_block_run(enum run_outcome outcome, int64_t micros) {
        unsigned bucket = 0;

        micros = MAX_OF(micros, INT64_C(0));
        while (bucket < BUCKETS && micros > limits[bucket])
                bucket++;
        add(&blocks[outcome], 1);
        add(&durations[bucket], 1);
        add(&block_micros, (uint64_t)micros);
}

void metrics_crew(int delta) {
        atomic_fetch_add_explicit(&busy, delta, memory_order_relaxed);
}

void metrics_outbound(int status) {
        add(&calls[status >= 100 && status < 600 ? status / 100 : 0], 1);
}

static void head(struct strbuf *out, const char *name, const char *type, const char *help) {
        strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void counter(struct strbuf *out, const char *name, const char *help, const char *label,
                    const char *const *values, const _Atomic uint64_t *counters, size_t n) {
        head(out, name, "counter", help);
        for (size_t i = 0; i < n; i++)
                strbuf_printf(out, "%s{%s=\"%s\"} %llu\n", name, label, values[i],
                              (unsigned long long)value_of(&counters[i]));
}

static void gauge(struct strbuf *out, const char *name, const char *help, const _Atomic int64_t *value) {
        head(out, name, "gauge", help);
        strbuf_printf(out, "%s %lld\n", name, (long long)atomic_load_explicit(value, memory_order_relaxed));
}

static void render_durations(struct strbuf *out) {
        uint64_t sum = 0;

        head(out, "gatehouse_block_duration_seconds", "histogram", "Time that a block ran.");
        for (unsigned i = 0; i < BUCKETS; i++) {
                sum += value_of(&durations[i]);
                strbuf_printf(out, "gatehouse_block_duration_seconds_bucket{le=\"%g\"} %llu\n",
                              (double)limits[i] / 1e6, (unsigned long long)sum);
        }
        sum += value_of(&durations[BUCKETS]);
        strbuf_printf(out,
                      "gatehouse_block_duration_seconds_bucket{le=\"+Inf\"} %llu\n"
                      "gatehouse_block_duration_seconds_sum %.6f\n"
                      "gatehouse_block_duration_seconds_count %llu\n",
                      (unsigned long long)sum, (double)value_of(&block_micros) / 1e6,
                      (unsigned long long)sum);
}

void metrics_render_agents(struct strbuf *out) {
        counter(out, "gatehouse_executions_total", "Executions that ended here.", "status", outcomes, ended,
                RUN_OUTCOMES);
        gauge(out, "gatehouse_executions_waiting", "Executions in the queue of all nodes, up to 10000.",
              &waiting);
        head(out, "gatehouse_engine_looks_total", "counter", "Looks at the queue and at leases.");
        strbuf_printf(out, "gatehouse_engine_looks_total %llu\n", (unsigned long long)value_of(&looks));
        gauge(out, "gatehouse_executions_running", "Executions at work here.", &running);
        counter(out, "gatehouse_node_runs_total", "Runs of graphs' nodes.", "outcome", outcomes, nodes,
                RUN_OUTCOMES);
        counter(out, "gatehouse_block_runs_total", "Runs of blocks, within graphs and by themselves.",
                "outcome", outcomes, blocks, RUN_OUTCOMES);
        render_durations(out);
        gauge(out, "gatehouse_agent_threads_busy", "Threads of agents that are at work.", &busy);
        counter(out, "gatehouse_outbound_calls_total", "Calls to other servers, by the answer's status.",
                "answer", answers, calls, OUTBOUND_CLASSES);
}
