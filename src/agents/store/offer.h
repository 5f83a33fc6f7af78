/* What somebody says of an agent that they offer: read from JSON, and held to the store's rules (docs/store.md). */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/str.h"

enum {
        STORE_NAME_MAX = 100, /* characters */
        STORE_HEADING_MAX = 200,
        STORE_TEXT_MAX = 5000, /* of a description, or of instructions */
        STORE_NOTE_MAX = 2000, /* of a summary of changes, or of a comment */
        STORE_URL_MAX = 2000,
        STORE_CATEGORY_MAX = 60,
        STORE_LIST_MAX = 10, /* pictures, categories, links */
};

/* Optional texts are STR_NULL, lists and addresses empty, where they were not given. */
struct store_offer {
        struct str slug, name, sub_heading, description, instructions;
        struct str image_urls, categories; /* JSON arrays */
        struct str image;                  /* the first picture */
        struct str video_url, output_demo_url, changes_summary, cron;
};

struct store_fault {
        const char *field, *type; /* "name", "string_too_long" */
        char text[400];
};

/* Reads an offer.
 *
 * document    JSON object; members that are not known are passed over
 * needs_slug  whether the slug is among them
 * ret         its strings are on the arena
 * errors      ERR_INVALID_FIELD with ret_fault, ERR_NO_MEMORY
 */
_must_use_ int store_offer_read(const json_t *document, bool needs_slug, struct arena *arena,
                                struct store_offer *ret, struct store_fault *ret_fault);

/* How a creator appears. */
struct store_person {
        struct str username, name, description, avatar_url;
        struct str links; /* JSON array */
};

_must_use_ int store_person_read(const json_t *document, struct arena *arena, struct store_person *ret,
                                 struct store_fault *ret_fault);

/* Whether two say the same. */
bool store_offer_equal(const struct store_offer *a, const struct store_offer *b);
