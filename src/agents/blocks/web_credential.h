/* Stored credentials in requests to web servers. */
#pragma once

#include "agents/block.h"
#include "base/arena.h"
#include "outbound/outbound.h"

/* The header fields by which a request bears a credential of the person whom the block runs for: the one that the input
 * `credentials` names, or, where it names none, the person's host_scoped one for the address's host. A credential is for
 * certain hosts, and goes to no other one, over redirects neither.
 *
 * arena    holds the fields' texts: wipe it when the request is sent
 * ret      OUTBOUND_FIELDS_MAX
 * errors   ERR_BLOCK after block_fail(), ERR_STOPPED, ERR_NO_MEMORY
 */
_must_use_ int web_credential_fields(struct block_run *run, struct arena *arena, const char *url,
                                     struct outbound_field *ret, size_t *ret_n);
