#include "base/rate.h"

static const struct {
        const char *name;
        int64_t seconds;
} units[] = { { "second", 1 }, { "minute", 60 }, { "hour", 3600 } };

static const char *const kind_names[RATE_KINDS] = {
        [RATE_KEY] = "key",       [RATE_TOKEN] = "token",     [RATE_USER] = "user",
        [RATE_CLIENT] = "client", [RATE_ADDRESS] = "address",
};

bool rate_parse(struct str text, struct rate *ret) {
        ptrdiff_t slash = str_find(text, '/');
        uint64_t count;

        if (str_eq(text, STR("off"))) {
                *ret = (struct rate){ 0, 1 };
                return true;
        }
        if (slash < 0 || !str_to_uint(str_first(text, (size_t)slash), RATE_COUNT_MAX, &count) || count == 0)
                return false;
        for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
                if (!str_eq(str_from(text, (size_t)slash + 1), str_of(units[i].name)))
                        continue;
                *ret = (struct rate){ (int64_t)count, units[i].seconds };
                return true;
        }
        return false;
}

const char *rate_kind_name(enum rate_kind kind) {
        return kind_names[kind];
}

const char *rate_unit(const struct rate *rate) {
        for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
                if (units[i].seconds == rate->seconds)
                        return units[i].name;
        return units[0].name;
}
