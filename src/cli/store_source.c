#include "cli/store_source.h"

#include <stdio.h>

#include "agents/value/csv.h"
#include "agents/value/value.h"
#include "base/errors.h"

static void count_lines(struct store_source *s, size_t from) {
        for (size_t i = from; i < s->at; i++)
                s->line += s->text.ptr[i] == '\n';
}

/* --- CSV --- */

static int next_cells(struct store_source *s, json_t **ret) {
        struct csv csv = { .rest = str_from(s->text, s->at),
                           .delimiter = STR(","),
                           .quote = STR("\""),
                           .escape = STR(""),
                           .cells = STORE_SOURCE_COLUMNS_MAX };
        size_t from = s->at;
        int r;

        r = csv_next(&csv, ret);
        s->at = s->text.len - csv.rest.len;
        if (r == -ERR_TOO_LARGE) { /* its end is not known: the next line begins somewhere within */
                *ret = NULL;
                r = 1;
                while (s->at < s->text.len && s->text.ptr[s->at - 1] != '\n')
                        s->at++;
                (void)snprintf(s->problem, sizeof(s->problem), "it has more than %d cells",
                               STORE_SOURCE_COLUMNS_MAX);
        }
        count_lines(s, from);
        return r;
}

/* A cell that holds several texts: pictures with spaces between, categories with semicolons. */
static json_t *split(struct str text, const char *separators) {
        json_t *list = json_array();
        size_t begin = 0;

        for (size_t i = 0; list && i <= text.len; i++) {
                struct str item;

                if (i < text.len && !strchr(separators, text.ptr[i]))
                        continue;
                item = str_trim(str_n(text.ptr + begin, i - begin));
                begin = i + 1;
                if (item.len > 0 && json_array_append_new(list, value_of_str(item)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

/* An empty cell says nothing. */
static int add_cell(json_t *row, const char *name, json_t *cell) {
        struct str text = value_str(cell);
        int r;

        if (text.len == 0)
                return 0;
        if (strcmp(name, "image_urls") == 0)
                r = json_object_set_new(row, name, split(text, " \n\r\t"));
        else if (strcmp(name, "categories") == 0)
                r = json_object_set_new(row, name, split(text, ";"));
        else
                r = json_object_set(row, name, cell);
        return r < 0 ? -ERR_NO_MEMORY : 0;
}

static int row_of_cells(struct store_source *s, json_t *cells, json_t **ret) {
        json_auto_t *row = json_object();
        json_t *cell;
        size_t i;

        if (!row)
                return -ERR_NO_MEMORY;
        if (json_array_size(cells) > json_array_size(s->columns)) {
                (void)snprintf(s->problem, sizeof(s->problem), "it has %zu cells, the first line names %zu",
                               json_array_size(cells), json_array_size(s->columns));
                return 0;
        }
        json_array_foreach(cells, i, cell) {
                int r = add_cell(row, json_string_value(json_array_get(s->columns, i)), cell);

                if (r < 0)
                        return r;
        }
        *ret = TAKE(row);
        return 0;
}

static int next_csv(struct store_source *s, json_t **ret, size_t *ret_line) {
        for (;;) {
                json_auto_t *cells = NULL;
                int r;

                *ret_line = s->line;
                r = next_cells(s, &cells);
                if (r <= 0)
                        return r;
                if (!cells)
                        return 1;
                if (json_array_size(cells) == 0)
                        continue; /* an empty line */
                r = row_of_cells(s, cells, ret);
                return r < 0 ? r : 1;
        }
}

static int read_columns(struct store_source *s) {
        static const struct str mark = STR_INIT("\xef\xbb\xbf"); /* that some programs begin with */
        int r;

        if (str_starts_with(s->text, mark))
                s->at = mark.len;
        r = next_cells(s, &s->columns);
        if (r < 0)
                return r;
        if (!s->columns || json_array_size(s->columns) == 0) {
                (void)snprintf(s->problem, sizeof(s->problem), "the first line has to name the columns");
                return -ERR_BAD_REQUEST;
        }
        return 0;
}

/* --- JSON --- */

static void skip_between(struct store_source *s) {
        size_t from = s->at;

        while (s->at < s->text.len && strchr(" \t\r\n,", s->text.ptr[s->at]) && s->text.ptr[s->at])
                s->at++;
        count_lines(s, from);
}

static int next_json(struct store_source *s, json_t **ret, size_t *ret_line) {
        json_error_t error;
        size_t from, bytes;
        json_t *value;

        skip_between(s);
        *ret_line = s->line;
        if (s->ended || s->at == s->text.len || s->text.ptr[s->at] == ']')
                return 0;
        from = s->at;
        value = json_loadb(s->text.ptr + from, s->text.len - from,
                           JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        if (!value) { /* where the next one begins can't be told */
                s->ended = true;
                s->at = s->text.len;
                (void)snprintf(s->problem, sizeof(s->problem), "it is not valid JSON: %s (line %zu)",
                               error.text, s->line + (size_t)(error.line > 0 ? error.line - 1 : 0));
                return 1;
        }
        s->at = from + (size_t)error.position;
        count_lines(s, from);
        if (!value_measure(value, &bytes)) {
                json_decref(value);
                (void)snprintf(s->problem, sizeof(s->problem), "it is nested too deeply");
                return 1;
        }
        *ret = value;
        return 1;
}

/* --- both --- */

int store_source_begin(struct store_source *source, struct str text, bool csv) {
        *source = (struct store_source){ .text = text, .line = 1, .csv = csv };
        if (!str_is_utf8(text)) {
                (void)snprintf(source->problem, sizeof(source->problem), "the file is not UTF-8");
                return -ERR_BAD_REQUEST;
        }
        if (csv)
                return read_columns(source);
        skip_between(source);
        if (source->at < text.len && text.ptr[source->at] == '[')
                source->at++;
        return 0;
}

int store_source_next(struct store_source *source, json_t **ret, size_t *ret_line) {
        int r;

        *ret = NULL;
        r = source->csv ? next_csv(source, ret, ret_line) : next_json(source, ret, ret_line);
        if (r > 0)
                source->rows++;
        return r;
}

void store_source_end(struct store_source *source) {
        json_decref(source->columns);
        source->columns = NULL;
}
