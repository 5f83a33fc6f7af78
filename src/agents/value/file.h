/* Files as blocks pass them on: data: URIs (RFC 2397), so that a run carries its files with it wherever it goes on, and none
 * is left behind. A file name may stand in a parameter, `name`, as browsers write it. */
#pragma once

#include <jansson.h>

#include "base/errors.h"
#include "base/str.h"

enum {
        FILE_BYTES_MAX = 3 * 1000 * 1000, /* its URI fits into a block's outputs */
        FILE_TYPE_MAX = 100,
        FILE_NAME_MAX = 200,
};

struct file {
        char type[FILE_TYPE_MAX + 1]; /* media type, "text/plain" when the URI says none */
        char name[FILE_NAME_MAX + 1]; /* empty when the URI says none */
        char *bytes;                  /* len bytes, and a NUL behind them */
        size_t len;
};

#define FILE_EMPTY \
        { .len = 0 }

/* Whether a text is a data: URI at all. */
bool file_is_data_uri(struct str text);

/* Reads a data: URI.
 *
 * ret_problem   on ERR_BLOCK: what is wrong, for people; constant
 * errors        ERR_BLOCK, ERR_NO_MEMORY
 */
_must_use_ int file_read(struct str uri, struct file *ret, const char **ret_problem);

/* The data: URI of a file, base64; NULL when memory runs out.
 *
 * type   media type without parameters; application/octet-stream when it is none
 * name   empty for none
 */
json_t *file_value(struct str type, struct str name, struct str bytes);

void file_end(struct file *file);
