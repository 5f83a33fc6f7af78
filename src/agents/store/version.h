/* Versions of listings, as people hand them in and imports bring them. */
#pragma once

#include "agents/store/listing.h"
#include "agents/store/offer.h"

enum {
        STORE_LISTINGS_MAX = 1000, /* of one creator who hands them in */
        STORE_VERSIONS_MAX = 1000000,
};

/* A version on its way into storage. */
struct store_draft {
        const struct store_offer *offer;
        struct str graph_id;
        int64_t graph_version;
        struct str status; /* DRAFT, PENDING, APPROVED, REJECTED */
        struct str source; /* see store_versions; empty for what people hand in */
};

/* Adds a version to a listing.
 *
 * number   that the listing does not have yet
 * ret_id   ID_UUID_LENGTH characters and NUL
 * errors   ERR_SUBMISSION_OPEN (somebody else added one at the same time), ERR_RANDOM, ERR_STORAGE */
_must_use_ int store_version_add(struct tx *tx, const struct context *context, int64_t listing_id,
                                 int64_t number, const struct store_draft *draft,
                                 char ret_id[ID_UUID_LENGTH + 1]);

/* Replaces what a version says.
 *
 * was      the status that it was seen with
 * errors   ERR_SUBMISSION_DECIDED (it has another one by now: what was approved must not become something else unseen),
 *          ERR_STORAGE */
_must_use_ int store_version_change(struct tx *tx, const struct context *context, struct str id,
                                    struct str was, const struct store_draft *draft);

/* The listing of a creator by its slug, made if it isn't there.
 *
 * errors   ERR_SLUG_TAKEN (by another agent), ERR_SUBMISSIONS_FULL, ERR_STORAGE */
_must_use_ int store_listing_open(struct tx *tx, const struct context *context, struct arena *arena,
                                  int64_t profile_id, struct str slug, struct str graph_id,
                                  struct store_listing_row *ret);
