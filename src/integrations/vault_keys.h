/* The keys that a process holds, and where they come from: ENCRYPTION_KEY with ENCRYPTION_KEYS_OLD, or a file. The database
 * says which of them is current (table vault_keys), and holds a proof of each, by which a wrong one is found out.
 *
 * A process never forgets a key. When it meets one that it does not know it looks into the file anew, if that was changed: so a
 * key may be added while servers run. */
#pragma once

#include "base/private_file.h"
#include "base/settings.h"
#include "db/database.h"
#include "integrations/vault.h"

enum {
        VAULT_KEYS_MAX = 64,        /* of one process, and of one database */
        VAULT_KEY_TEXT_LENGTH = 44, /* as we write it: base64url with its padding */
        VAULT_FILE_MAX = 16 * 1024, /* bytes */
        VAULT_PATH_MAX = 4096,      /* bytes, with the NUL */
        VAULT_PROBLEM_MAX = 1024,   /* bytes of what is told to the operator */
};

/* Takes the keys from the settings, or from the file if there is one. Makes none.
 *
 * settings     encryption_key, encryption_keys_old, encryption_key_file, database_url, key_file; not kept
 * ret_problem  on failure, one line for the operator with the remedy; no key is in it
 * errors       ERR_SETTINGS, ERR_NO_MEMORY
 */
_must_use_ int vault_new(const struct settings *settings, const struct random *random, struct vault **ret,
                         char ret_problem[VAULT_PROBLEM_MAX]);

/* Wipes the keys. Takes NULL; returns NULL. */
struct vault *vault_free(struct vault *vault);

/* Holds the keys against the database. For a database without any secrets yet, the first key becomes its current one; it is
 * made, in a new file, where none was given. Refuses to go on when a key that the database needs is not at hand, or is not
 * the one that it was.
 *
 * errors   ERR_SETTINGS with ret_problem; ERR_RANDOM, ERR_STORAGE, ERR_NO_MEMORY likewise
 */
_must_use_ int vault_start(struct vault *vault, struct database *database, const struct clock *clock,
                           char ret_problem[VAULT_PROBLEM_MAX]);

/* Where the keys come from, for messages: "ENCRYPTION_KEY" or the file's path. */
const char *vault_source_name(const struct vault *vault);
bool vault_has_file(const struct vault *vault);

/* The newest key: ENCRYPTION_KEY, or the last one in the file. What a rotation makes current. STR_NULL without any. */
struct str vault_newest(const struct vault *vault);

/* Whether a key is at hand; looks into the file anew if it is not. */
bool vault_holds(struct vault *vault, struct str key_id);

/* Adds a new key to the end of the file, and to this process.
 *
 * ret_id   VAULT_KEY_ID_LENGTH characters and a NUL
 * errors   ERR_SETTINGS with ret_problem (there is no file; it is full; it cannot be written), ERR_RANDOM */
_must_use_ int vault_add_key(struct vault *vault, char ret_id[VAULT_KEY_ID_LENGTH + 1],
                             char ret_problem[VAULT_PROBLEM_MAX]);

/* A key's proof: a known text, sealed. On the arena. errors: ERR_VAULT, ERR_RANDOM, ERR_NO_MEMORY */
_must_use_ int vault_make_proof(struct vault *vault, struct arena *arena, struct str key_id, struct str *ret);
