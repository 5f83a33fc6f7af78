/* The kinds of events, as audit_event.def has them. */
#include "account/audit_codec.h"

/* clang-format off */
static const struct audit_kind kinds[] = {
#define DONE false
#define REFUSED true
#define X(code, name, wire, outcome, sentence) { code, STR_INIT(wire), STR_INIT(sentence), outcome },
#include "account/audit_event.def"
#undef X
#undef DONE
#undef REFUSED
};
/* clang-format on */

const struct audit_kind *audit_kind(unsigned code) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                if (kinds[i].code == code)
                        return &kinds[i];
        return NULL;
}

const struct audit_kind *audit_kind_at(unsigned i) {
        return i < ARRAY_LENGTH(kinds) ? &kinds[i] : NULL;
}

const struct audit_kind *audit_kind_named(struct str name) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                if (str_eq(kinds[i].name, name))
                        return &kinds[i];
        return NULL;
}
