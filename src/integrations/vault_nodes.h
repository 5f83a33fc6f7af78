/* Which keys of the vault the running servers have: each says so as it starts and whenever it renews its lease, so that a rotation
 * brings in no key that one of them lacks. It would store and open nothing from then on. */
#pragma once

#include "db/node.h"
#include "db/statements.h"
#include "integrations/vault_keys.h"

enum { VAULT_NODES_MAX = 1024 };

/* Says which keys this server has, the file's newest among them. errors: ERR_STORAGE */
_must_use_ int vault_nodes_announce(struct tx *tx, struct vault *vault, const struct node *node);

/* The servers that run and lack a key. Who shares this process's key file will find it there.
 *
 * now   milliseconds
 * ret   on the arena; with an empty place: their keys are from the environment, so they get it by a restart alone
 * errors   ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int vault_nodes_without(struct tx *tx, struct arena *arena, const struct vault *vault,
                                   struct str key_id, int64_t now, struct node_vault_row **ret,
                                   size_t *ret_n);
