#include "agents/value/csv.h"

#include "agents/value/python_text.h"
#include "base/errors.h"

enum state {
        STATE_ROW, /* nothing of the row yet */
        STATE_FIELD,
        STATE_BARE,
        STATE_QUOTED,
        STATE_QUOTE, /* a quote within a quoted field: its end, or one of two */
};

struct row {
        struct csv *csv;
        json_t *cells;
        struct strbuf field;
        enum state state;
};

static int end_field(struct row *row) {
        if (row->csv->cells == 0)
                return -ERR_TOO_LARGE;
        row->csv->cells--;
        if (row->field.failed ||
            json_array_append_new(row->cells,
                                  json_stringn(row->field.ptr ? row->field.ptr : "", row->field.len)) < 0)
                return -ERR_NO_MEMORY;
        strbuf_reset(&row->field);
        row->state = STATE_FIELD;
        return 0;
}

static bool is(struct str c, struct str special) {
        return special.len > 0 && str_eq(c, special);
}

/* The character after an escape character is itself. */
static bool take_escaped(struct row *row) {
        struct str *rest = &row->csv->rest;
        uint32_t c;
        size_t n;

        if (rest->len == 0) {
                strbuf_append_char(&row->field, '\n');
                return true;
        }
        n = python_character(*rest, &c);
        strbuf_append(&row->field, str_first(*rest, n));
        *rest = str_from(*rest, n);
        return true;
}

/* One character of a row that is not a line's end outside of quotes. */
static int take(struct row *row, struct str c) {
        const struct csv *csv = row->csv;

        if (row->state == STATE_QUOTED) {
                if (is(c, csv->escape))
                        (void)take_escaped(row);
                else if (is(c, csv->quote))
                        row->state = STATE_QUOTE;
                else
                        strbuf_append(&row->field, c);
                return 0;
        }
        if (row->state == STATE_QUOTE && is(c, csv->quote)) {
                strbuf_append(&row->field, c);
                row->state = STATE_QUOTED;
                return 0;
        }
        if (is(c, csv->delimiter))
                return end_field(row);
        if ((row->state == STATE_ROW || row->state == STATE_FIELD) && is(c, csv->quote)) {
                row->state = STATE_QUOTED;
                return 0;
        }
        if (is(c, csv->escape) && row->state != STATE_QUOTE)
                (void)take_escaped(row);
        else
                strbuf_append(&row->field, c);
        row->state = STATE_BARE;
        return 0;
}

static void skip_line_end(struct str *rest, char first) {
        if (first == '\r' && rest->len > 0 && rest->ptr[0] == '\n')
                *rest = str_from(*rest, 1);
}

static int read_row(struct row *row) {
        struct str *rest = &row->csv->rest;
        int r = 0;

        while (rest->len > 0 && r >= 0) {
                uint32_t c;
                struct str character = str_first(*rest, python_character(*rest, &c));

                *rest = str_from(*rest, character.len);
                if ((c == '\n' || c == '\r') && row->state != STATE_QUOTED) {
                        skip_line_end(rest, (char)c);
                        return row->state == STATE_ROW ? 0 : end_field(row);
                }
                r = take(row, character);
        }
        return r < 0 || row->state == STATE_ROW ? r : end_field(row);
}

int csv_next(struct csv *csv, json_t **ret) {
        struct row row = { .csv = csv, .cells = json_array(), .field = STRBUF_INIT(csv->rest.len + 1) };
        int r;

        if (csv->rest.len == 0 || !row.cells) {
                r = row.cells ? 0 : -ERR_NO_MEMORY;
                json_decref(row.cells);
                return r;
        }
        r = read_row(&row);
        strbuf_done(&row.field);
        if (r < 0) {
                json_decref(row.cells);
                return r;
        }
        *ret = row.cells;
        return 1;
}
