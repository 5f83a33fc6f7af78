/* Who uses a person's credentials, for people: the agents whose nodes name one, with how many schedules run them, and the apps that
 * it was chosen for in the set-up wizard. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "db/statements.h"

enum { CREDENTIAL_USES_MAX = 1000 }; /* agents of all of a person's credentials, and apps likewise */

/* Of all of a person's credentials; on the arena. */
struct credential_uses {
        struct credential_agent_row *agents;
        struct credential_app_row *apps;
        size_t n_agents, n_apps;
};

/* errors   ERR_STORAGE, ERR_NO_MEMORY */
_must_use_ int credential_uses_find(struct tx *tx, struct arena *arena, struct str user_id,
                                    struct credential_uses *ret);

/* Those of one credential: `agents` with name and, in words, schedules; `apps` with name. NULL without memory. */
json_t *credential_uses_json(const struct credential_uses *uses, struct arena *arena,
                             struct str credential_id);
