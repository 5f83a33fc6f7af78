#include "cli/server.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "account/audit_gather.h"
#include "account/platform_issuer.h"
#include "account/rate_limit.h"
#include "account/setup.h"
#include "agents/crew.h"
#include "agents/execution/engine.h"
#include "agents/graph/cache.h"
#include "agents/store/cache.h"
#include "base/errors.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/key_file.h"
#include "cli/server_node.h"
#include "integrations/provider.h"
#include "integrations/vault_keys.h"
#include "jobs/audit_job.h"
#include "jobs/scheduler.h"
#include "oauth/reference_app.h"
#include "oauth/secret_memo.h"
#include "pages/page.h"

enum {
        ARENA_MAX = 64 * 1024,
        CREW_QUEUE_MAX = 1024,           /* blocks that wait for a thread; more are answered 503 */
        GRAPHS_BYTES = 64 * 1024 * 1024, /* memory for graphs that may be wanted again */
};

/* Processors that this process may run on. */
static unsigned processors(void) {
        cpu_set_t set;

        if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) < 1)
                return 1;
        return (unsigned)CPU_COUNT(&set);
}

static int open_database(const char *who, struct server *s) {
        char text[DATABASE_PROBLEM_MAX];
        unsigned applied; /* each of them is logged where it is applied */
        int r;

        r = database_open(s->settings.database_url, &s->database, text);
        if (r >= 0) {
                database_set_connections(s->database, (unsigned)s->settings.database_connections);
                r = database_migrate(s->database, &applied, text);
        }
        if (r < 0) {
                problem(who, "%s", text);
                return r;
        }
        if ((s->settings.row_cache && database_keep_rows(s->database) < 0) ||
            rate_share_init(&s->rate_share, s->context.clock, s->rates, s->database) < 0) {
                problem(who, "There is not enough memory.");
                return -ERR_NO_MEMORY;
        }
        return server_node_lease(who, s);
}

static int load_keys(const char *who, struct server *s) {
        char text[PRIVATE_FILE_PROBLEM_MAX], path[4097];
        uint8_t bytes[HASH_SIZE];
        int r;

        snprintf(path, sizeof(path), STR_FMT, STR_ARG(s->settings.key_file));
        r = key_file_load(path, s->context.random, &s->context.server_key, text);
        if (r < 0) {
                problem(who, "%s", text);
                return r;
        }
        r = random_fill(s->context.random, bytes, sizeof(bytes));
        if (r < 0) {
                problem(who, "The kernel gives no random bytes.");
                return r;
        }
        mac_key_set(&s->context.process_key, bytes);
        memory_wipe(bytes, sizeof(bytes));
        return 0;
}

static const char *variable_of(const char *name, void *data _unused_) {
        return getenv(name);
}

static int load_theme(const char *who, struct server *s) {
        const struct settings *settings = &s->settings;
        struct page_theme_options options = {
                .dir = settings->theme_dir,
                .platform_name = settings->platform_name,
                .logo = settings->logo,
                .accent = settings->accent,
                .accent_dark = settings->accent_dark,
                .language = settings->language,
        };
        char text[256];
        int r;

        r = page_theme_load(&options, &s->theme, text);
        if (r < 0)
                problem(who, "%s", text[0] ? text : "There is not enough memory.");
        s->context.theme = s->theme;
        return r;
}

static int load_providers(const char *who, struct server *s) {
        char text[PROVIDER_PROBLEM_MAX];
        int r;

        r = providers_new(&s->settings, variable_of, NULL, &s->providers, text);
        if (r < 0)
                problem(who, "%s", text);
        s->context.providers = s->providers;
        return r;
}

/* Before anything is served: who lacks a key could open no credential. */
static int open_vault(const char *who, struct server *s) {
        char text[VAULT_PROBLEM_MAX];
        int r;

        r = vault_new(&s->settings, s->context.random, &s->vault, text);
        if (r >= 0)
                r = vault_start(s->vault, s->database, s->context.clock, text);
        if (r < 0)
                problem(who, "%s", text);
        s->context.vault = s->vault;
        if (r < 0)
                return r;
        r = server_node_announce(s);
        if (r < 0)
                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
        return r;
}

static int start_crew(const char *who, struct server *s) {
        int r;

        s->context.database = s->database;
        s->context.graphs = s->graphs = graph_cache_new(GRAPHS_BYTES);
        s->context.store = s->store = store_cache_new(s->settings.row_cache ? STORE_CACHE_BYTES : 0);
        if (!s->graphs || !s->store)
                return -ERR_NO_MEMORY;
        r = crew_new((unsigned)s->settings.agent_threads, CREW_QUEUE_MAX, &s->crew);
        if (r < 0)
                problem(who, "The %lld threads of agents cannot be started: see GATEHOUSE_AGENT_THREADS.",
                        (long long)s->settings.agent_threads);
        s->context.crew = s->crew;
        if (r < 0)
                return r;
        s->context.stopping = crew_stopping(s->crew);
        r = engine_new(&s->context, &s->engine);
        if (r < 0)
                problem(who, "There is not enough memory.");
        s->context.engine = s->engine;
        if (r < 0)
                return r;
        r = scheduler_new(&s->context, &s->scheduler);
        if (r < 0)
                problem(who, "There is not enough memory.");
        return r;
}

static int open_http(const char *who, struct server *s) {
        unsigned loops = s->settings.threads ? (unsigned)s->settings.threads : processors();
        char text[256] = "The server cannot be started: see the log.";
        int r;

        s->limits = http_limits_default;
        s->limits.drain_ms = MIN_OF(s->limits.drain_ms, (int64_t)SERVER_DRAIN_MS);
        r = web_application_new(&s->context, s->database, &s->application);
        if (r >= 0)
                r = http_server_new(s->settings.listen, loops, web_application_http(s->application),
                                    &s->limits, &s->http, text);
        if (r < 0)
                problem(who, "%s", text);
        else
                http_server_trust(s->http, &s->settings.trusted_proxies);
        return r;
}

int server_prepare(const char *who, struct server *s, bool derive_public_url) {
        int r;

        s->context = (struct context){
                .settings = &s->settings,
                .clock = &clock_steady,
                .random = &random_system,
                .ids = &s->ids,
                .draining = &s->draining,
        };
        r = load_theme(who, s);
        if (r < 0)
                return r;
        s->client_secrets = secret_memo_new();
        if (!s->client_secrets) {
                problem(who, "There is not enough memory.");
                return -ERR_NO_MEMORY;
        }
        s->context.client_secrets = s->client_secrets;
        s->context.audit = s->audit = audit_gather_new();
        if (!s->audit || platform_issuer_new(&s->settings, s->context.clock, &s->platform) < 0) {
                problem(who, "There is not enough memory.");
                return -ERR_NO_MEMORY;
        }
        s->context.platform = s->platform;
        r = load_providers(who, s);
        if (r < 0)
                return r;

        r = load_keys(who, s);
        if (r < 0)
                return r;
        r = rate_limits_new(&s->context, &s->rates);
        if (r < 0) {
                problem(who, "There is not enough memory.");
                return r;
        }
        s->context.rates = s->rates;
        r = open_database(who, s);
        if (r < 0)
                return r;
        r = open_vault(who, s);
        if (r < 0)
                return r;
        r = start_crew(who, s);
        if (r < 0)
                return r;
        r = open_http(who, s);
        if (r < 0)
                return r;
        if (derive_public_url) {
                snprintf(s->public_url, sizeof(s->public_url), "http://localhost:%u",
                         http_server_port(s->http));
                s->settings.public_url = str_of(s->public_url);
        }
        return 0;
}

struct linking {
        const struct context *context;
        struct secret *token;
};

static int make_link(struct tx *tx, void *data) {
        struct linking *l = data;

        return setup_link_create(l->context, tx, l->token);
}

int server_setup_link(struct server *s, struct secret *ret_token) {
        struct linking l = { &s->context, ret_token };

        return database_write_now(s->database, make_link, &l);
}

static int put_reference(struct tx *tx, void *data) {
        return reference_app_put(data, tx);
}

int server_register_reference(struct server *s) {
        return database_write_now(s->database, put_reference, &s->context);
}

void server_drain(struct server *s) {
        atomic_store(&s->draining, true);
        if (s->http)
                http_server_drain(s->http);
}

void server_done(struct server *s) {
        server_drain(s);
        s->scheduler = scheduler_free(s->scheduler);
        if (s->engine)
                engine_stop(s->engine);
        if (s->crew)
                crew_stop(s->crew); /* answers that wait for a block come at once */
        if (s->http) {
                http_server_stop(s->http);
                http_server_join(s->http);
                s->http = http_server_free(s->http);
        }
        s->audit_job = audit_job_stop(s->audit_job);
        s->application = web_application_free(s->application);
        s->engine = engine_free(s->engine);
        s->crew = crew_free(s->crew);
        s->graphs = graph_cache_free(s->graphs);
        s->store = store_cache_free(s->store);
        server_node_release(s);
        s->database = database_close(s->database);
        s->vault = vault_free(s->vault);
        s->client_secrets = secret_memo_free(s->client_secrets);
        s->rates = rate_limits_free(s->rates);
        s->audit = audit_gather_free(s->audit);
        s->platform = platform_issuer_free(s->platform);
        s->providers = providers_free(s->providers);
        s->theme = page_theme_free(s->theme);
        memory_wipe(&s->context, sizeof(s->context));
}
