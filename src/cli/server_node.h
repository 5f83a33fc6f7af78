/* A running server's number among the nodes on its database, and the clock that they share. See db/node.h. */
#pragma once

#include "cli/server.h"

/* Takes a number, and makes the source of ids that bears it. What is wrong is said on standard error, with the remedy.
 * errors   ERR_SETTINGS (this machine's clock is far behind), ERR_BUSY (no number is free), ERR_STORAGE */
_must_use_ int server_node_lease(const char *who, struct server *s);

/* Says on which keys the other nodes and the command line can count here. errors: ERR_STORAGE */
_must_use_ int server_node_announce(struct server *s);

/* Prolongs the lease, says anew which keys there are, and follows the clocks of the others a little way.
 * errors   ERR_STORAGE (try again soon), ERR_CONFLICT (lost: the server must end) */
_must_use_ int server_node_renew(struct server *s);

/* Gives the number back, if one was taken. */
void server_node_release(struct server *s);
