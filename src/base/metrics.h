/* Counters and histograms of one process, rendered as Prometheus text (exposition format 0.0.4).
 * Writing is lock-free: relaxed atomics, one slot per thread where a counter is hot. */
#pragma once

#include <stdatomic.h>

#include "base/errors.h"
#include "base/rate.h"
#include "base/strbuf.h"

enum { METRICS_ROUTES_MAX = 256, METRICS_STATUSES = 24, METRICS_BUCKETS = 14 };

enum token_kind { TOKEN_CODE, TOKEN_ACCESS, TOKEN_REFRESH, TOKEN_SESSION, TOKEN_KINDS };

/* Called once per answered request.
 *
 * route        index into the route table, or METRICS_ROUTES_MAX - 1 for requests that met no route
 * status       HTTP status
 * micros       from the request's last byte to the answer handed to the socket
 */
void metrics_request(unsigned route, int status, int64_t micros);

void metrics_error(int result);     /* a failure, by its row of the error table */
void metrics_commit(unsigned rows); /* one commit of the writer, with the requests that it carried */
void metrics_tokens_issued(enum token_kind kind, unsigned n); /* once they are stored */
void metrics_rate_limited(enum rate_kind kind);               /* a request refused by a limit */
void metrics_queue_depth(int delta);                          /* requests waiting for the writer: +1, -1 */
void metrics_connections(int delta);                          /* open connections */

/* For readers and tests. */
uint64_t metrics_commits(void);
uint64_t metrics_committed_rows(void);
int64_t metrics_queue_now(void);       /* requests that wait for the writer */
int64_t metrics_connections_now(void); /* open connections */

/* Names for the `route` label, indexed as in metrics_request(); set once at start-up, borrowed for ever. */
void metrics_name_route(unsigned route, const char *method, const char *path);

/* Everything as text. */
void metrics_render(struct strbuf *out);
