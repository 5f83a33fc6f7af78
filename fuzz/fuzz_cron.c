/* Lines of cron: whatever is accepted has a run that lies ahead, or none at all, and runs grow. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const char *const zones[] = { "UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia" };
        char problem[CRON_PROBLEM_MAX + 1] = "";
        const struct timezone_data *zone;
        int64_t at, next;
        struct cron cron;

        if (size < 5)
                return 0;
        if (timezone_find(str_of(zones[data[0] % 4]), &zone) < 0)
                return 0;
        at = ((int64_t)data[1] << 24 | (int64_t)data[2] << 16 | (int64_t)data[3] << 8 | data[4]) -
             (INT64_C(1) << 30);
        if (cron_parse(str_n(data + 5, size - 5), &cron, problem) < 0) {
                if (strlen(problem) < 10)
                        abort();
                return 0;
        }
        for (int i = 0; i < 3 && cron_next(&cron, zone, at, &next); i++, at = next)
                if (next <= at)
                        abort();
        return 0;
}
