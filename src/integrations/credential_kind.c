#include "integrations/credential.h"

static const struct kind_row {
        struct str name;
        enum credential_kind kind;
} kinds[] = {
        { STR_INIT("oauth2"), CREDENTIAL_OAUTH2 },
        { STR_INIT("api_key"), CREDENTIAL_API_KEY },
        { STR_INIT("user_password"), CREDENTIAL_USER_PASSWORD },
        { STR_INIT("host_scoped"), CREDENTIAL_HOST_SCOPED },
};

struct str credential_kind_name(enum credential_kind kind) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                if (kinds[i].kind == kind)
                        return kinds[i].name;
        return STR_NULL;
}

bool credential_kind_find(struct str name, enum credential_kind *ret) {
        for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
                if (str_eq(kinds[i].name, name)) {
                        *ret = kinds[i].kind;
                        return true;
                }
        return false;
}

struct str credential_state_name(enum credential_state state) {
        return state == CREDENTIAL_RECONNECT_NEEDED ? STR("reconnect_needed") : STR("ok");
}
