/* How often passwords may be guessed and accounts made. An attempt is counted in a transaction of its own
 * *before* its password is checked, so attempts that run side by side can't beat the count (OWASP
 * ASVS 5.0, 6.3.1); success gives the count back. Counting is by the generic cell rate algorithm: one time
 * per bucket, no timers.
 *
 * A guess at an account counts in three buckets: this account from this network, this account from anywhere,
 * this network at any account. A browser that signed in to the account before proves it by its device cookie
 * and counts in a bucket of its own instead of all three, so a stranger who fills them does not lock that
 * person out. Accounts that don't exist count the same. Buckets are named by MACs: no address, neither
 * e-mail nor network, can be read from the table. */
#pragma once

#include "base/context.h"
#include "db/tx.h"
#include "http/response.h"

enum throttle_kind {
        THROTTLE_ACCOUNT_NETWORK, /* one account, one network */
        THROTTLE_ACCOUNT,         /* one account, everywhere */
        THROTTLE_NETWORK,         /* one network, every account */
        THROTTLE_DEVICE,          /* one browser that is known to the account */
        THROTTLE_SIGNUP,          /* one network, new accounts */
        THROTTLE_KINDS
};

struct throttle_limit {
        int64_t burst;       /* attempts at once */
        int64_t interval_ms; /* one more after each of these */
};

/* The numbers, with their reasons, stand in throttle.c. */
extern const struct throttle_limit throttle_limits[THROTTLE_KINDS];

enum { THROTTLE_NAME_LENGTH = 45, THROTTLE_TAKEN_MAX = 3 };

/* The buckets that an attempt was counted in. */
struct throttle_taken {
        struct {
                enum throttle_kind kind;
                char name[THROTTLE_NAME_LENGTH];
        } list[THROTTLE_TAKEN_MAX];
        size_t n;
};

/* Counts an attempt to sign in, or to make an account.
 *
 * req       within a transaction; its address, cookies and context are used. On refusal its retry_after is
 * set (seconds) email     normalised, or as typed when it is no address user_id   of the account; STR_NULL
 * when there is none ret       what was counted, for throttle_refund() errors    ERR_THROTTLED (nothing was
 * counted), ERR_STORAGE
 */
_must_use_ int throttle_login(struct request *req, struct str email, struct str user_id,
                              struct throttle_taken *ret);
_must_use_ int throttle_signup(struct request *req, struct throttle_taken *ret);

/* Gives the counts back: the attempt was good. */
_must_use_ int throttle_refund(struct tx *tx, const struct throttle_taken *taken);

/* `__Host-gatehouse_device` on https, `gatehouse_device` on http. */
struct str device_cookie_name(const struct settings *settings);

/* Gives the browser that just signed in its device cookie for this account; one that it has already is kept.
 * errors   ERR_RANDOM, ERR_NO_MEMORY */
_must_use_ int device_remember(struct request *req, struct response *res, struct str user_id);

/* The network of a peer: an IPv4 address whole, the first 64 bits of an IPv6 address (one household or host
 * has all the rest), an IPv4-mapped one as IPv4.
 *
 * out       room for 16 bytes
 * returns   bytes written: 4 or 8, or 0 for what is no address
 */
size_t network_of(const char *address, uint8_t *out);
