#include "cli/settings_args.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/errors.h"
#include "cli/command.h"

enum { KEY_LISTEN = 0x1001, KEY_DATABASE, KEY_PUBLIC_URL };

/* Which variable an option stands for. */
static const struct {
        int key;
        const char *variable;
        size_t offset;
} overrides[] = {
        { KEY_LISTEN, "GATEHOUSE_LISTEN", offsetof(struct settings_args, listen) },
        { KEY_DATABASE, "DATABASE_URL", offsetof(struct settings_args, database) },
        { KEY_PUBLIC_URL, "PLATFORM_BASE_URL", offsetof(struct settings_args, public_url) },
};

static const char **member_of(struct settings_args *args, size_t offset) {
        return (const char **)((char *)args + offset);
}

static const struct setting_row *row_of(const char *variable) {
        for (unsigned i = 0; i < setting_rows_count; i++)
                if (str_eq(str_of(setting_rows[i].variable), str_of(variable)))
                        return &setting_rows[i];
        return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
        for (size_t i = 0; i < ARRAY_LENGTH(overrides); i++)
                if (key == overrides[i].key) {
                        if (*arg == '\0')
                                argp_error(state, "an option for %s needs a value", overrides[i].variable);
                        *member_of(state->input, overrides[i].offset) = arg;
                        return 0;
                }
        return ARGP_ERR_UNKNOWN;
}

/* The variables that have no option, at the end of `serve --help`. */
static char *help_on_variables(void) {
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        fputs("More environment variables:\n", out);
        for (unsigned i = 0; i < setting_rows_count; i++) {
                const struct setting_row *row = &setting_rows[i];
                bool has_option = false;

                for (size_t j = 0; j < ARRAY_LENGTH(overrides); j++)
                        has_option |= row == row_of(overrides[j].variable);
                if (!has_option)
                        fprintf(out, "\n%s (default: %s)\n%s\n", row->variable,
                                *row->fallback ? row->fallback : "empty", row->help);
        }
        fclose(out);
        return text;
}

static char *help_filter(int key, const char *text, void *input) {
        for (size_t i = 0; i < ARRAY_LENGTH(overrides); i++) {
                const struct setting_row *row = row_of(overrides[i].variable);
                char *line;

                if (key != overrides[i].key || !row)
                        continue;
                if (asprintf(&line, "%s (%s, default: %s)", row->help, row->variable, row->fallback) < 0)
                        return NULL;
                return line;
        }
        return (char *)text;
}

static char *help_filter_serve(int key, const char *text, void *input) {
        return key == ARGP_KEY_HELP_EXTRA ? help_on_variables() : help_filter(key, text, input);
}

static const struct argp_option options_serve[] = {
        { .name = "listen", .key = KEY_LISTEN, .arg = "ADDR:PORT", .doc = "-" },
        { .name = "database", .key = KEY_DATABASE, .arg = "URL", .doc = "-" },
        { .name = "public-url", .key = KEY_PUBLIC_URL, .arg = "URL", .doc = "-" },
        { 0 },
};

static const struct argp_option options_database[] = {
        { .name = "database", .key = KEY_DATABASE, .arg = "URL", .doc = "-" },
        { 0 },
};

const struct argp settings_argp_serve = { .options = options_serve,
                                          .parser = parse,
                                          .help_filter = help_filter_serve };
const struct argp settings_argp_database = { .options = options_database,
                                             .parser = parse,
                                             .help_filter = help_filter };

static const char *lookup(const char *variable, void *data) {
        for (size_t i = 0; i < ARRAY_LENGTH(overrides); i++) {
                const char *given = *member_of(data, overrides[i].offset);

                if (given && str_eq(str_of(variable), str_of(overrides[i].variable)))
                        return given;
        }
        return getenv(variable);
}

/* Marks what the command line gave. */
static void mark(struct settings_args *args, struct settings *s) {
        for (unsigned i = 0; i < setting_rows_count; i++)
                for (size_t n = 0; n < ARRAY_LENGTH(overrides); n++)
                        if (*member_of(args, overrides[n].offset) &&
                            strcmp(setting_rows[i].variable, overrides[n].variable) == 0)
                                s->given[i].source = SETTING_COMMAND_LINE;
}

int settings_load(const char *who, const struct settings_args *args, struct settings *ret) {
        char text[SETTINGS_PROBLEM_MAX];
        struct settings_args copy = *args;
        int r;

        r = settings_read(lookup, &copy, ret, text);
        if (r < 0)
                problem(who, "%s", text);
        else
                mark(&copy, ret);
        return r;
}

const char *settings_database_name(const struct settings *s, char *out, size_t capacity) {
        const struct str scheme = STR("postgresql://");
        struct str url = s->database_url, rest, user;
        size_t slash, at;
        ptrdiff_t colon, query;

        if (!str_starts_with(url, scheme)) {
                snprintf(out, capacity, STR_FMT, STR_ARG(url));
                return out;
        }
        /* postgresql://user:password@host/name?password=…: the last @ before the slash ends the password. */
        query = str_find(url, '?');
        rest = str_from(query < 0 ? url : str_first(url, (size_t)query), scheme.len);
        slash = at = 0;
        while (slash < rest.len && rest.ptr[slash] != '/')
                if (rest.ptr[slash++] == '@')
                        at = slash - 1;
        user = str_first(rest, at);
        colon = str_find(user, ':');
        if (colon >= 0)
                user.len = (size_t)colon;
        snprintf(out, capacity, STR_FMT STR_FMT "%s" STR_FMT, STR_ARG(scheme), STR_ARG(user),
                 colon >= 0 ? ":***" : "", STR_ARG(str_from(rest, at)));
        return out;
}
