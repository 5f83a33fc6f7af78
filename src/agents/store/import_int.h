/* What reading and writing the rows of an import share. */
#pragma once

#include "agents/store/import.h"
#include "agents/store/version.h"

/* One row, as far as it was read. */
struct import_row {
        struct store_person person;
        struct store_offer offer;
        int64_t version; /* of the listing */
        bool is_featured, has_featured;
        struct str owner; /* e-mail address; STR_NULL for nobody */
        struct str graph_id;
        int64_t graph_version;
        json_t *graph; /* owned; NULL where graph_id is given */
        struct str source;
        struct store_profile_row profile;
        bool made_profile;
        struct store_listing_row listing;
};

/* Notes why a row is refused. Returns STORE_IMPORT_REFUSED. */
_printf_(2, 3) int store_import_refuse(struct store_import *import, const char *format, ...);

/* Reads a row; row->graph is to be released even then.
 * returns   0, or STORE_IMPORT_REFUSED
 * errors    ERR_NO_MEMORY */
_must_use_ int store_import_read(struct store_import *import, const json_t *object, struct import_row *row);
