/* Scopes of providers: what is asked for, what was granted, what that means in words. A list of scopes is one text with
 * spaces between them, each in the provider's full form, as credentials keep it. */
#pragma once

#include <jansson.h>

#include "integrations/provider.h"

/* What to ask a provider for.
 *
 * asked    as the caller wrote them; an item may hold several with spaces between. Short names are understood
 * ret      on the arena; each once, in the order in which they were asked for
 * errors   ERR_INVALID_SCOPE (a character that no scope may have, RFC 6749 §3.3; too many, too long), ERR_NO_MEMORY
 */
_must_use_ int scopes_to_request(const struct provider *p, struct arena *arena, const struct str *asked,
                                 size_t n, struct str *ret);

/* The list as the provider's address has it. */
_must_use_ int scopes_for_provider(const struct provider *p, struct arena *arena, struct str scopes,
                                   struct str *ret);

/* What the provider's answer says that it granted: a text or a list of texts.
 *
 * requested   what stands for it where the answer says nothing (RFC 6749 §5.1)
 * errors      ERR_OUTBOUND (unreadable), ERR_NO_MEMORY
 */
_must_use_ int scopes_granted(const struct provider *p, struct arena *arena, const json_t *said,
                              struct str requested, struct str *ret);

/* Those of `wanted` that `has` lacks; empty for none. */
_must_use_ int scopes_missing(struct arena *arena, struct str wanted, struct str has, struct str *ret);

/* Both lists as one. errors: ERR_INVALID_SCOPE (too long), ERR_NO_MEMORY */
_must_use_ int scopes_join(struct arena *arena, struct str a, struct str b, struct str *ret);

/* What a scope allows, for people: the scope itself where the table has no words. */
struct str scope_words(const struct provider *p, struct str scope);
