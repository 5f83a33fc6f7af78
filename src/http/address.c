#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http_int.h"

enum { BACKLOG = 4096 };

static void close_fd(int *fd) {
        if (*fd >= 0)
                (void)close(*fd);
}

bool address_parse(struct str listen, struct sockaddr_storage *ret) {
        struct sockaddr_storage address = { 0 };
        struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address;
        char host[ADDRESS_TEXT_MAX + 1];
        struct str name;
        size_t colon = listen.len;
        bool brackets;
        uint64_t port;

        while (colon > 0 && listen.ptr[colon - 1] != ':')
                colon--;
        if (colon == 0 || !str_to_uint(str_from(listen, colon), 65535, &port))
                return false;
        name = str_first(listen, colon - 1);
        brackets = name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']';
        if (brackets)
                name = str_n(name.ptr + 1, name.len - 2);
        if (name.len == 0 || name.len > ADDRESS_TEXT_MAX)
                return false;
        memcpy(host, name.ptr, name.len);
        host[name.len] = '\0';
        if (brackets && inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
                v6->sin6_family = AF_INET6;
                v6->sin6_port = htons((uint16_t)port);
        } else if (!brackets && inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
                v4->sin_family = AF_INET;
                v4->sin_port = htons((uint16_t)port);
        } else {
                return false;
        }
        *ret = address;
        return true;
}

unsigned address_port(const struct sockaddr_storage *address) {
        return address->ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)address)->sin6_port)
                                              : ntohs(((const struct sockaddr_in *)address)->sin_port);
}

static socklen_t address_size(const struct sockaddr_storage *address) {
        return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* With SO_REUSEPORT a second server would share the port unnoticed, and half of its requests: so the port is tried
 * without it first. */
int address_probe(const struct sockaddr_storage *address) {
        _cleanup_(close_fd) int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;

        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
            bind(fd, (const struct sockaddr *)address, address_size(address)) < 0)
                return errno;
        return 0;
}

int address_listen(struct sockaddr_storage *address, int *ret_fd) {
        _cleanup_(close_fd) int fd =
                socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        socklen_t size = sizeof(*address);
        const int on = 1;

        /* TCP_NODELAY is handed down to every accepted socket. */
        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0 ||
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
            bind(fd, (const struct sockaddr *)address, address_size(address)) < 0 ||
            listen(fd, BACKLOG) < 0 || getsockname(fd, (struct sockaddr *)address, &size) < 0)
                return errno;
        *ret_fd = fd;
        fd = -1;
        return 0;
}
