/* A client for tests: raw bytes over a socket, and the answers one by one. Waits for what must come, at most five
 * seconds, and fails the test if it doesn't. */
#pragma once

#include "base/str.h"

enum { WIRE_MAX = 8 * 1024 * 1024 };

struct wire {
        int fd;
        char *bytes; /* WIRE_MAX bytes */
        size_t len;
        size_t taken;
};

struct wire_answer {
        int status;
        struct str head; /* status line to empty line; valid until the next call */
        struct str body;
};

struct wire *wire_open(unsigned port);
void wire_close(struct wire *w);

/* Closes so that the server's next read or write fails. */
void wire_reset(struct wire *w);

/* Sends all; returns false when the server has closed. */
bool wire_send(struct wire *w, struct str bytes);

/* The next answer. `no_body`: it answers HEAD. */
struct wire_answer wire_answer(struct wire *w, bool no_body);

/* Whether the server ends the connection in good order, with nothing more said. */
bool wire_ends(struct wire *w);

/* Whether anything can be read within so many milliseconds. */
bool wire_hears(struct wire *w, int ms);

bool wire_has_field(const struct wire_answer *answer, const char *line);
