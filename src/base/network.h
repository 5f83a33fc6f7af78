/* Addresses and the networks that they lie in, as operators list them: "10.0.0.0/8, 127.0.0.1, fd00::/8". IPv4 is kept in
 * IPv6's form for it (::ffff:a.b.c.d, RFC 4291 §2.5.5.2), so that one comparison does for both. */
#pragma once

#include "base/attributes.h"
#include "base/str.h"

enum {
        NETWORKS_MAX = 64,
        NETWORK_BITS = 128,
        IP_TEXT_MAX = 46, /* bytes, the final NUL among them */
};

struct ip {
        uint8_t bytes[16];
};

struct network {
        struct ip ip;
        unsigned prefix; /* leading bits that count, of NETWORK_BITS */
};

struct network_list {
        struct network list[NETWORKS_MAX];
        size_t n;
};

/* An address in its usual form: "192.0.2.1" or "2001:db8::1"; without zone, port or brackets. */
bool ip_parse(struct str text, struct ip *ret);

/* From four bytes in network order. */
void ip_from_v4(const void *four, struct ip *ret);

/* The one form in which an address is written: IPv4 in digits, IPv6 as RFC 5952 has it. */
void ip_print(const struct ip *ip, char out[IP_TEXT_MAX]);

/* Addresses and ranges ("ADDRESS/BITS"), separated by commas, with or without spaces; empty for none. A range whose
 * address has bits behind its prefix is refused: it is not clear what is meant.
 *
 * ret_bad   on failure, the item that is wrong; STR_NULL when there are more than NETWORKS_MAX
 */
_must_use_ bool network_list_parse(struct str text, struct network_list *ret, struct str *ret_bad);

bool network_list_has(const struct network_list *networks, const struct ip *ip);
