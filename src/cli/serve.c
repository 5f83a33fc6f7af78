/* `gatehouse serve`: starts the server, then does the housekeeping on the main thread until a signal ends it. */
#include <argp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/execution/engine.h"
#include "base/errors.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/process.h"
#include "cli/server.h"
#include "cli/server_node.h"
#include "cli/settings_args.h"
#include "jobs/audit_job.h"
#include "jobs/cleanup.h"
#include "jobs/scheduler.h"
#include "jobs/store_runs.h"

enum {
        RETRY_MS = 10 * 1000,
};

static const char doc[] =
        "Run the server: sign-in pages, OAuth endpoints and the External API. It applies migrations, prints "
        "its address on "
        "standard output when it is ready, logs to standard error, and ends within 10 seconds after SIGTERM "
        "or Ctrl-C, without losing an answer; GATEHOUSE_DRAIN_SECONDS come before that, in which it still "
        "serves but "
        "/readyz answers 503.\v"
        "While there is no administrator, each start prints a link that works once and makes its visitor the "
        "administrator.\n\n"
        "Examples:\n"
        "  gatehouse serve\n"
        "  gatehouse serve --listen 127.0.0.1:9000 \\\n"
        "      --database sqlite:/var/lib/gatehouse/gatehouse.db \\\n"
        "      --public-url https://id.example.org";

static error_t parse(int key, char *arg, struct argp_state *state) {
        if (key != ARGP_KEY_INIT)
                return ARGP_ERR_UNKNOWN;
        state->child_inputs[0] = state->input;
        return 0;
}

static const struct argp_child children[] = { { .argp = &settings_argp_serve }, { 0 } };
static const struct argp argp = { .parser = parse, .doc = doc, .children = children };

/* Due times are of the monotonic clock. */
struct housekeeping {
        struct server *server;
        int64_t renew_at, cleanup_at, runs_at;
        int signal; /* that came in the midst of a clean-up */
        bool lost;  /* the node number, likewise */
};

/* False when the server must end: ids made without the lease might meet another process's. */
static bool do_renew(struct housekeeping *h) {
        struct server *s = h->server;
        int r;

        r = server_node_renew(s);
        h->renew_at = clock_monotonic_ms() + (r < 0 ? RETRY_MS : NODE_RENEW_MS);
        if (r >= 0)
                return true;
        LOG(LOG_ERROR, "the node number's lease could not be renewed",
            LOG_STR("error", str_of(error_row(r)->name)));
        return r != -ERR_CONFLICT && node_holds(&s->node, clock_now(s->context.clock));
}

/* Pauses between batches end with a signal. */
static void cleanup_pause(void *data, int64_t ms) {
        struct housekeeping *h = data;

        if (h->signal == 0)
                h->signal = signal_wait(ms);
}

/* A clean-up makes way for signals, and looks after the lease as it goes. */
static bool cleanup_may_go_on(void *data, enum cleanup_kind kind, const struct cleanup_counts *so_far) {
        struct housekeeping *h = data;

        cleanup_pause(h, 0);
        if (clock_monotonic_ms() >= h->renew_at && !do_renew(h))
                h->lost = true;
        return h->signal == 0 && !h->lost;
}

static void do_cleanup(struct housekeeping *h) {
        struct server *s = h->server;
        const struct cleanup cleanup = {
                .settings = &s->settings,
                .clock = s->context.clock,
                .database = s->database,
                .key = &s->context.server_key,
                .go_on = cleanup_may_go_on,
                .pause = cleanup_pause,
                .data = h,
        };
        struct cleanup_counts counts;
        struct log_field fields[CLEANUP_KINDS];
        int r;

        r = cleanup_run(&cleanup, &counts);
        for (unsigned i = 0; i < CLEANUP_KINDS; i++)
                fields[i] = LOG_INT(cleanup_names[i], counts.removed[i]);
        if (r < 0)
                LOG(LOG_WARNING, "clean-up failed", LOG_STR("error", str_of(error_row(r)->name)));
        else
                log_write(LOG_INFO, r == CLEANUP_ELSEWHERE ? "another node cleans up" : "cleaned up", fields,
                          CLEANUP_KINDS);
        h->cleanup_at = clock_monotonic_ms() + cleanup_delay_ms(&s->settings, s->context.random, false);
}

static void do_store_runs(struct housekeeping *h) {
        int r;

        r = store_runs_settle(h->server->database);
        if (r < 0)
                LOG(LOG_WARNING, "the runs of the store's agents were not counted",
                    LOG_STR("error", str_of(error_row(r)->name)));
        h->runs_at = clock_monotonic_ms() + h->server->settings.store_runs_interval * 1000;
}

/* Serves on for a while although it says that it is not ready: whoever balances load has time to see it and to turn
 * elsewhere. A second signal cuts that short. */
static int drain(struct housekeeping *h) {
        struct server *s = h->server;
        int64_t now = clock_monotonic_ms(), end = now + s->settings.drain * 1000;

        LOG(LOG_INFO, "ending", LOG_INT("signal", h->signal), LOG_INT("drain_seconds", s->settings.drain));
        server_drain(s);
        while (now < end && signal_wait(MAX_OF(MIN_OF(end, h->renew_at) - now, INT64_C(0))) == 0) {
                now = clock_monotonic_ms();
                if (now >= h->renew_at && !do_renew(h))
                        return STATUS_FAILED;
        }
        return STATUS_OK;
}

static int run_until_signal(struct server *s) {
        int64_t now = clock_monotonic_ms(), next;
        struct housekeeping h = {
                .server = s,
                .renew_at = now + NODE_RENEW_MS,
                .cleanup_at = now + cleanup_delay_ms(&s->settings, s->context.random, true),
                .runs_at = now + s->settings.store_runs_interval * 1000,
        };

        for (;;) {
                now = clock_monotonic_ms();
                next = MIN_OF(h.renew_at, h.cleanup_at);
                next = MIN_OF(next, h.runs_at);
                if (h.signal == 0)
                        h.signal = signal_wait(MAX_OF(next - now, INT64_C(0)));
                if (h.signal)
                        return drain(&h);
                now = clock_monotonic_ms();
                if (now >= h.renew_at && !do_renew(&h))
                        return STATUS_FAILED;
                if (now >= h.cleanup_at)
                        do_cleanup(&h);
                if (now >= h.runs_at)
                        do_store_runs(&h);
                if (h.lost)
                        return STATUS_FAILED;
        }
}

/* The port is the one that was bound, also where the settings left the choice to the system. */
static void print_ready(const struct server *s, struct str setup_token) {
        struct str listen = s->settings.listen;
        char database[512];
        size_t colon = listen.len;

        while (colon && listen.ptr[colon - 1] != ':')
                colon--;
        printf("Gatehouse " GATEHOUSE_VERSION " is ready: " STR_FMT " (listening on " STR_FMT
               "%u, database %s)\n",
               STR_ARG(s->settings.public_url), STR_ARG(str_first(listen, colon)), http_server_port(s->http),
               settings_database_name(&s->settings, database, sizeof(database)));
        if (setup_token.ptr)
                printf("There is no administrator yet. This link works once, for a day, and makes its "
                       "visitor the "
                       "administrator:\n" STR_FMT "/setup?token=" STR_FMT "\n",
                       STR_ARG(s->settings.public_url), STR_ARG(setup_token));
        fflush(stdout);
}

static int start(const char *who, struct server *s) {
        _cleanup_(secret_done) struct secret token = SECRET_EMPTY;
        int r, link;

        link = server_setup_link(s, &token);
        r = link < 0 ? link : server_register_reference(s);
        if (r >= 0)
                r = database_writer_start(s->database);
        if (r >= 0)
                r = audit_job_start(&s->context, &s->audit_job);
        if (r >= 0)
                r = engine_start(s->engine);
        if (r >= 0)
                r = scheduler_start(s->scheduler);
        if (r >= 0)
                r = http_server_start(s->http);
        if (r >= 0)
                process_trim();
        if (r < 0) {
                problem(who, "The server cannot be started: " STR_FMT, STR_ARG(error_row(r)->text));
                return r;
        }
        print_ready(s, link > 0 ? secret_str(&token) : STR_NULL);
        return 0;
}

static bool is_set(const char *variable) {
        const char *value = getenv(variable);

        return value && *value;
}

int command_serve(int argc, char **argv) {
        struct settings_args args = { 0 };
        struct server server = { 0 };
        int status = STATUS_FAILED;

        if (argp_parse(&argp, argc, argv, 0, NULL, &args) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &args, &server.settings) < 0)
                return STATUS_FAILED;
        log_setup(server.settings.log_level, server.settings.log_format);
        process_protect_secrets();
        process_prepare_server(server.settings.workers);
        signal_block_ends();
        memory_wipe_json();
        if (sodium_init() < 0) {
                problem(argv[0], "The kernel gives no random bytes.");
                return STATUS_FAILED;
        }

        if (server_prepare(argv[0], &server, !args.public_url && !is_set("PLATFORM_BASE_URL")) >= 0 &&
            start(argv[0], &server) >= 0)
                status = run_until_signal(&server);
        signal_end_at_next(SERVER_END_MS);
        server_done(&server);
        return status;
}
