/* `export-api-schema`: the API documents, as the server gives them out. */
#include <argp.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "web/api_document.h"

enum { PREVIEW = 500 }; /* bytes */

struct wishes {
        struct str document;
        bool pretty, pretty_is_open; /* --pretty came last: a true or false may follow */
        const char *output;
};

static const struct argp_option options[] = {
        { "api", 'a', "external|main", 0, "The External API (default), or everything else", 0 },
        { "pretty", 'p', "true|false", OPTION_ARG_OPTIONAL, "Indent by two spaces", 0 },
        { "output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0 },
        { 0 },
};

static bool read_bool(const char *text, struct argp_state *state) {
        if (str_eq_ignore_case(str_of(text), STR("true")))
                return true;
        if (!str_eq_ignore_case(str_of(text), STR("false")))
                argp_error(state, "--pretty takes true or false, not '%s'", text);
        return false;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
        struct wishes *wishes = state->input;
        bool open = wishes->pretty_is_open;

        wishes->pretty_is_open = false;
        switch (key) {
        case 'a':
                if (str_eq(str_of(arg), STR("main")))
                        wishes->document = api_document_main();
                else if (!str_eq(str_of(arg), STR("external")))
                        argp_error(state, "--api takes external or main, not '%s'", arg);
                return 0;
        case 'p':
                wishes->pretty = arg ? read_bool(arg, state) : true;
                wishes->pretty_is_open = !arg;
                return 0;
        case 'o':
                wishes->output = arg;
                return 0;
        case ARGP_KEY_ARG:
                if (!open)
                        argp_error(state, "there is no argument '%s'", arg);
                wishes->pretty = read_bool(arg, state);
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Print the OpenAPI document of the External API, or of the rest.\v"
               "It needs no server and no database, and is the same, byte for byte, for the same version.\n\n"
               "Example:\n  export-api-schema --pretty --output openapi.json",
};

/* Indented anew; NULL when memory runs out. */
static char *indented(struct str text) {
        json_t *document = json_loadb(text.ptr, text.len, 0, NULL);
        char *out = document ? json_dumps(document, JSON_INDENT(2)) : NULL;

        json_decref(document);
        return out;
}

static bool write_to(FILE *file, struct str text, bool newline) {
        bool written = fwrite(text.ptr, 1, text.len, file) == text.len;

        return written && (!newline || fputc('\n', file) != EOF);
}

static int write_file(const char *who, const char *path, struct str text, bool newline) {
        struct str preview = str_first(text, PREVIEW);
        FILE *file = fopen(path, "w");
        bool written;

        if (!file) {
                problem(who, "can't write %s: %s", path, strerror(errno));
                return STATUS_FAILED;
        }
        written = write_to(file, text, newline);
        if (fclose(file) != 0 || !written) {
                problem(who, "can't write %s: %s", path, strerror(errno));
                return STATUS_FAILED;
        }
        while (!str_is_utf8(preview))
                preview.len--;
        printf("✅ OpenAPI specification written to %s\n\nPreview:\n" STR_FMT "%s\n", path, STR_ARG(preview),
               text.len > preview.len ? "..." : "");
        return STATUS_OK;
}

int command_export_api_schema(int argc, char **argv) {
        struct wishes wishes = { .document = api_document_external() };
        struct str text;
        char *pretty = NULL;
        int status = STATUS_OK;

        argp_err_exit_status = STATUS_USAGE;
        if (argp_parse(&argp, argc, argv, 0, NULL, &wishes) != 0)
                return STATUS_USAGE;
        text = wishes.document;
        if (wishes.pretty) {
                pretty = indented(text);
                if (!pretty) {
                        problem(argv[0], "out of memory");
                        return STATUS_FAILED;
                }
                text = str_of(pretty);
        }
        /* The compact text ends in a newline of its own. */
        if (wishes.output) {
                status = write_file(argv[0], wishes.output, text, pretty != NULL);
        } else if (!write_to(stdout, text, pretty != NULL) || fflush(stdout) != 0) {
                problem(argv[0], "can't write: %s", strerror(errno));
                status = STATUS_FAILED;
        }
        free(pretty);
        return status;
}
