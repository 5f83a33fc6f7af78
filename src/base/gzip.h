/* gzip (RFC 1952), for answers that are compressed once and sent often, also to those who don't take them so. */
#pragma once

#include "base/attributes.h"
#include "base/strbuf.h"

/* Appends the compressed data, as small as it gets.
 * errors   ERR_NO_MEMORY (also when the builder's maximum is reached) */
_must_use_ int gzip_append(struct strbuf *out, struct str data);

/* Appends what one gzip member holds.
 * errors   ERR_NO_MEMORY (also when the builder's maximum is reached, or nothing of that kind is there) */
_must_use_ int gunzip_append(struct strbuf *out, struct str data);
