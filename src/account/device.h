/* What kind of browser a User-Agent stands for, for the person who looks at their sessions. A hint: browsers say what they like. */
#pragma once

#include "http/request.h"

/* "Firefox on Linux", in the reader's language; "Unknown browser" when nothing is known of it.
 *
 * req          of who reads it; the text lasts as long as its arena
 * user_agent   the header field's value; may be empty
 */
struct str device_text(struct request *req, struct str user_agent);
