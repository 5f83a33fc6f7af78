#include "outbound/clamav.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/log.h"

enum { WAIT_MAX_S = 15, PART = 64 * 1024, HOST_MAX = 256 };

static void close_socket(const int *fd) {
        if (*fd >= 0)
                (void)close(*fd);
}

static bool set_limits(int fd) {
        struct timeval most = { .tv_sec = WAIT_MAX_S };

        return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) == 0 &&
               setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) == 0;
}

static int connect_to(const struct sockaddr *to, socklen_t size) {
        int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && (!set_limits(fd) || connect(fd, to, size) < 0)) {
                (void)close(fd);
                return -1;
        }
        return fd;
}

static int connect_file(struct str path) {
        struct sockaddr_un to = { .sun_family = AF_UNIX };

        if (path.len >= sizeof(to.sun_path))
                return -1;
        memcpy(to.sun_path, path.ptr, path.len);
        return connect_to((const struct sockaddr *)&to, sizeof(to));
}

static int connect_host(struct str address) {
        struct addrinfo wanted = { .ai_socktype = SOCK_STREAM }, *found, *at;
        char host[HOST_MAX], *colon;
        int fd = -1;

        (void)snprintf(host, sizeof(host), STR_FMT, STR_ARG(address));
        colon = strrchr(host, ':');
        if (!colon)
                return -1;
        *colon = '\0';
        if (getaddrinfo(host, colon + 1, &wanted, &found) != 0)
                return -1;
        for (at = found; at && fd < 0; at = at->ai_next)
                fd = connect_to(at->ai_addr, at->ai_addrlen);
        freeaddrinfo(found);
        return fd;
}

static bool send_all(int fd, struct str bytes) {
        while (bytes.len > 0) {
                ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

                if (n <= 0)
                        return false;
                bytes = str_from(bytes, (size_t)n);
        }
        return true;
}

/* Parts, each behind its length, up to an empty one. */
static bool send_stream(int fd, struct str bytes) {
        uint32_t length = 0;

        if (!send_all(fd, str_n("zINSTREAM", sizeof("zINSTREAM"))))
                return false;
        while (bytes.len > 0) {
                struct str part = str_first(bytes, PART);

                length = htonl((uint32_t)part.len);
                if (!send_all(fd, str_n(&length, sizeof(length))) || !send_all(fd, part))
                        return false;
                bytes = str_from(bytes, part.len);
        }
        length = 0;
        return send_all(fd, str_n(&length, sizeof(length)));
}

/* "stream: OK", "stream: NAME FOUND", or an error, up to a NUL. */
static struct str receive(int fd, char *answer, size_t room) {
        size_t n = 0;

        while (n < room && !memchr(answer, '\0', n)) {
                ssize_t got = recv(fd, answer + n, room - n, 0);

                if (got <= 0)
                        break;
                n += (size_t)got;
        }
        return memchr(answer, '\0', n) ? str_of(answer) : STR_NULL;
}

static bool ends_with(struct str s, struct str end) {
        return s.len >= end.len && str_eq(str_from(s, s.len - end.len), end);
}

int clamav_scan(struct str address, struct str bytes, char ret_verdict[CLAMAV_VERDICT_MAX]) {
        _cleanup_(close_socket) int fd =
                str_starts_with(address, STR("/")) ? connect_file(address) : connect_host(address);
        char answer[CLAMAV_VERDICT_MAX];
        struct str said = STR_NULL;

        if (fd >= 0 && !send_stream(fd, bytes))
                LOG(LOG_INFO, "the virus scanner did not take all"); /* it may have said why */
        if (fd >= 0)
                said = receive(fd, answer, sizeof(answer));
        if (str_eq(said, STR("stream: OK")))
                return 0;
        if (said.ptr && str_starts_with(said, STR("stream: ")) && ends_with(said, STR(" FOUND")) &&
            !str_has_control(said)) {
                (void)snprintf(ret_verdict, CLAMAV_VERDICT_MAX, "%.*s", (int)(said.len - 14), said.ptr + 8);
                return 1;
        }
        LOG(LOG_ERROR, "the virus scanner can't be asked", LOG_STR("address", address),
            LOG_STR("answer", said.ptr ? said : STR("none")));
        return -ERR_LOGO_SCANNER;
}
