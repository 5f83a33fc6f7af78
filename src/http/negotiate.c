#include "http/negotiate.h"

/* Whether parameters weigh it 0: "q=0", "q=0.000". */
static bool weighs_nothing(struct str parameters) {
        struct str parameter;

        while (str_next(&parameters, ';', &parameter)) {
                parameter = str_trim(parameter);
                if (parameter.len < 3 || (parameter.ptr[0] | 0x20) != 'q' || parameter.ptr[1] != '=')
                        continue;
                for (size_t i = 2; i < parameter.len; i++)
                        if (parameter.ptr[i] != '0' && parameter.ptr[i] != '.')
                                return false;
                return true;
        }
        return false;
}

bool accepts_gzip(struct str accept_encoding) {
        struct str rest = accept_encoding, item;
        bool any = false;

        while (rest.ptr && str_next(&rest, ',', &item)) {
                struct str parameters = item, coding = STR_NULL;

                if (!str_next(&parameters, ';', &coding))
                        continue;
                coding = str_trim(coding);
                if (str_eq_ignore_case(coding, STR("gzip")) || str_eq_ignore_case(coding, STR("x-gzip")))
                        return !weighs_nothing(parameters);
                if (str_eq(coding, STR("*")))
                        any = !weighs_nothing(parameters);
        }
        return any;
}

bool etag_matches(struct str if_none_match, struct str etag) {
        struct str rest = if_none_match, item;

        while (rest.ptr && str_next(&rest, ',', &item)) {
                item = str_trim(item);
                if (str_eq(item, STR("*")))
                        return true;
                if (str_starts_with(item, STR("W/")))
                        item = str_from(item, 2);
                if (str_eq(item, etag))
                        return true;
        }
        return false;
}
