/* One call to another server, between outbound.c, which sends it hop by hop, and message.c, which says what is sent. */
#pragma once

#include <curl/curl.h>

#include "outbound/outbound.h"

/* One call with all its redirects. */
struct outbound_call {
        const struct outbound_request *request;
        struct outbound_response *response;
        CURL *curl;
        struct curl_slist *fields;
        curl_mime *mime;
        char *url; /* of this hop */
        const char *method;
        bool with_body;
        bool foreign; /* another origin than the first: no credentials any more */
        bool refused; /* an address was */
        int64_t deadline_us;
        char location[OUTBOUND_URL_MAX + 1];
        char curl_problem[CURL_ERROR_SIZE];
};

/* Says why the call failed. Returns -ERR_OUTBOUND. */
_printf_(2, 3) int outbound_fail(struct outbound_response *response, const char *format, ...);

bool outbound_is_token(struct str s); /* RFC 9110 §5.6.2 */

/* Give libcurl this hop's header fields and body.
 * errors   ERR_OUTBOUND with a problem, ERR_NO_MEMORY */
_must_use_ int outbound_set_fields(struct outbound_call *call);
_must_use_ int outbound_set_body(struct outbound_call *call);
