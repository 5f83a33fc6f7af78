/* Tokens that `gatehouse import platform` brought: 43 characters behind the prefix like our own, but random throughout, so
 * that they are found by their hash. Looked for only where no token of our own is found. */
#pragma once

#include "account/token.h"

/* Whether the text has the form of a Platform's token (dialect: Formats), and its hash.
 *
 * prefix    of its kind, TOKEN_PREFIX_…
 * returns   false for anything else; ret is untouched then
 */
_must_use_ bool imported_token_parse(struct str text, struct str prefix, struct hash *ret);
