/* Comma-separated values, read as Python's csv.reader reads them: quotes may be doubled or escaped, a quote within a bare field
 * is itself, what is not closed ends with the text. */
#pragma once

#include <jansson.h>

#include "base/str.h"
#include "base/strbuf.h"

struct csv {
        struct str rest;      /* UTF-8 */
        struct str delimiter; /* one character each; empty for none */
        struct str quote, escape;
        size_t cells; /* that may still be read */
};

enum { CSV_CELLS_MAX = 500000 };

/* Reads the next row.
 *
 * ret       array of texts, a new reference; empty for an empty line
 * returns   1; 0 when there is none left
 * errors    ERR_TOO_LARGE (cells), ERR_NO_MEMORY
 */
_must_use_ int csv_next(struct csv *csv, json_t **ret);
