#include "cli/output.h"

#include <stdio.h>

#include "base/memory.h"
#include "cli/command.h"

enum { KEY_JSON = 0x6001 };

static error_t parse(int key, char *arg, struct argp_state *state) {
        bool *json = state->input;

        if (key != KEY_JSON)
                return ARGP_ERR_UNKNOWN;
        *json = true;
        return 0;
}

static const struct argp_option options[] = {
        { .name = "json", .key = KEY_JSON, .doc = "Print the result as JSON" },
        { 0 },
};

const struct argp output_argp = { .options = options, .parser = parse };

int output_print(const char *who, struct strbuf *out) {
        struct str text = strbuf_str(out);
        bool written = text.ptr && fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;

        if (!written)
                problem(who, "It is done, but the result cannot be written to standard output.");
        strbuf_done(out);
        return written ? STATUS_OK : STATUS_FAILED;
}
