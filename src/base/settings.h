/* What the operator configured: read once at start-up from command line, environment and defaults; constant
 * after. */
#pragma once

#include "base/attributes.h"
#include "base/log.h"
#include "base/network.h"
#include "base/rate.h"
#include "base/str.h"

enum { SETTINGS_PROBLEM_MAX = 512 };

enum { CA_FILE_MAX = 4096 }; /* bytes of its path, with the NUL */

/* Where a value was given. settings_read() can't tell the command line from the environment: who gave it the values says so (cli/settings_args.c). */
enum setting_source { SETTING_DEFAULT, SETTING_ENVIRONMENT, SETTING_COMMAND_LINE };

struct setting_given {
        struct str text; /* as it was given; borrowed as the other strings are */
        enum setting_source source;
};

enum { SETTINGS_MAX = 128 };

struct settings {
        struct setting_given given[SETTINGS_MAX]; /* indexed as setting_rows */

        struct str listen;       /* "127.0.0.1:8006", "[::1]:8006", "0.0.0.0:8006" */
        struct str database_url; /* "sqlite:PATH" or "postgresql://…" */
        bool row_cache;          /* keep a server's rows in memory */
        struct str public_url;   /* origin that people and apps use, without a slash at its end: issuer and
                                    links */
        bool public_https;       /* public_url is https: cookies are Secure and __Host- */
        struct network_list trusted_proxies; /* whose word about the client's address is taken */
        int64_t drain;                       /* seconds between the signal to end and the end */
        struct str key_file;                 /* the server's secret key, made at first start, mode 0600 */
        struct str encryption_key;           /* secret: the vault's; empty: in a file */
        struct str encryption_keys_old;      /* secret: former ones, with commas between */
        struct str encryption_key_file;      /* empty: vault.keys beside the database */
        struct str
                theme_dir; /* folder of templates and files that replace the built-in ones; empty for none */
        struct str platform_name;
        struct str language;            /* of pages, for who asks for none that there is: "en" */
        struct str logo;                /* image file; empty for the built-in one */
        struct str accent, accent_dark; /* "#1f6650"; empty for the built-in ones */
        bool signup_open;
        struct str clamav;      /* where clamd listens; empty for none */
        bool apps_for_everyone; /* may register apps; else administrators alone */
        enum log_level log_level;
        enum log_format log_format;
        int64_t threads; /* event loops; 0 for one per processor */
        int64_t workers; /* threads of the worker pool */
        int64_t database_connections;
        int64_t agent_threads;                     /* that blocks and agents run on */
        int64_t block_seconds;                     /* that one run of a block may take */
        int64_t executions, executions_per_person; /* at work at a time */
        int64_t execution_seconds, execution_steps, execution_megabytes; /* limits of each */
        int64_t execution_lease;                                         /* seconds */
        int64_t execution_days; /* that they are kept after their end */
        int64_t schedules_per_person;
        int64_t schedule_grace;                /* seconds */
        int64_t executions_under_way;          /* of one person, waiting ones too */
        int64_t stored_megabytes;              /* that one person may keep */
        struct rate rates[RATE_KINDS];         /* how often who may ask: account/rate_limit.h */
        int64_t store_runs_interval;           /* seconds */
        struct network_list outbound_networks; /* private ones that may be called on behalf of people */
        struct str llm_url;    /* of an OpenAI-compatible server, up to "/v1"; empty for none */
        struct str llm_key;    /* secret; empty for none */
        struct str ca_file;    /* authorities for https beside the system's; empty for none */
        struct str llm_models; /* with commas between; the first is what is used unless told */

        /* seconds */
        int64_t code_lifetime;
        int64_t access_token_lifetime;
        int64_t refresh_token_lifetime;
        int64_t authorization_lifetime; /* absolute end of a family of refresh tokens */
        int64_t refresh_grace;
        int64_t session_idle;
        int64_t session_lifetime;
        int64_t cleanup_interval_hours;
        int64_t audit_retention_days; /* 0: for ever */

        /* the Platform whose user JWTs count as sessions; both empty: no JWT does */
        struct str platform_jwt_secret; /* HS256 */
        struct str platform_jwks_url;   /* RS256, ES256 */
        struct str platform_origins;    /* its front ends, with commas between; read by web/cors */

        /* people's accounts elsewhere */
        struct str providers_file;   /* merged over the table of providers; empty for none */
        struct str callback_origins; /* that apps may have people led back to, with commas between */
};

struct settings_problem;

/* One row per setting, from settings.def; the source of `--help`, and what .env.default is checked against.
 */
struct setting_row {
        const char *variable;
        const char *fallback; /* default, as text */
        const char *help;
        int64_t min, max; /* of a number; of a text, its bytes; of an address, its port */
        size_t offset;    /* of the member that the row fills */
        int (*read)(const struct setting_row *row, struct str value, struct settings *s,
                    const struct settings_problem *problem);
};

extern const struct setting_row setting_rows[];
extern const unsigned setting_rows_count;

/* Whether nobody may be shown its value. */
bool setting_is_secret(const struct setting_row *row);

/* Reads the settings.
 *
 * lookup        gives the value of a variable, or NULL; an empty value counts as absent
 * ret           filled on success; strings are borrowed from what lookup gave, or constant
 * ret_problem   on failure, one line that names the variable, what is wrong with it and the remedy
 * errors        ERR_SETTINGS
 */
_must_use_ int settings_read(const char *(*lookup)(const char *variable, void *data), void *data,
                             struct settings *ret, char ret_problem[SETTINGS_PROBLEM_MAX]);
