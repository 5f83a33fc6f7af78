/* /profile: what a person says of themselves, and their password. */
#pragma once

#include "http/response.h"

/* What is wrong with what was typed into one of the page's two forms; STR_NULL for nothing. */
struct profile_problems {
        struct str name, timezone;                   /* of the first */
        struct str form, current, password, confirm; /* of the second; `form` is about all of it */
};

/* Answers with the page, with what was typed into the first form if that was sent. */
_must_use_ int profile_page_show(struct request *req, struct response *res, int status,
                                 const struct profile_problems *problems);
