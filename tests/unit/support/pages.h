/* A page_respond() for tests of handlers: it keeps what the handler wanted shown, so that the data is tested without the
 * look. Link support/pages.c in place of the pages layer. */
#pragma once

#include <jansson.h>

extern struct pages_shown {
        char name[32];
        int status;
        json_t *data;
} pages_shown;

/* Text of the last page's data: a member, or "" when it is absent; with `inner`, a member of a member. */
const char *pages_text(const char *name, const char *inner);

void pages_forget(void);
