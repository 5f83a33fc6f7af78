/* Who the client is, when requests come through proxies: `Forwarded` (RFC 7239) and `X-Forwarded-For`. Anybody can send
 * these fields, so they are read only when the peer is a proxy that the operator named, and only as far as such proxies
 * vouch for them: each appends the address that it was called from, so the fields are read from their end, up to the first
 * address that is no named proxy's. What stands before it is the client's own word, and is not even looked at.
 *
 * Nothing but the address is taken from such fields: scheme and host of links, issuer and cookies are those of the
 * configured public address (X-Forwarded-Proto and -Host are ignored from everybody). */
#pragma once

#include "base/network.h"
#include "http/request.h"

enum {
        FORWARDED_HOPS_MAX = 32,      /* proxies in a row; more is a loop, or made up */
        FORWARDED_ELEMENT_MAX = 1024, /* bytes that one proxy says of one hop */
};

enum forwarded {
        FORWARDED_PEER,   /* no field, or nothing that can be made sense of: the peer's own address stands */
        FORWARDED_CLIENT, /* found */
        FORWARDED_CONFLICT, /* the two fields name different clients: one of them was not written by the proxy */
};

/* The client's address according to a request that a trusted proxy sent.
 *
 * headers   of the request, in the order in which they were sent
 * trusted   the proxies that the operator named
 * ret       set with FORWARDED_CLIENT
 */
enum forwarded forwarded_client(const struct http_header *headers, size_t n_headers,
                                const struct network_list *trusted, struct ip *ret);
