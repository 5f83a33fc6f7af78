/* An application for tests of the server. Its routes:
 *
 *     /now      answered at once, with the method's name
 *     /later    answered from another thread, by way of http_loop_post()
 *     /work     answered after a step on the worker pool
 *     /hold     kept until app_release()
 *     /echo     answers with the body
 *     /big      answers with APP_BIG_SIZE bytes
 *     /forge    tries to add a field with a line end in it
 *     /nothing  finishes without an answer
 *     /keep     answers with the body and remembers where it lay
 *     /kept     tells what lies there now, "wiped" if it is six zeros
 *     /last     ends the connection */
#pragma once

#include "http/server.h"

enum { APP_BIG_SIZE = 3 * 1024 * 1024, APP_BODY_MAX = 100 * 1000 };

struct app;

struct app *app_start(unsigned loops, const struct http_limits *limits);
unsigned app_port(const struct app *app);
struct http_loop *app_loop(const struct app *app, unsigned i);

/* Waits until that many requests are held. */
void app_wait_held(struct app *app, unsigned n);

/* Lets all held requests be answered, from a thread of its own. */
void app_release(struct app *app);

/* Begins the graceful end; app_end() waits for it. */
void app_stop(struct app *app);
void app_end(struct app *app);

/* How many answers of /big were made. */
unsigned app_big_answers(const struct app *app);

/* How often a loop was about to wait. */
unsigned app_idles(const struct app *app);
