/* Forwarded fields: whatever a client puts in front of what trusted proxies say changes nothing, and what is found is an
 * address.
 *
 * Input: two lines that a client sent, Forwarded and X-Forwarded-For, then two that a proxy appends. */
#include "fuzz.h"
#include "http/forwarded.h"

static struct network_list trusted;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
        struct str bad;

        HOLDS(network_list_parse(STR("10.0.0.0/8, fd00::/8, 127.0.0.1"), &trusted, &bad));
        return 0;
}

static enum forwarded read_one(struct str name, struct str client, struct str proxy, struct ip *ret) {
        struct http_header headers[2] = { { name, client }, { name, proxy } };

        return client.ptr ? forwarded_client(headers, 2, &trusted, ret)
                          : forwarded_client(headers + 1, 1, &trusted, ret);
}

/* The proxy's own word with the client's in front of it, as a field of its own and in one list. */
static void check_prefix(struct str name, struct str client, struct str proxy) {
        struct ip alone, with;
        char joined[4096];

        if (read_one(name, STR_NULL, proxy, &alone) != FORWARDED_CLIENT || network_list_has(&trusted, &alone))
                return;
        HOLDS(read_one(name, client, proxy, &with) == FORWARDED_CLIENT);
        HOLDS(memcmp(&alone, &with, sizeof(alone)) == 0);
        if (client.len + proxy.len + 1 > sizeof(joined))
                return;
        memcpy(joined, client.ptr, client.len);
        joined[client.len] = ',';
        memcpy(joined + client.len + 1, proxy.ptr, proxy.len);
        HOLDS(read_one(name, STR_NULL, str_n(joined, client.len + 1 + proxy.len), &with) == FORWARDED_CLIENT);
        HOLDS(memcmp(&alone, &with, sizeof(alone)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str rest = str_n(data, size), lines[4];
        struct http_header headers[4];
        char text[IP_TEXT_MAX];
        struct ip ip, again;

        if (size == 0)
                return 0;
        for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
                lines[i] = str_trim(fuzz_line(&rest));
                headers[i] =
                        (struct http_header){ i % 2 ? STR("X-Forwarded-For") : STR("Forwarded"), lines[i] };
        }
        if (forwarded_client(headers, ARRAY_LENGTH(headers), &trusted, &ip) == FORWARDED_CLIENT) {
                ip_print(&ip, text);
                HOLDS(ip_parse(str_of(text), &again) && memcmp(&ip, &again, sizeof(ip)) == 0);
        }
        check_prefix(STR("Forwarded"), lines[0], lines[2]);
        check_prefix(STR("X-Forwarded-For"), lines[1], lines[3]);
        return 0;
}
