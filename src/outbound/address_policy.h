/* Which addresses may be called on behalf of people: those of the public internet, and what the operator named. Everything
 * else (this computer, private networks, link-local addresses with the clouds' metadata services among them) could be
 * reached by nobody but for this server, and must not be reached through it (OWASP: server-side request forgery). */
#pragma once

#include "base/network.h"

/* Judges an address as it is about to be connected to, whatever name it came by.
 *
 * allowed   networks that are no part of the public internet and may be called all the same; NULL for none
 */
bool address_policy_allows(const struct ip *ip, const struct network_list *allowed);
