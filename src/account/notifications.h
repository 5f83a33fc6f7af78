/* Which mails a person wants, in the Platform's words. Gatehouse sends none itself: it keeps what front ends and mailers made for
 * a Platform ask for and set (dialect: Accounts). */
#pragma once

#include "base/json_write.h"
#include "db/statements.h"

enum {
        NOTIFICATION_TYPES = 10, /* rows of notification.def */
        NOTIFICATIONS_DAILY = 3, /* mails a day, until a person says otherwise (dialect: Accounts) */
        NOTIFICATIONS_DAILY_MAX = 1000,
};

struct notifications {
        bool wanted[NOTIFICATION_TYPES]; /* by the row of notification.def */
        int64_t daily_limit;
};

/* What a person wants; all types until they said otherwise.
 *
 * user_id   need not exist
 * errors    ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int notifications_read(struct tx *tx, struct arena *arena, struct str user_id,
                                  struct notifications *ret);

/* Stores it in place of what was said before.
 * errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int notifications_write(struct tx *tx, struct arena *arena, struct str user_id,
                                   const struct notifications *wanted);

/* Takes over the object of types and truth values that a person sent; types that it doesn't name stay.
 * What the Platform sends to administrators alone (REFUND_REQUEST, REFUND_PROCESSED) is accepted and not kept.
 *
 * json           the text of an object, or of anything else
 * ret_problem    what is wrong, a constant, when the result is ERR_INVALID_FIELD
 * errors         ERR_INVALID_FIELD: `wanted` is as it was
 */
_must_use_ int notifications_merge(struct notifications *wanted, struct str json, const char **ret_problem);

/* Members of the user object: `max_emails_per_day` and `notify_on_…`. */
void notifications_write_members(struct json_writer *w, const struct notifications *wanted);

/* The object `preferences` itself: type by type whether it is wanted. */
void notifications_write_types(struct json_writer *w, const struct notifications *wanted);
