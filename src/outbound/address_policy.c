#include "outbound/address_policy.h"

#include <pthread.h>

/* The special-purpose registries of IANA (RFC 6890 and its updates): all that is not globally reachable, and what carries
 * an IPv4 address within it, which could be any. IPv4 stands here as such. Of IPv6 nothing but 2000::/3 is given out as
 * globally reachable unicast. */
static const char special_networks[] =
        "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, "
        "192.0.2.0/24, 192.31.196.0/24, 192.52.193.0/24, 192.88.99.0/24, 192.168.0.0/16, 192.175.48.0/24, "
        "198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4, "
        "::/96, ::ffff:0:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48, 100::/8, 200::/7, 400::/6, 800::/5, "
        "1000::/4, 2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20, 4000::/2, 8000::/1";

static struct network_list special;
static pthread_once_t special_once = PTHREAD_ONCE_INIT;

static void read_special(void) {
        struct str bad;

        if (!network_list_parse(str_of(special_networks), &special, &bad))
                special = (struct network_list){ .n = 1 }; /* ::/0: what can't be judged is refused */
}

bool address_policy_allows(const struct ip *ip, const struct network_list *allowed) {
        (void)pthread_once(&special_once, read_special);
        if (allowed && network_list_has(allowed, ip))
                return true;
        return !network_list_has(&special, ip);
}
