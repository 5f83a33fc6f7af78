#include "outbound/redirect.h"

#include <curl/curl.h>
#include <stdlib.h>

static void url_end(CURLU **url) {
        curl_url_cleanup(*url);
}

static void text_end(char **text) {
        curl_free(*text);
}

static bool is_callable(CURLU *url) {
        _cleanup_(text_end) char *scheme = NULL, *host = NULL, *user = NULL, *password = NULL;

        return curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
               curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host &&
               curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
               curl_url_get(url, CURLUPART_PASSWORD, &password, 0) == CURLUE_NO_PASSWORD;
}

bool outbound_url_valid(const char *text) {
        _cleanup_(url_end) CURLU *url = curl_url();

        return url && strlen(text) <= OUTBOUND_URL_MAX &&
               curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK && is_callable(url);
}

int outbound_url_host(const char *text, char ret[OUTBOUND_HOST_MAX + 1]) {
        _cleanup_(url_end) CURLU *url = curl_url();
        _cleanup_(text_end) char *host = NULL;

        if (!url || strlen(text) > OUTBOUND_URL_MAX ||
            curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK || !is_callable(url) ||
            curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK || strlen(host) > OUTBOUND_HOST_MAX)
                return -ERR_OUTBOUND;
        memcpy(ret, host, strlen(host) + 1);
        return 0;
}

int redirect_resolve(const char *from, struct str location, char **ret) {
        _cleanup_(url_end) CURLU *url = curl_url();
        _cleanup_(text_end) char *text = NULL;
        char relative[OUTBOUND_URL_MAX + 1];

        if (!url)
                return -ERR_NO_MEMORY;
        if (location.len == 0 || location.len > OUTBOUND_URL_MAX || str_has_control(location))
                return -ERR_OUTBOUND;
        memcpy(relative, location.ptr, location.len);
        relative[location.len] = '\0';
        if (curl_url_set(url, CURLUPART_URL, from, 0) != CURLUE_OK ||
            curl_url_set(url, CURLUPART_URL, relative, CURLU_URLENCODE) != CURLUE_OK || !is_callable(url) ||
            curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
            curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK || strlen(text) > OUTBOUND_URL_MAX)
                return -ERR_OUTBOUND;
        *ret = strdup(text);
        return *ret ? 0 : -ERR_NO_MEMORY;
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part) {
        _cleanup_(text_end) char *of_a = NULL, *of_b = NULL;

        return curl_url_get(a, part, &of_a, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               curl_url_get(b, part, &of_b, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               str_eq_ignore_case(str_of(of_a), str_of(of_b));
}

bool redirect_same_origin(const char *a, const char *b) {
        _cleanup_(url_end) CURLU *of_a = curl_url(), *of_b = curl_url();

        return of_a && of_b && curl_url_set(of_a, CURLUPART_URL, a, 0) == CURLUE_OK &&
               curl_url_set(of_b, CURLUPART_URL, b, 0) == CURLUE_OK &&
               same_part(of_a, of_b, CURLUPART_SCHEME) && same_part(of_a, of_b, CURLUPART_HOST) &&
               same_part(of_a, of_b, CURLUPART_PORT);
}

bool redirect_drops_body(int status, const char *method) {
        if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
                return false;
        return status == 303 || ((status == 301 || status == 302) && strcmp(method, "POST") == 0);
}
