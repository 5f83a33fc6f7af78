/* For how long an app's former secret may go on beside its new one. */
#pragma once

#include "base/str.h"

enum { APP_OVERLAP_DEFAULT_S = 24 * 3600 };

struct app_overlap {
        int64_t seconds;
        struct str text;
};

extern const struct app_overlap app_overlaps[]; /* secret.c */
extern const size_t app_overlaps_count;
