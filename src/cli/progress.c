#include "cli/progress.h"

#include <stdio.h>

#include "base/attributes.h"

enum { WIDTH = 28 };

void progress_show(const char *what, int64_t done, int64_t total) {
        int filled = total > 0 ? (int)MIN_OF(done * WIDTH / total, (int64_t)WIDTH) : 0;

        progress_hide();
        fprintf(stderr, "[%.*s%*s] %-15s %lld of %lld ", filled, "############################",
                WIDTH - filled, "", what, (long long)done, (long long)total);
}

void progress_hide(void) {
        fputs("\r\033[K", stderr);
}
