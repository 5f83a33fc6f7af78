/* What the store shows, as JSON (dialect: Store). */
#pragma once

#include "base/json_write.h"
#include "db/statements.h"

void store_answer_card(struct json_writer *w, const struct store_card_row *card);
void store_answer_creator(struct json_writer *w, const struct store_profile_row *profile);

/* The whole of a listing.
 *
 * versions   the approved ones, newest first; at least one */
void store_answer_listing(struct json_writer *w, const struct store_card_row *card,
                          const struct store_listing_row *listing, const struct store_version_row *versions,
                          size_t n);

/* A member that is a real number. */
void store_answer_real(struct json_writer *w, const char *name, double value);
