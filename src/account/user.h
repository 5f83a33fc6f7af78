/* People: their addresses, names and rows. */
#pragma once

#include "account/identity.h"
#include "account/notifications.h"
#include "base/context.h"
#include "base/json_write.h"
#include "db/statements.h"

enum {
        EMAIL_MAX = 254,        /* bytes (RFC 5321 §4.5.3.1.3, less the angle brackets) */
        USER_NAME_POINTS = 100, /* code points */
        USER_NAME_MAX = 400,    /* bytes: as many of four bytes each */
        USER_TIMEZONE_MAX = 64, /* bytes; the longest IANA name has 38 */
        USER_INITIALS_MAX = 8,  /* bytes: two code points */
};

/* Checks an e-mail address and lower-cases it (ASCII), the form in which addresses are stored and compared.
 * One `@`; a dot-atom of at most 64 bytes before it (RFC 5322 §3.2.3); a domain name with a dot, or
 * `localhost`, behind it (RFC 1035 §2.3.1); no space anywhere, nothing is trimmed. Internationalised domains
 * are written as `xn--…`.
 *
 * ret      on the arena
 * errors   ERR_INVALID_FIELD, ERR_NO_MEMORY
 */
_must_use_ int email_normalise(struct arena *arena, struct str text, struct str *ret);

/* Checks a display name: well-formed UTF-8 without control characters, at most USER_NAME_POINTS; spaces at
 * its ends are dropped.
 *
 * ret      part of `text`; STR_NULL when nothing is left: no name
 * errors   ERR_INVALID_FIELD
 */
_must_use_ int user_name_check(struct str text, struct str *ret);

/* Whether the text is the name of a zone or link of the IANA time zone database, exactly. */
bool timezone_known(struct str name);

struct user_new {
        struct str email; /* normalised */
        struct str name;  /* checked; STR_NULL for none */
        struct str password_hash;
        bool is_admin;
};

/* Stores a new person, active, without a time zone.
 *
 * ret      on the arena
 * errors   ERR_EMAIL_TAKEN, ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int user_create(const struct context *context, struct tx *tx, struct arena *arena,
                           const struct user_new *user, struct user_row *ret);

/* Sets the display name (STR_NULL removes it) or the time zone; both checked before.
 * errors   ERR_NOT_SIGNED_IN (no such person any more), ERR_STORAGE */
_must_use_ int user_rename(const struct context *context, struct tx *tx, struct str id, struct str name);
_must_use_ int user_set_timezone(const struct context *context, struct tx *tx, struct str id,
                                 struct str timezone);

/* Disables or enables an account. Disabling ends every session of it in the same transaction (ASVS 7.4.2).
 * errors   ERR_NOT_FOUND, ERR_STORAGE */
_must_use_ int user_set_active(const struct context *context, struct tx *tx, struct str id, bool active);

/* Whether nobody would be left to administer without this person. Who is asked about is held until the end of the transaction.
 * returns   1 or 0   errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int user_is_last_admin(struct tx *tx, struct arena *arena, const struct user_row *user);

/* The user object (dialect: Accounts), with `is_admin`; what this server has no notion of, payments, is empty. */
void user_write_json(struct json_writer *w, const struct user_row *user, const struct notifications *wanted);

/* One or two capitals that stand for a person or an app where there is no picture: of the first and last word
 * of the name, or of the fallback (an e-mail address) when the name is absent.
 *
 * out   room for USER_INITIALS_MAX bytes; no NUL
 * returns   bytes written
 */
size_t initials_of(struct str name, struct str fallback, char *out);
