#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/metrics_agents.h"
#include "base/settings.h"
#include "outbound/address_policy.h"
#include "outbound/outbound_int.h"

/* Not before the first call: most servers make none, and libcurl brings much with it. */
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static bool curl_ready;

/* What libcurl copies of header fields and bodies is zeroed as it is freed: tokens and keys are among them. */
static void start_curl(void) {
        curl_ready = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, memory_free_wiped,
                                          memory_realloc_wiped, strdup, calloc) == CURLE_OK;
}

int outbound_fail(struct outbound_response *response, const char *format, ...) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(response->problem, sizeof(response->problem), format, args);
        va_end(args);
        return -ERR_OUTBOUND;
}

/* --- what libcurl calls --- */

static bool to_ip(const struct sockaddr *address, struct ip *ret) {
        if (address->sa_family == AF_INET) {
                ip_from_v4(&((const struct sockaddr_in *)(const void *)address)->sin_addr, ret);
                return true;
        }
        if (address->sa_family != AF_INET6)
                return false;
        memcpy(ret->bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
               sizeof(ret->bytes));
        return true;
}

/* The last moment at which the address is known and nothing was sent: names can't change under it. */
static curl_socket_t open_socket(void *data, curlsocktype purpose _unused_, struct curl_sockaddr *address) {
        struct outbound_call *call = data;
        struct ip ip;

        if (!to_ip(&address->addr, &ip) || !address_policy_allows(&ip, call->request->allowed)) {
                call->refused = true;
                return CURL_SOCKET_BAD;
        }
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *data, size_t size, size_t n, void *to) {
        struct outbound_call *call = to;

        strbuf_append(&call->response->body, str_n(data, size * n));
        return call->response->body.failed ? 0 : size * n;
}

static size_t take_field(char *data, size_t size, size_t n, void *to) {
        static const struct str name = STR_INIT("Location:");
        struct str line = str_n(data, size * n), value;
        struct outbound_call *call = to;

        while (line.len > 0 && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
                line.len--;
        if (!str_eq_ignore_case(str_first(line, name.len), name))
                return size * n;
        value = str_trim(str_from(line, name.len));
        if (value.len <= OUTBOUND_URL_MAX) {
                memcpy(call->location, value.ptr, value.len);
                call->location[value.len] = '\0';
        }
        return size * n;
}

static int look_whether_to_stop(void *data, curl_off_t a _unused_, curl_off_t b _unused_,
                                curl_off_t c _unused_, curl_off_t d _unused_) {
        const struct outbound_call *call = data;

        return call->request->stop && atomic_load_explicit(call->request->stop, memory_order_relaxed);
}

/* --- one hop --- */

/* The folder of what the system trusts is looked into all the same. */
static void trust_file(CURL *curl, struct str ca_file) {
        char path[CA_FILE_MAX];

        if (ca_file.len == 0)
                return;
        (void)snprintf(path, sizeof(path), STR_FMT, STR_ARG(ca_file));
        curl_easy_setopt(curl, CURLOPT_CAINFO, path);
}

static void set_constants(struct outbound_call *call) {
        CURL *curl = call->curl;

        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        /* a connection serves one request; and HTTP/2's library would keep copies of fields in memory of its own */
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)OUTBOUND_CONNECT_MS);
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "gatehouse/" GATEHOUSE_VERSION);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, call->curl_problem);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, call);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_field);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, call);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_to_stop);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, call);
}

static int explain(struct outbound_call *call, CURLcode code) {
        struct outbound_response *response = call->response;

        if (code == CURLE_ABORTED_BY_CALLBACK)
                return -ERR_STOPPED;
        if (code == CURLE_OUT_OF_MEMORY)
                return -ERR_NO_MEMORY;
        if (call->refused)
                return outbound_fail(
                        response,
                        "The address is not on the public internet, and may not be called from here");
        if (response->body.failed)
                return outbound_fail(response, "The answer is larger than %zu bytes", response->body.max);
        if (code == CURLE_OPERATION_TIMEDOUT)
                return outbound_fail(response, "The server did not answer in time");
        return outbound_fail(response, "%s",
                             *call->curl_problem ? call->curl_problem : curl_easy_strerror(code));
}

static int hop(struct outbound_call *call) {
        int64_t left_ms = (call->deadline_us - clock_monotonic_us()) / 1000;
        CURLcode code;
        long status;
        int r;

        if (left_ms <= 0)
                return outbound_fail(call->response, "The server did not answer in time");
        curl_easy_reset(call->curl);
        set_constants(call);
        trust_file(call->curl, call->request->ca_file);
        call->location[0] = '\0';
        strbuf_reset(&call->response->body);
        curl_easy_setopt(call->curl, CURLOPT_URL, call->url);
        curl_easy_setopt(call->curl, CURLOPT_TIMEOUT_MS, (long)left_ms);
        r = outbound_set_fields(call);
        if (r == 0)
                r = outbound_set_body(call);
        if (r < 0)
                return r;
        if (strcmp(call->method, "HEAD") == 0)
                curl_easy_setopt(call->curl, CURLOPT_NOBODY, 1L);
        else
                curl_easy_setopt(call->curl, CURLOPT_CUSTOMREQUEST, call->method);
        code = curl_easy_perform(call->curl);
        if (code != CURLE_OK)
                return explain(call, code);
        curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &status);
        call->response->status = (int)status;
        return 0;
}

/* --- all of them --- */

static bool is_redirect(const struct outbound_call *call) {
        int status = call->response->status;

        return call->location[0] &&
               (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

static int follow(struct outbound_call *call) {
        char *next;
        int r;

        r = redirect_resolve(call->url, str_of(call->location), &next);
        if (r == -ERR_OUTBOUND)
                return outbound_fail(call->response, "The server redirects to what is no web address");
        if (r < 0)
                return r;
        if (!redirect_same_origin(call->request->url, next))
                call->foreign = true;
        if (redirect_drops_body(call->response->status, call->method)) {
                call->method = "GET";
                call->with_body = false;
        }
        free(call->url);
        call->url = next;
        return 0;
}

static void take_type(struct outbound_call *call) {
        char *type = NULL;

        curl_easy_getinfo(call->curl, CURLINFO_CONTENT_TYPE, &type);
        call->response->content_type[0] = '\0';
        if (type && strlen(type) < OUTBOUND_TYPE_MAX)
                memcpy(call->response->content_type, type, strlen(type) + 1);
}

static int call_run(struct outbound_call *call) {
        unsigned redirects = 0;
        int r;

        for (;;) {
                r = hop(call);
                if (r < 0 || !is_redirect(call) || call->request->redirects == 0)
                        break;
                if (redirects++ == call->request->redirects)
                        return outbound_fail(call->response, "The server redirects more than %u times",
                                             call->request->redirects);
                r = follow(call);
                if (r < 0)
                        break;
        }
        if (r == 0)
                take_type(call);
        return r;
}

static int send_all(const struct outbound_request *request, struct outbound_response *ret) {
        struct outbound_call call = { .request = request,
                                      .response = ret,
                                      .method = request->method,
                                      .with_body = request->body.ptr || request->n_parts > 0,
                                      .deadline_us = clock_monotonic_us() + request->timeout_ms * 1000 };
        int r;

        ret->status = 0;
        ret->problem[0] = '\0';
        if (!outbound_is_token(str_of(request->method)) || strlen(request->method) > 20)
                return outbound_fail(ret, "The method is no HTTP method");
        if (!outbound_url_valid(request->url))
                return outbound_fail(ret,
                                     "The URL must be a web address that starts with http:// or https://, "
                                     "without user name "
                                     "or password");
        (void)pthread_once(&curl_once, start_curl);
        call.url = strdup(request->url);
        call.curl = curl_ready ? curl_easy_init() : NULL;
        r = call.url && call.curl ? call_run(&call) : -ERR_NO_MEMORY;
        curl_mime_free(call.mime);
        curl_slist_free_all(call.fields);
        curl_easy_cleanup(call.curl);
        free(call.url);
        return r;
}

int outbound_send(const struct outbound_request *request, struct outbound_response *ret) {
        int r;

        r = send_all(request, ret);
        metrics_outbound(r < 0 ? 0 : ret->status);
        return r;
}

const char *outbound_library_version(void) {
        return curl_version();
}
