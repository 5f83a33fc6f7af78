/* How a credential is stored: its secret part as the bytes that the vault seals, and its row. */
#pragma once

#include "base/strbuf.h"
#include "db/statements.h"
#include "integrations/credential.h"

/* Appends every member that is set; `to` fails when they are more than VAULT_PLAIN_MAX bytes. */
void credential_secret_encode(const struct credential_secret *s, struct strbuf *to);

/* Finds the members in s->bytes, of which s->len are set.
 * errors   ERR_VAULT (not what credential_secret_encode() writes) */
_must_use_ int credential_secret_decode(struct credential_secret *s);

/* What its sealed secret is bound to: moved to another row, person, provider or host, it opens no more. */
struct vault_binding credential_binding(const struct credential *c);

/* A row as a credential, whose strings are the row's. errors: ERR_VAULT (of no known kind; logged) */
_must_use_ int credential_take_row(const struct credential_row *row, struct credential *ret);
