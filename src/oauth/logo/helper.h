/* The program that decodes logos: a process of its own, without files, network or database and with little time and memory
 * (src/oauth/logo_helper), so that a fault in a decoder can do no harm. It is installed beside the server's program. */
#pragma once

#include "base/strbuf.h"

enum { LOGO_HELPER_TIME_MS = 10 * 1000 };

/* Has an image decoded, scaled to LOGO_SIDE and encoded as WebP, without what came along with it. Blocks for as long as that takes.
 *
 * image     PNG, JPEG or WebP
 * time_ms   after which the process is killed, LOGO_HELPER_TIME_MS: on a machine that is busy, more than the processor time that it
 *           may take by itself
 * out       gets the WebP; room for LOGO_IMAGE_MAX bytes
 * errors    ERR_LOGO_REFUSED (no image that can be decoded), ERR_LOGO_COSTLY (one whose decoding took all the time), ERR_LOGO_FAILED
 *           (the process could not be run), ERR_NO_MEMORY */
_must_use_ int logo_helper_run(struct str image, int64_t time_ms, struct strbuf *out);
