/* `oauth-tool test-server`: registers a temporary app, serves the test client, and removes the app when it stops. */
#include <argp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/process.h"
#include "cli/settings_args.h"
#include "cli/test_server/client.h"
#include "cli/tool_database.h"

enum { KEY_OWNER_ID = 0x5001, KEY_OWNER, KEY_PORT, KEY_PLATFORM_URL, KEY_BACKEND_URL };
enum { DEFAULT_PORT = 9876, PORT_MAX = 65535, WORKERS = 2, END_MS = 10000, ARENA_MAX = 1024 * 1024 };

struct arguments {
        struct settings_args settings;
        const char *owner_id, *owner;
        const char *platform_url, *backend_url;
        unsigned port;
};

static const struct argp_option options[] = {
        { .name = "owner-id",
          .key = KEY_OWNER_ID,
          .arg = "ID",
          .doc = "User id of the app's owner; default: nobody" },
        { .name = "owner", .key = KEY_OWNER, .arg = "EMAIL", .doc = "The owner by e-mail address instead" },
        { .name = "port",
          .key = KEY_PORT,
          .arg = "PORT",
          .doc = "Port of the test client on this machine (default: 9876; 0 takes a free one)" },
        { .name = "platform-url",
          .key = KEY_PLATFORM_URL,
          .arg = "URL",
          .doc = "Where the browser signs in (default: PLATFORM_BASE_URL, else http://localhost:8006)" },
        { .name = "backend-url",
          .key = KEY_BACKEND_URL,
          .arg = "URL",
          .doc = "Where the test client fetches tokens (default: the same)" },
        { 0 },
};

static unsigned parse_port(struct argp_state *state, const char *text) {
        uint64_t port;

        if (!str_to_uint(str_of(text), PORT_MAX, &port))
                argp_error(state, "--port must be a number from 0 to %d", PORT_MAX);
        return (unsigned)port;
}

/* An origin with an optional path: http or https, a host, nothing that would swallow what is put behind it. */
static const char *parse_url(struct argp_state *state, const char *option, const char *text) {
        struct str url = str_of(text);

        if ((!str_starts_with(url, STR("http://")) && !str_starts_with(url, STR("https://"))) ||
            strpbrk(text, "?#@\\ \"<>") || str_has_control(url) || str_at(url, url.len - 1) == ':' ||
            url.len > 1024)
                argp_error(state, "%s must be an address such as http://localhost:8006", option);
        return text;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct arguments *a = state->input;

        switch (key) {
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &a->settings;
                return 0;
        case KEY_OWNER_ID:
                a->owner_id = arg;
                return 0;
        case KEY_OWNER:
                a->owner = arg;
                return 0;
        case KEY_PORT:
                a->port = parse_port(state, arg);
                return 0;
        case KEY_PLATFORM_URL:
                a->platform_url = parse_url(state, "--platform-url", arg);
                return 0;
        case KEY_BACKEND_URL:
                a->backend_url = parse_url(state, "--backend-url", arg);
                return 0;
        case ARGP_KEY_END:
                if (a->owner && a->owner_id)
                        argp_error(state, "give one of --owner-id and --owner");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const char doc[] =
        "Try a sign-in step by step. Registers a temporary app, and serves a test client at "
        "http://localhost:9876 whose pages "
        "show each request and its answer: authorization, callback, token exchange, /me, refresh, "
        "introspection, revocation. "
        "When it stops (Ctrl-C), the app and all its tokens are removed.\v"
        "It needs the database of a running Gatehouse, for that is where it registers the app; the pages are "
        "for this machine "
        "only, and show the app's secrets.\n\n"
        "Examples:\n"
        "  oauth-tool test-server\n"
        "  oauth-tool test-server --owner ada@example.com --port 9000 \\\n"
        "      --platform-url http://localhost:8006";

static const struct argp_child children[] = { { .argp = &settings_argp_database }, { 0 } };
static const struct argp argp = { .options = options, .parser = parse, .doc = doc, .children = children };

static struct str without_slash(struct str url) {
        while (url.len && url.ptr[url.len - 1] == '/')
                url.len--;
        return url;
}

static void print_ready(const struct test_client *client) {
        printf("OAuth Test Client is ready: http://localhost:%u\n"
               "App:           " TEST_APP_NAME "\n"
               "Client ID:     %.*s\n"
               "Client secret: " STR_FMT "\n"
               "Signs in at:   " STR_FMT "\n"
               "Ctrl-C stops it and removes the app.\n",
               client->port, CLIENT_ID_LENGTH, client->app->app.client_id,
               STR_ARG(secret_str(&client->app->secret)), STR_ARG(client->platform_url));
        fflush(stdout);
}

/* From the registered app to its removal; the app is gone afterwards, come what may. */
static int serve_app(const char *who, struct http_server *http, struct test_client *client,
                     struct database *db) {
        int status = STATUS_OK, r;

        r = http_server_start(http);
        if (r < 0) {
                problem(who, STR_FMT, STR_ARG(error_row(r)->text));
                status = STATUS_FAILED;
        } else {
                print_ready(client);
                if (signal_wait(-1) > 0)
                        fputs("\nStopping: the app and its tokens are removed.\n", stderr);
        }
        signal_end_at_next(END_MS);
        if (r >= 0) {
                http_server_stop(http);
                http_server_join(http);
        }
        r = test_app_remove(db, client->app);
        if (r < 0) {
                problem(who,
                        "The app %.*s could not be removed: " STR_FMT " The next test-server will do it.",
                        CLIENT_ID_LENGTH, client->app->app.client_id, STR_ARG(error_row(r)->text));
                return STATUS_FAILED;
        }
        return status;
}

static int register_and_serve(const char *who, const struct arguments *a, struct test_client *client,
                              struct database *db, struct http_server *http, struct test_app *app) {
        char text[REGISTRATION_PROBLEM_MAX] = "";
        struct arena arena;
        int r, removed, status = STATUS_FAILED;

        removed = test_app_remove_stale(db, clock_now(&clock_system));
        if (removed > 0)
                fprintf(stderr, "%d left-over test app%s of earlier runs removed.\n", removed,
                        removed == 1 ? "" : "s");
        arena_init(&arena, ARENA_MAX);
        r = test_app_register(db, &arena, client->port, str_of(a->owner_id), str_of(a->owner), app, text);
        if (r < 0)
                problem(who, "The app could not be registered: %s.", text);
        else
                status = serve_app(who, http, client, db);
        secret_done(&app->secret);
        arena_done(&arena);
        return status;
}

static int run(const char *who, const struct arguments *a, const struct settings *settings,
               struct database *db) {
        struct test_app app = { 0 };
        struct test_client client = {
                .app = &app,
                .random = &random_system,
                .platform_url =
                        without_slash(a->platform_url ? str_of(a->platform_url) : settings->public_url),
                .backend_url = without_slash(a->backend_url ? str_of(a->backend_url) : settings->public_url),
        };
        struct http_application application = test_client_application(&client);
        struct page_theme_options look = { .platform_name = settings->platform_name };
        struct page_theme *theme = NULL;
        struct http_server *http = NULL;
        char listen[32], text[256] = "";
        int status = STATUS_FAILED;

        snprintf(listen, sizeof(listen), "127.0.0.1:%u", a->port);
        if (page_theme_load(&look, &theme, text) < 0 ||
            http_server_new(str_of(listen), 1, &application, NULL, &http, text) < 0)
                problem(who, "%s", text);
        else {
                client.theme = theme;
                client.port = http_server_port(http);
                status = register_and_serve(who, a, &client, db, http, &app);
        }
        http_server_free(http);
        page_theme_free(theme);
        return status;
}

int command_test_server(int argc, char **argv) {
        _cleanup_(tool_database_close) struct database *db = NULL;
        struct arguments a = { .port = DEFAULT_PORT };
        struct settings settings;

        if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
                return STATUS_USAGE;
        if (settings_load(argv[0], &a.settings, &settings) < 0)
                return STATUS_FAILED;
        log_setup(settings.log_level, settings.log_format);
        process_protect_secrets();
        process_prepare_server(WORKERS);
        signal_block_ends();
        memory_wipe_json();
        if (sodium_init() < 0 || fetch_setup() < 0) {
                problem(argv[0], "The system gives no memory or no random bytes.");
                return STATUS_FAILED;
        }
        if (tool_database_open(argv[0], &settings, &db) < 0)
                return STATUS_FAILED;
        return run(argv[0], &a, &settings, db);
}
