#include "base/settings_int.h"

int read_rate(const struct setting_row *row, struct str value, struct settings *s,
              const struct settings_problem *p) {
        if (!rate_parse(value, setting_member(row, s)))
                return settings_wrong(p,
                                      "is %s: set it to a number from 1 to %d and a unit, as in 600/minute, "
                                      "20/second or 5000/hour, or to off",
                                      QUOTE(value), RATE_COUNT_MAX);
        return 0;
}
