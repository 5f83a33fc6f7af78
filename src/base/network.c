#include "base/network.h"

#include <arpa/inet.h>

enum { V4_BITS = 32 };

static const uint8_t v4_mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool is_v4(const struct ip *ip) {
        return memcmp(ip->bytes, v4_mapped, sizeof(v4_mapped)) == 0;
}

bool ip_parse(struct str text, struct ip *ret) {
        char copy[IP_TEXT_MAX];
        struct ip ip;

        if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len))
                return false;
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
        memcpy(ip.bytes, v4_mapped, sizeof(v4_mapped));
        if (inet_pton(AF_INET, copy, ip.bytes + sizeof(v4_mapped)) != 1 &&
            inet_pton(AF_INET6, copy, ip.bytes) != 1)
                return false;
        *ret = ip;
        return true;
}

void ip_from_v4(const void *four, struct ip *ret) {
        memcpy(ret->bytes, v4_mapped, sizeof(v4_mapped));
        memcpy(ret->bytes + sizeof(v4_mapped), four, sizeof(ret->bytes) - sizeof(v4_mapped));
}

void ip_print(const struct ip *ip, char out[IP_TEXT_MAX]) {
        if (is_v4(ip))
                (void)inet_ntop(AF_INET, ip->bytes + sizeof(v4_mapped), out, IP_TEXT_MAX);
        else
                (void)inet_ntop(AF_INET6, ip->bytes, out, IP_TEXT_MAX);
}

/* Whether the first `prefix` bits of both are the same. */
static bool same_prefix(const struct ip *a, const struct ip *b, unsigned prefix) {
        unsigned whole = prefix / 8, rest = prefix % 8;

        if (memcmp(a->bytes, b->bytes, whole) != 0)
                return false;
        return rest == 0 || (a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0;
}

static bool network_parse(struct str text, struct network *ret) {
        ptrdiff_t slash = str_find(text, '/');
        struct str address = slash < 0 ? text : str_first(text, (size_t)slash);
        struct network network = { .prefix = NETWORK_BITS };
        struct ip masked = { 0 };
        bool dotted = str_find(address, ':') < 0;
        uint64_t bits;

        if (!ip_parse(address, &network.ip))
                return false;
        if (slash >= 0) {
                if (!str_to_uint(str_from(text, (size_t)slash + 1), dotted ? V4_BITS : NETWORK_BITS, &bits))
                        return false;
                network.prefix = (unsigned)bits + (dotted ? NETWORK_BITS - V4_BITS : 0);
        }
        memcpy(masked.bytes, network.ip.bytes, network.prefix / 8);
        if (network.prefix % 8)
                masked.bytes[network.prefix / 8] =
                        (uint8_t)(network.ip.bytes[network.prefix / 8] & 0xff00 >> network.prefix % 8);
        if (memcmp(masked.bytes, network.ip.bytes, sizeof(masked.bytes)) != 0)
                return false;
        *ret = network;
        return true;
}

bool network_list_parse(struct str text, struct network_list *ret, struct str *ret_bad) {
        struct network_list networks = { .n = 0 };
        struct str rest = str_trim(text), item;

        if (rest.len == 0)
                rest = STR_NULL;
        while (str_next(&rest, ',', &item)) {
                item = str_trim(item);
                if (networks.n == NETWORKS_MAX) {
                        *ret_bad = STR_NULL;
                        return false;
                }
                if (!network_parse(item, &networks.list[networks.n])) {
                        *ret_bad = item;
                        return false;
                }
                networks.n++;
        }
        *ret = networks;
        return true;
}

bool network_list_has(const struct network_list *networks, const struct ip *ip) {
        for (size_t i = 0; i < networks->n; i++)
                if (same_prefix(&networks->list[i].ip, ip, networks->list[i].prefix))
                        return true;
        return false;
}
