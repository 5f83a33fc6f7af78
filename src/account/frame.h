/* The frame of the pages under /profile: who is signed in, the way to the other pages, and a notice of what was just done. */
#pragma once

#include <jansson.h>

#include "http/response.h"

/* Data of such a page: what form_data() gives, `person`, `nav`, and `notice` when the address says what was done (`?done=`).
 *
 * page   name of its template; marks its entry in `nav`
 */
json_t *frame_data(struct request *req, const char *page);

/* After a form did its work: back to a page, which then says so. Sending the form again does no harm there.
 *
 * path     of the page, without query
 * done     one of the names in frame.c
 * errors   ERR_NO_MEMORY
 */
_must_use_ int frame_done(struct response *res, const char *path, const char *done);

/* The same for a page whose path was made for this request. */
_must_use_ int frame_done_at(struct response *res, struct str path, const char *done);
