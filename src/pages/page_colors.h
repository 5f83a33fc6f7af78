/* An operator's colours: a style sheet that sets the few of gatehouse.css that come from the accent. */
#pragma once

#include "base/strbuf.h"

/* Appends it: links, buttons and soft backgrounds, for light and for dark.
 *
 * accent        "#1f6650", sRGB; must be readable on the light card
 * accent_dark   the same for dark; STR("") for one that is made from `accent`, lighter until it is readable
 * ret_problem   names the setting and says which contrast is too small
 * errors        ERR_SETTINGS, ERR_NO_MEMORY; source: WCAG 2.2, 1.4.3 (contrast of at least 4.5)
 */
_must_use_ int page_colors_append(struct str accent, struct str accent_dark, struct strbuf *out,
                                  char ret_problem[256]);
