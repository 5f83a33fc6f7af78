#include "cli/test_server/fetch.h"

#include <curl/curl.h>
#include <stdio.h>

#include "base/errors.h"

enum { HEADER_MAX = 1024 };

int fetch_setup(void) {
        return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -ERR_NO_MEMORY;
}

/* A builder that is full stops the transfer: fewer bytes are taken than were offered. */
static size_t take(char *data, size_t size, size_t n, void *to) {
        strbuf_append(to, str_n(data, size * n));
        return ((struct strbuf *)to)->failed ? 0 : size * n;
}

static bool add_header(struct curl_slist **headers, const char *name, const char *value) {
        char line[HEADER_MAX];
        struct curl_slist *grown;
        int n = snprintf(line, sizeof(line), "%s: %s", name, value);

        if (n < 0 || (size_t)n >= sizeof(line))
                return false;
        grown = curl_slist_append(*headers, line);
        if (!grown)
                return false;
        *headers = grown;
        return true;
}

static bool make_headers(const struct fetch_request *request, struct curl_slist **headers) {
        char authorization[HEADER_MAX];

        if (!add_header(headers, "Accept", "application/json") || !add_header(headers, "Expect", ""))
                return false;
        if (request->content_type && !add_header(headers, "Content-Type", request->content_type))
                return false;
        if (!request->bearer)
                return true;
        snprintf(authorization, sizeof(authorization), "Bearer %s", request->bearer);
        return add_header(headers, "Authorization", authorization);
}

static void set_options(CURL *curl, const struct fetch_request *request, const struct curl_slist *headers,
                        struct fetch_result *ret, char *problem) {
        curl_easy_setopt(curl, CURLOPT_URL, request->url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)FETCH_TOTAL_MS);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "oauth-tool/" GATEHOUSE_VERSION);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &ret->headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &ret->body);
        if (request->body.ptr) {
                curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
                curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.ptr);
        }
}

int fetch(const struct fetch_request *request, struct fetch_result *ret) {
        char problem[CURL_ERROR_SIZE] = "";
        struct curl_slist *headers = NULL;
        const char *content_type = NULL;
        CURLcode code;
        CURL *curl;
        long status = 0;

        *ret = (struct fetch_result){ .headers = STRBUF_INIT(FETCH_HEADERS_MAX),
                                      .body = STRBUF_INIT(FETCH_BODY_MAX) };
        snprintf(ret->problem, sizeof(ret->problem), "There is not enough memory for the request.");
        curl = curl_easy_init();
        if (!curl || !make_headers(request, &headers)) {
                curl_slist_free_all(headers);
                curl_easy_cleanup(curl);
                return -ERR_NO_MEMORY;
        }
        set_options(curl, request, headers, ret, problem);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &content_type);
        ret->status = (int)status;
        snprintf(ret->content_type, sizeof(ret->content_type), "%s", content_type ? content_type : "");
        if (ret->body.failed)
                snprintf(ret->problem, sizeof(ret->problem), "The answer is larger than %d bytes.",
                         FETCH_BODY_MAX);
        else
                snprintf(ret->problem, sizeof(ret->problem), "%s",
                         *problem ? problem : curl_easy_strerror(code));
        curl_easy_cleanup(curl);
        curl_slist_free_all(headers);
        return code == CURLE_OK ? 0 : -ERR_BUSY;
}

void fetch_result_done(struct fetch_result *result) {
        strbuf_done(&result->headers);
        strbuf_done(&result->body);
}
