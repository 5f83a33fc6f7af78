/* Where a person goes after signing in or out: `?next=`, only ever a path of this server. */
#pragma once

#include "base/str.h"
#include "base/strbuf.h"
#include "http/response.h"

enum { NEXT_MAX = REQUEST_TARGET_MAX }; /* bytes: whatever could be asked for can be come back to */

/* The path if a browser can't read it as another place: it starts with one slash, no second slash or
 * backslash follows (not percent-encoded either), and it holds visible ASCII only, without backslashes. Else
 * "/".
 *
 * next   the parameter's value, decoded once; STR_NULL when absent
 */
struct str next_path(struct str next);

/* "/login?next=…" with the path percent-encoded; just "/login" when the path is "/". For links and redirects.
 *
 * page   a path without query
 * next   what next_path() gave
 */
void next_link(struct str page, struct str next, struct strbuf *out);

/* Sends a person to the login page, which leads back.
 *
 * next     a path of this server, which next_path() leaves as it is
 * again    whoever is signed in must sign in once more
 * errors   ERR_BAD_REQUEST when no address could hold the way back; ERR_NO_MEMORY */
_must_use_ int next_after_login(struct request *req, struct response *res, struct str next, bool again);

/* The same for any page that leads back. page   its address up to and with "next=" */
_must_use_ int next_after(struct request *req, struct response *res, const char *page, struct str next);

#define CONFIRM_PATH "/admin/confirm"

/* Whether the login page was asked for with `again`. */
bool login_again(struct request *req);
