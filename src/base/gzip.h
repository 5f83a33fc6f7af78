/* gzip (RFC 1952), for answers that are compressed once and sent often. */
#pragma once

#include "base/attributes.h"
#include "base/strbuf.h"

/* Appends the compressed data, as small as it gets.
 * errors   ERR_NO_MEMORY (also when the builder's maximum is reached) */
_must_use_ int gzip_append(struct strbuf *out, struct str data);
