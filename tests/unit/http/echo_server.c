/* The smallest application: two routes with constant answers. The strictness tests (tests/http11.mjs) and the
 * benchmark's empty handler talk to it.
 *
 *     echo_server [PORT [LOOPS]] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/server.h"

static const struct str health = STR_INIT("{\"status\":\"ok\",\"name\":\"an answer of one hundred and fifty "
                                          "bytes, as small as those that an API gives to "
                                          "most of its callers, and constant\",\"n\":1234567}\n");
static const struct str no_token = STR_INIT("{\"detail\":\"Field required\"}");

static void answer(struct response *res, int status, struct str body) {
        response_begin(res, status, CONTENT_TYPE_JSON);
        res->static_body = body;
}

static void refuse_method(struct response *res, struct str allow) {
        answer(res, res->request->method == HTTP_OPTIONS ? 204 : 405,
               STR("{\"detail\":\"Method Not Allowed\"}"));
        response_header(res, STR("Allow"), allow);
}

static void handle(void *data, struct http_exchange *x) {
        const struct request *req = &x->request;
        struct response *res = &x->response;

        if (str_eq(req->path, STR("/healthz"))) {
                if (req->method == HTTP_GET || req->method == HTTP_HEAD)
                        answer(res, 200, health);
                else
                        refuse_method(res, STR("GET, HEAD, OPTIONS"));
        } else if (str_eq(req->path, STR("/api/oauth/token"))) {
                if (req->method == HTTP_POST)
                        answer(res, 400, no_token);
                else
                        refuse_method(res, STR("POST, OPTIONS"));
        } else {
                answer(res, 404, STR("{\"detail\":\"Not Found\"}"));
        }
        http_exchange_finish(x);
}

int main(int argc, char **argv) {
        const struct http_application application = { .handle = handle };
        unsigned loops = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
        struct http_server *server;
        char listen[32], problem[256];
        sigset_t ends;
        int got;

        (void)snprintf(listen, sizeof(listen), "127.0.0.1:%s", argc > 1 ? argv[1] : "0");
        if (http_server_new(str_of(listen), loops, &application, NULL, &server, problem) < 0) {
                (void)fprintf(stderr, "%s\n", problem);
                return 1;
        }
        (void)sigemptyset(&ends);
        (void)sigaddset(&ends, SIGINT);
        (void)sigaddset(&ends, SIGTERM);
        (void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
        if (http_server_start(server) < 0)
                return 1;
        (void)printf("127.0.0.1:%u\n", http_server_port(server));
        (void)fflush(stdout);
        (void)sigwait(&ends, &got);
        http_server_stop(server);
        http_server_join(server);
        (void)http_server_free(server);
        return 0;
}
