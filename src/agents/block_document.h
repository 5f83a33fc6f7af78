/* The list of all blocks as clients read it (dialect: Block definition), made once: as JSON, and compressed. */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

enum { BLOCK_ETAG_LENGTH = 24 }; /* with the quotes */

struct block_document {
        struct str json, gzip;
        struct str json_etag, gzip_etag; /* strong: one for each representation (RFC 9110 §8.8.3) */
};

/* The document if it is made; NULL as long as it isn't. */
const struct block_document *block_document_made(void);

/* Makes it, which takes some ten milliseconds, if need be. Thread-safe; what it gives lasts to the end.
 * errors   ERR_SCHEMA (a block's entry is malformed), ERR_NO_MEMORY; both are tried again at the next call */
_must_use_ int block_document_get(const struct block_document **ret);
