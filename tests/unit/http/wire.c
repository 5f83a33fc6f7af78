#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit.h"

enum { PATIENCE_MS = 5000 };

struct wire *wire_open(unsigned port) {
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        struct wire *w = calloc(1, sizeof(*w));
        const int on = 1;

        assert_non_null(w);
        w->bytes = malloc(WIRE_MAX);
        assert_non_null(w->bytes);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(w->fd >= 0);
        assert_int_equal(setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
        assert_int_equal(connect(w->fd, (struct sockaddr *)&address, sizeof(address)), 0);
        return w;
}

void wire_close(struct wire *w) {
        (void)close(w->fd);
        free(w->bytes);
        free(w);
}

void wire_reset(struct wire *w) {
        const struct linger now = { .l_onoff = 1 };

        assert_int_equal(setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
        wire_close(w);
}

bool wire_send(struct wire *w, struct str bytes) {
        while (bytes.len) {
                ssize_t n = send(w->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

                if (n < 0)
                        return false;
                bytes = str_from(bytes, (size_t)n);
        }
        return true;
}

bool wire_hears(struct wire *w, int ms) {
        struct pollfd one = { .fd = w->fd, .events = POLLIN };

        return poll(&one, 1, ms) == 1;
}

/* Reads what has come; 0 at the end, negative when the connection was reset. */
static ssize_t read_more(struct wire *w) {
        ssize_t n;

        assert_true(wire_hears(w, PATIENCE_MS));
        assert_true(w->len < WIRE_MAX);
        n = recv(w->fd, w->bytes + w->len, WIRE_MAX - w->len, 0);
        if (n > 0)
                w->len += (size_t)n;
        return n;
}

static size_t content_length(struct str head) {
        const char *at = memmem(head.ptr, head.len, "Content-Length: ", 16);

        return at ? (size_t)atol(at + 16) : 0;
}

struct wire_answer wire_answer(struct wire *w, bool no_body) {
        struct wire_answer answer = { 0 };
        char *start, *end;
        size_t want;

        w->len -= w->taken;
        memmove(w->bytes, w->bytes + w->taken, w->len);
        w->taken = 0;
        while (!(end = memmem(w->bytes + w->taken, w->len - w->taken, "\r\n\r\n", 4)))
                assert_true(read_more(w) > 0);
        start = w->bytes + w->taken;
        answer.head = str_n(start, (size_t)(end + 4 - start));
        assert_true(str_starts_with(answer.head, STR("HTTP/1.1 ")));
        answer.status = atoi(start + 9);
        want = no_body ? 0 : content_length(answer.head);
        w->taken += answer.head.len;
        while (w->len - w->taken < want)
                assert_true(read_more(w) > 0);
        answer.body = str_n(w->bytes + w->taken, want);
        w->taken += want;
        return answer;
}

bool wire_ends(struct wire *w) {
        return w->taken == w->len && read_more(w) == 0;
}

bool wire_has_field(const struct wire_answer *answer, const char *line) {
        return str_contains(answer->head, str_of(line));
}
