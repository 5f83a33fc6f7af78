#include "account/jwks_fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "account/jwt_keys.h"
#include "base/log.h"
#include "base/settings.h"

#define AGE_MAX INT64_C(31536000) /* seconds */

int jwks_fetch_setup(void) {
        return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -ERR_NO_MEMORY;
}

/* A builder that is full stops the transfer: fewer bytes are taken than were offered. */
static size_t take_body(char *data, size_t size, size_t n, void *to) {
        strbuf_append(to, str_n(data, size * n));
        return ((struct strbuf *)to)->failed ? 0 : size * n;
}

int64_t jwks_max_age(struct str cache_control) {
        struct str rest = cache_control, directive;
        int64_t age = -1;
        uint64_t number;

        while (rest.ptr && str_next(&rest, ',', &directive)) {
                directive = str_trim(directive);
                if (str_eq_ignore_case(directive, STR("no-store")) ||
                    str_eq_ignore_case(directive, STR("no-cache")))
                        return 0;
                if (age < 0 && directive.len > 8 &&
                    str_eq_ignore_case(str_first(directive, 8), STR("max-age=")) &&
                    str_to_uint(str_from(directive, 8), (uint64_t)AGE_MAX, &number))
                        age = (int64_t)number;
        }
        return age;
}

static size_t take_header(char *data, size_t size, size_t n, void *to) {
        static const struct str name = STR_INIT("Cache-Control:");
        struct str line = str_n(data, size * n);

        while (line.len > 0 && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
                line.len--;
        if (str_eq_ignore_case(str_first(line, name.len), name))
                *(int64_t *)to = jwks_max_age(str_from(line, name.len));
        return size * n;
}

static bool is_loopback(const struct sockaddr *address) {
        if (address->sa_family == AF_INET)
                return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 ==
                       127;
        return address->sa_family == AF_INET6 &&
               IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static curl_socket_t open_loopback(void *data _unused_, curlsocktype purpose _unused_,
                                   struct curl_sockaddr *address) {
        if (!is_loopback(&address->addr))
                return CURL_SOCKET_BAD;
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_options(CURL *curl, const char *url, struct strbuf *body, int64_t *max_age, char *problem) {
        bool https = str_starts_with(str_of(url), STR("https://"));

        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, https ? "https" : "http");
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)JWKS_CONNECT_MS);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)JWKS_TOTAL_MS);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "gatehouse/" GATEHOUSE_VERSION);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, max_age);
        if (!https) {
                curl_easy_setopt(curl, CURLOPT_PROXY, "");
                curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_loopback);
        }
}

/* The folder of what the system trusts is looked into all the same. */
static void trust_file(CURL *curl, struct str ca_file) {
        char path[CA_FILE_MAX];

        if (ca_file.len == 0)
                return;
        (void)snprintf(path, sizeof(path), STR_FMT, STR_ARG(ca_file));
        curl_easy_setopt(curl, CURLOPT_CAINFO, path);
}

int jwks_fetch_url(const char *url, struct str ca_file, struct strbuf *body, int64_t *ret_max_age) {
        char problem[CURL_ERROR_SIZE] = "";
        int64_t max_age = -1;
        CURLcode code;
        CURL *curl;
        long status = 0;

        curl = curl_easy_init();
        if (!curl)
                return -ERR_JWKS;
        set_options(curl, url, body, &max_age, problem);
        trust_file(curl, ca_file);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_cleanup(curl);
        if (code != CURLE_OK || status != 200) {
                LOG(LOG_WARNING, "the Platform's keys could not be fetched",
                    LOG_STR("problem", str_of(body->failed ? "larger than allowed"
                                              : *problem   ? problem
                                                           : curl_easy_strerror(code))),
                    LOG_INT("status", status));
                return -ERR_JWKS;
        }
        *ret_max_age = max_age;
        return 0;
}
