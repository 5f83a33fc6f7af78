/* Files of text and tables (dialect: Blocks, text). */
#include "agents/blocks/families.h"
#include "agents/value/csv.h"
#include "agents/value/file.h"
#include "agents/value/python_text.h"

enum { CONTENTS_MAX = 10 * 1024 * 1024 };

/* The text of an input that is a file, without a byte order mark. */
static int read_text(struct block_run *run, const char *name, struct file *file, struct str *ret) {
        const char *problem = "not a file";
        struct str uri = input_str(run, name);
        int r;

        if (!file_is_data_uri(uri))
                return block_fail(run, "%s is not a file: pass it through FileStoreBlock first", name);
        r = file_read(uri, file, &problem);
        if (r == -ERR_BLOCK)
                return block_fail(run, "%s: %s", name, problem);
        if (r < 0)
                return r;
        *ret = str_n(file->bytes, file->len);
        if (str_starts_with(*ret, STR("\xef\xbb\xbf")))
                *ret = str_from(*ret, 3);
        if (!str_is_utf8(*ret) || str_find(*ret, 0) >= 0)
                return block_fail(run, "%s is not text in UTF-8", name);
        return 0;
}

/* Without what comes before a number of delimiters, and after another number; 0 for all. */
static struct str pick_rows(struct str text, struct str delimiter, json_int_t skip, json_int_t limit) {
        size_t end = 0;

        while (skip-- > 0) {
                ptrdiff_t at = python_find(text, delimiter, 0);

                if (at < 0)
                        return STR("");
                text = str_from(text, (size_t)at + delimiter.len);
        }
        for (json_int_t i = 0; i < limit; i++) {
                ptrdiff_t at = python_find(text, delimiter, end);

                if (at < 0)
                        return text;
                end = (size_t)at + delimiter.len;
        }
        return limit > 0 ? str_first(text, end - delimiter.len) : text;
}

static int run_file_read(struct block_run *run) {
        _cleanup_(file_end) struct file file = FILE_EMPTY;
        json_int_t size = input_integer(run, "size_limit"), rows = input_integer(run, "row_limit");
        json_int_t skip = input_integer(run, "skip_size"), skip_rows = input_integer(run, "skip_rows");
        struct str delimiter = input_str(run, "delimiter"), text;
        int r = read_text(run, "file_input", &file, &text);

        if (r < 0)
                return r;
        text = str_from(text, python_offset(text, (size_t)MAX_OF(skip, (json_int_t)0)));
        if (delimiter.len > 0)
                text = pick_rows(text, delimiter, skip_rows, rows);
        else if (skip_rows > 0) /* all of it is one row */
                text = STR("");
        while (text.len > 0 && r >= 0) {
                size_t n = size > 0 ? python_offset(text, (size_t)size) : text.len;

                r = block_yield(run, "content", value_of_str(str_first(text, n)));
                text = str_from(text, n);
        }
        return r;
}

static struct str cell(const json_t *row, size_t i, bool strip) {
        struct str text = value_str(json_array_get(row, i));

        return strip ? python_strip(text) : text;
}

/* A row by the names of its columns, or by their numbers where there are none. */
static json_t *make_row(const json_t *header, const json_t *cells, bool strip) {
        json_t *row = json_object();

        for (size_t i = 0; row && i < json_array_size(cells); i++) {
                char number[24];
                struct str name = cell(header, i, strip);

                if (!name.ptr) {
                        (void)snprintf(number, sizeof(number), "%zu", i);
                        name = str_of(number);
                }
                if (json_object_setn_new(row, name.ptr, name.len, value_of_str(cell(cells, i, strip))) < 0) {
                        json_decref(row);
                        return NULL;
                }
        }
        return row;
}

/* A character that parts or marks cells. */
static int read_character(struct block_run *run, const char *name, bool needed, struct str *ret) {
        uint32_t c;

        *ret = input_str(run, name);
        if (ret->len == 0 ? needed : python_character(*ret, &c) != ret->len)
                return block_fail(run, "\"%s\" must be a 1-character string", name);
        return 0;
}

static int read_rows(struct block_run *run, struct csv *csv) {
        bool strip = input_bool(run, "strip"), singly = input_bool(run, "produce_singular_result");
        json_int_t skip = input_integer(run, "skip_rows");
        json_auto_t *header = NULL, *rows = json_array();
        int r = 1;

        if (input_bool(run, "has_header"))
                r = csv_next(csv, &header);
        while (r > 0) {
                json_auto_t *cells = NULL;

                r = csv_next(csv, &cells);
                if (r <= 0 || skip-- > 0)
                        continue;
                if (json_array_append_new(rows, make_row(header, cells, strip)) < 0)
                        return -ERR_NO_MEMORY;
        }
        if (r == -ERR_TOO_LARGE)
                return block_fail(run, "The table has more than %d cells", CSV_CELLS_MAX);
        if (r < 0 || !singly)
                return r < 0 ? r : block_yield(run, "rows", json_incref(rows));
        for (size_t i = 0; i < json_array_size(rows) && r >= 0; i++)
                r = block_yield(run, "row", json_incref(json_array_get(rows, i)));
        return r;
}

/* skip_columns holds names, while the Platform looks for numbers among them: it leaves nothing out, here either. */
static int run_read_spreadsheet(struct block_run *run) {
        _cleanup_(file_end) struct file file = FILE_EMPTY;
        struct csv csv = { .cells = CSV_CELLS_MAX };
        int r = 0;

        if (input_given(run, "file_input"))
                r = read_text(run, "file_input", &file, &csv.rest);
        else if (input_given(run, "contents"))
                csv.rest = input_str(run, "contents");
        else
                return block_fail(run, "Either 'contents' or 'file_input' must be provided");
        if (r >= 0 && csv.rest.len > CONTENTS_MAX)
                r = block_fail(run, "The table is larger than 10 MiB");
        if (r >= 0)
                r = read_character(run, "delimiter", true, &csv.delimiter);
        if (r >= 0)
                r = read_character(run, "quotechar", false, &csv.quote);
        if (r >= 0)
                r = read_character(run, "escapechar", false, &csv.escape);
        return r < 0 ? r : read_rows(run, &csv);
}

#define TYPE_COUNT "{\"type\":\"integer\",\"minimum\":0}"

static const struct block_field read_inputs[] = {
        { "file_input", "{\"type\":\"string\",\"format\":\"file\"}", NULL, "The file to read",
          FIELD_REQUIRED },
        { "delimiter", TYPE_STRING, "\"\"", "What parts its rows; empty when it has none", 0 },
        { "size_limit", TYPE_COUNT, "0", "Characters of each piece that goes out; 0 for all at once", 0 },
        { "row_limit", TYPE_COUNT, "0", "How many rows to read; 0 for all. Needs a delimiter", 0 },
        { "skip_size", TYPE_COUNT, "0", "How many characters to leave out at the beginning", 0 },
        { "skip_rows", TYPE_COUNT, "0", "How many rows to leave out after that. Needs a delimiter", 0 },
};
static const struct block_field read_outputs[] = {
        { "content", TYPE_STRING, NULL, "The text, piece by piece", 0 },
};
static const struct block_field sheet_inputs[] = {
        { "contents", TYPE_OR_NULL(TYPE_STRING), "null", "The table as comma-separated values", FIELD_BASIC },
        { "file_input", TYPE_OR_NULL("{\"type\":\"string\",\"format\":\"file\"}"), "null",
          "A file with the table", FIELD_BASIC },
        { "delimiter", TYPE_STRING, "\",\"", "What parts the cells", 0 },
        { "quotechar", TYPE_STRING, "\"\\\"\"", "What stands around cells that hold a delimiter", 0 },
        { "escapechar", TYPE_STRING, "\"\\\\\"", "What makes the next character an ordinary one", 0 },
        { "has_header", TYPE_BOOLEAN, "true", "Whether the first row names the columns", 0 },
        { "skip_rows", TYPE_COUNT, "0", "How many rows to leave out after that", 0 },
        { "strip", TYPE_BOOLEAN, "true", "Take white space off the cells", 0 },
        { "skip_columns", TYPE_STRINGS, "[]", "Without effect, as on the Platform", 0 },
        { "produce_singular_result", TYPE_BOOLEAN, "false", "Whether each row goes out by itself", 0 },
};
static const struct block_field sheet_outputs[] = {
        { "row", TYPE_OBJECT, NULL, "A row by the names of its columns", 0 },
        { "rows", "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}", NULL, "All rows", 0 },
};

static const struct block blocks[] = {
        { .id = "3735a31f-7e18-4aca-9e90-08a7120674bc",
          .name = "FileReadBlock",
          .description = "Reads a file of text",
          .categories = CATEGORY_TEXT | CATEGORY_DATA,
          INPUTS(read_inputs),
          OUTPUTS(read_outputs),
          .run = run_file_read },
        { .id = "acf7625e-d2cb-4941-bfeb-2819fc6fc015",
          .name = "ReadSpreadsheetBlock",
          .description = "Reads a table of comma-separated values",
          .categories = CATEGORY_TEXT | CATEGORY_DATA,
          INPUTS(sheet_inputs),
          OUTPUTS(sheet_outputs),
          .run = run_read_spreadsheet },
};

const struct block_family family_files = BLOCK_FAMILY(blocks);
