/* What a process asks of the kernel and of the C library before it handles secrets and connections. */
#pragma once

#include <stdint.h>

#include "base/attributes.h"

/* Core dumps are off: they would hold tokens and keys. For every command that handles secrets. */
void process_protect_secrets(void);

/* As many open files as the system allows; memory that is given back, in few arenas; small stacks for
 * threads; as many threads in libuv's pool as the settings say. Before the first thread. */
void process_prepare_server(int64_t workers);

/* Gives back what starting up has left behind in freed memory: documents, schemas and templates are parsed then. */
void process_trim(void);

/* Blocks the signals that end a program in all threads made from here on, so that signal_wait() gets them.
 * SIGPIPE is ignored. Before the first thread. */
void signal_block_ends(void);

/* Waits for a signal that ends the program: SIGTERM, SIGINT or SIGHUP.
 *
 * timeout_ms   0 looks without waiting; negative waits for ever
 * returns      the signal's number, or 0 when the time is over
 */
_must_use_ int signal_wait(int64_t timeout_ms);

/* From now on a second signal ends the process at once, and so does the end of the time.
 *
 * grace_ms   how long the graceful end may take
 */
void signal_end_at_next(int64_t grace_ms);

/* Waits, in commands that do their work in small parts beside a server; `data` is nobody's. */
void process_sleep_ms(void *data, int64_t ms);
