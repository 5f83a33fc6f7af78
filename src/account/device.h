/* What kind of browser a User-Agent stands for, for the person who looks at their sessions. A hint: browsers say what they like. */
#pragma once

#include "base/str.h"

enum { DEVICE_TEXT_MAX = 64 };

/* "Firefox on Linux"; "Unknown browser" when nothing is known of it.
 *
 * user_agent   the header field's value; may be empty
 * out          room for DEVICE_TEXT_MAX bytes
 */
void device_text(struct str user_agent, char *out);
