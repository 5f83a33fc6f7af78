/* Asking a virus scanner: clamd's INSTREAM over its socket (clamd(8)). */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

enum { CLAMAV_VERDICT_MAX = 128 };

/* Has bytes looked at; blocks for as long as the scanner takes, within limits.
 *
 * address       path of its socket, "/run/clamav/clamd.ctl", or "HOST:PORT"
 * ret_verdict   what it found, printable text
 * returns       0 clean, 1 found something; -ERR_LOGO_SCANNER when it can't be reached, says nothing in time, or can't scan */
_must_use_ int clamav_scan(struct str address, struct str bytes, char ret_verdict[CLAMAV_VERDICT_MAX]);
