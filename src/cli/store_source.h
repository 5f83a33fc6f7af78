/* The rows of a file of listings: CSV with a line of names, a JSON array of objects, or JSON objects one after another. The file is
 * read as it goes; a row that can't be read is told by its line, and those behind it come all the same, as far as they can be
 * told apart. */
#pragma once

#include <jansson.h>

#include "base/str.h"

enum { STORE_SOURCE_PROBLEM_MAX = 300, STORE_SOURCE_COLUMNS_MAX = 64 };

struct store_source {
        struct str text; /* the whole file, mapped */
        size_t at;       /* bytes read */
        size_t line;     /* of the row that comes next, from 1 */
        size_t rows;     /* that have been read, those that can't be read as well */
        bool csv, ended;
        json_t *columns; /* of CSV: their names */
        char problem[STORE_SOURCE_PROBLEM_MAX];
};

/* csv       whether it is CSV; else JSON
 * errors    ERR_BAD_REQUEST with source->problem, ERR_NO_MEMORY */
_must_use_ int store_source_begin(struct store_source *source, struct str text, bool csv);

/* The next row.
 *
 * ret       object, a new reference; NULL for a row that can't be read: source->problem says why
 * ret_line  where it begins
 * returns   1, or 0 when there is none left
 * errors    ERR_NO_MEMORY */
_must_use_ int store_source_next(struct store_source *source, json_t **ret, size_t *ret_line);
void store_source_end(struct store_source *source);
