/* Passwords: the rules for new ones, and argon2id. Stored as PHC strings
 * ("$argon2id$v=19$m=19456,t=2,p=1$…"), so that costs can rise later. Hashing blocks for tens of
 * milliseconds: call it on the worker pool, whose size bounds how many are hashed at once; each takes
 * PASSWORD_MEMORY while it runs and gives it back to the system. */
#pragma once

#include "base/attributes.h"
#include "base/random.h"
#include "base/str.h"

enum {
        PASSWORD_MIN = 8,         /* code points (OWASP ASVS 5.0, 6.2.1) */
        PASSWORD_MAX = 128,       /* code points (dialect: Accounts) */
        PASSWORD_BYTES_MAX = 512, /* PASSWORD_MAX code points of four bytes; fits a struct secret */
        PASSWORD_HASH_MAX = 128,  /* characters of a stored hash, the ending NUL included */
};

/* Costs: OWASP's password storage cheat sheet, argon2id, 19 MiB and two passes on one lane. */
enum { PASSWORD_PASSES = 2, PASSWORD_MEMORY = 19 * 1024 * 1024 /* bytes */ };

/* Whether a person may choose this password: its length in code points, not one of the 3,000 most common that
 * are long enough, not the e-mail address or its local part; the last two without regard to ASCII case. Any
 * character is welcome.
 *
 * password      well-formed UTF-8, as typed
 * email         normalised; empty when unknown
 * ret_problem   on failure, a sentence for the person
 * errors        ERR_INVALID_FIELD
 */
_must_use_ int password_check_rules(struct str password, struct str email, struct str *ret_problem);

/* Whether the text, lower-cased (ASCII), is on the list of common passwords. */
bool password_is_common(struct str password);

/* Hashes a password with a salt from `random`.
 *
 * ret_hash   ends in NUL
 * errors     ERR_RANDOM, ERR_NO_MEMORY
 */
_must_use_ int password_hash(const struct random *random, struct str password,
                             char ret_hash[PASSWORD_HASH_MAX]);

/* Checks a password against a stored hash.
 *
 * stored   empty or STR_NULL for an account that has no password or does not exist: spends the same time, and fails
 *          (ASVS 6.3.8)
 * errors   ERR_WRONG_PASSWORD, ERR_NO_MEMORY
 */
_must_use_ int password_verify(struct str password, struct str stored);

/* Whether the hash was made at other costs than today's: hash anew after the next successful check. */
bool password_needs_rehash(struct str stored);

/* Argon2 computations of this process so far: equal work is shown by counting, not by timing. */
uint64_t password_computations(void);
