/* Files from elsewhere, made what a run carries along (dialect: Blocks, files). */
#include "agents/blocks/families.h"
#include "agents/value/file.h"
#include "outbound/outbound.h"

enum { SCHEME_MAX = 8 }; /* "https://" */

/* What follows the last slash of an address's path: a file's name, unless it is long or has escapes. */
static struct str name_in(struct str url) {
        size_t begin, end = 0;

        while (end < url.len && url.ptr[end] != '?' && url.ptr[end] != '#')
                end++;
        begin = end;
        while (begin > 0 && url.ptr[begin - 1] != '/')
                begin--;
        if (begin <= SCHEME_MAX || end - begin > FILE_NAME_MAX ||
            str_find(str_n(url.ptr + begin, end - begin), '%') >= 0)
                return STR("");
        return str_n(url.ptr + begin, end - begin);
}

static int fetch(struct block_run *run, struct str url, json_t **ret) {
        struct outbound_response response = { .body = STRBUF_INIT(FILE_BYTES_MAX) };
        const struct outbound_request request = {
                .method = "GET",
                .url = url.ptr,
                .redirects = OUTBOUND_REDIRECTS_MAX,
                .timeout_ms = block_time_left_ms(run),
                .stop = run->stop,
                .allowed = &run->context->settings->outbound_networks,
                .ca_file = run->context->settings->ca_file,
        };
        struct str type = STR(""), rest;
        int r;

        r = outbound_send(&request, &response);
        rest = str_of(response.content_type);
        if (r == -ERR_OUTBOUND)
                r = block_fail(run, "%s", response.problem);
        else if (r == 0 && (response.status < 200 || response.status > 299))
                r = block_fail(run, "The server answered %d in place of the file", response.status);
        else if (r == 0) {
                (void)str_next(&rest, ';', &type);
                *ret = file_value(str_trim(type), name_in(url),
                                  response.body.len ? strbuf_str(&response.body) : STR(""));
                r = *ret ? 0 : -ERR_NO_MEMORY;
        }
        strbuf_done(&response.body);
        return r;
}

static bool is_web_address(struct str text) {
        return str_eq_ignore_case(str_first(text, 7), STR("http://")) ||
               str_eq_ignore_case(str_first(text, 8), STR("https://"));
}

/* Yields the file that an input names. It is a data: URI whether base_64 was asked for or not. */
static int yield_file(struct block_run *run, const char *input, const char *output) {
        _cleanup_(file_end) struct file file = FILE_EMPTY;
        const char *problem = "not a file";
        json_t *value = input_value(run, input);
        int r;

        if (is_web_address(value_str(value))) {
                r = fetch(run, value_str(value), &value);
                return r < 0 ? r : block_yield(run, output, value);
        }
        if (!file_is_data_uri(value_str(value)))
                return block_fail(run, "%s is neither a data: URI nor an http or https address", input);
        r = file_read(value_str(value), &file, &problem);
        if (r == -ERR_BLOCK)
                return block_fail(run, "%s: %s", input, problem);
        return r < 0 ? r : block_yield(run, output, json_incref(value));
}

static int run_file_store(struct block_run *run) {
        return yield_file(run, "file_in", "file_out");
}

static int run_file_input(struct block_run *run) {
        return input_given(run, "value") ? yield_file(run, "value", "result") : 0;
}

#define TYPE_FILE "{\"type\":\"string\",\"format\":\"file\"}"

static const struct block_field store_inputs[] = {
        { "file_in", TYPE_FILE, NULL, "A data: URI, or the http or https address of a file", FIELD_REQUIRED },
        { "base_64", TYPE_BOOLEAN, "false", "Give a data: URI, which a file is in any case", 0 },
};

static const struct block_field store_outputs[] = {
        { "file_out", TYPE_FILE, NULL, "The file as a data: URI", 0 },
};

static const struct block_field input_inputs[] = {
        { "name", TYPE_STRING, NULL, "The input's name", FIELD_REQUIRED },
        { "value", TYPE_OR_NULL(TYPE_FILE), "null", "A data: URI, or the http or https address of a file",
          FIELD_BASIC },
        { "title", TYPE_OR_NULL(TYPE_STRING), "null", "What people call it", 0 },
        { "description", TYPE_OR_NULL(TYPE_STRING), "null", "What it is for", 0 },
        { "advanced", TYPE_BOOLEAN, "false", "Show it only among the advanced inputs", 0 },
        { "secret", TYPE_BOOLEAN, "false", "Hide what is typed", 0 },
        { "base_64", TYPE_BOOLEAN, "false", "Give a data: URI, which a file is in any case", 0 },
};

static const struct block_field input_outputs[] = {
        { "result", TYPE_FILE, NULL, "The file as a data: URI", 0 },
};

static const struct block blocks[] = {
        { .id = "95ead23f-8283-4654-aef3-10c053b74a31",
          .name = "AgentFileInputBlock",
          .description = "Takes a file",
          .categories = CATEGORY_INPUT,
          .ui = BLOCK_UI_INPUT,
          .static_output = true,
          .waits = true,
          INPUTS(input_inputs),
          OUTPUTS(input_outputs),
          .run = run_file_input },
        { .id = "cbb50872-625b-42f0-8203-a2ae78242d8a",
          .name = "FileStoreBlock",
          .description = "Fetches a file, so that other blocks can work with it",
          .categories = CATEGORY_BASIC,
          .static_output = true,
          .waits = true,
          INPUTS(store_inputs),
          OUTPUTS(store_outputs),
          .run = run_file_store },
};

const struct block_family family_file_store = BLOCK_FAMILY(blocks);
