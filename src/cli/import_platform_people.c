/* People and their API keys (dialect: API keys). */
#include "account/scope.h"
#include "account/user.h"
#include "base/codec.h"
#include "base/hash.h"
#include "cli/import_platform.h"
#include "db/statements.h"

enum { USER_ID_MAX = 64, KEY_ID_MAX = 64, KEY_NAME_MAX = 1000, KEY_PART = 8, ALIKE_MAX = 2 };

const char import_users_sql[] = "SELECT id, email, name, timezone, " IMPORT_MS(
        "\"createdAt\"") ", " IMPORT_MS("\"updatedAt\"") " FROM \"User\"";

const char import_keys_sql[] =
        "SELECT id, \"userId\", name, description, head, tail, hash, salt, status::text, "
        "to_json(permissions), " IMPORT_MS("\"createdAt\"") ", " IMPORT_MS("\"updatedAt\"") ", " IMPORT_MS(
                "\"lastUsedAt\"") ", " IMPORT_MS("\"revokedAt\"") " FROM \"APIKey\"";

bool import_is_hash(struct str text) {
        uint8_t bytes[HASH_SIZE];

        return text.ptr && hex_decode(text, bytes, sizeof(bytes)) == HASH_SIZE;
}

static bool is_id(struct str id, size_t max) {
        return id.len > 0 && id.len <= max && str_find(id, ' ') < 0 && !str_has_control(id);
}

struct person {
        struct str id, email, name, timezone;
        int64_t created_at, updated_at;
};

/* returns   0, or IMPORT_REFUSED; ERR_NO_MEMORY */
static int read_person(struct import *i, int row, struct person *p) {
        const struct source *s = i->source;
        struct str email = source_text(s, row, 1), name = source_text(s, row, 2);
        int r;

        p->id = source_text(s, row, 0);
        p->timezone = source_text(s, row, 3);
        p->created_at = source_bigint(s, row, 4);
        p->updated_at = source_bigint(s, row, 5);
        p->name = STR_NULL;
        if (!is_id(p->id, USER_ID_MAX))
                return import_refuse(i, "its id is empty, too long or holds a space");
        r = email.ptr ? email_normalise(&i->arena, email, &p->email) : -ERR_INVALID_FIELD;
        if (r == -ERR_NO_MEMORY)
                return r;
        if (r < 0)
                return import_refuse(i, "its e-mail address is not valid");
        if (name.ptr && user_name_check(name, &p->name) < 0)
                return import_refuse(i, "its name is not one line of at most 100 characters");
        if (!p->timezone.ptr)
                p->timezone = STR("not-set");
        if (!str_eq(p->timezone, STR("not-set")) && !timezone_known(p->timezone))
                return import_refuse(i, "its time zone is not one of the IANA database");
        return 0;
}

int import_user(struct import *i, int row) {
        struct import_user_row *alike;
        bool known = false;
        struct person p;
        size_t n;
        int r;

        r = read_person(i, row, &p);
        if (r != 0)
                return r;
        r = db_import_users_like(i->tx, &i->arena, p.id, p.email, ALIKE_MAX, &alike, &n);
        if (r < 0)
                return r;
        for (size_t k = 0; k < n; k++) {
                if (str_eq(alike[k].id, p.id))
                        known = true;
                else
                        return import_refuse(i, "another account here has its e-mail address: change that "
                                                "account's address, then import again");
        }
        if (known) {
                r = db_import_user_update(i->tx, p.id, p.email, p.name, p.timezone, p.updated_at);
                return r < 0 ? r : r ? IMPORT_UPDATED : IMPORT_UNCHANGED;
        }
        r = db_import_user_insert(i->tx, p.id, p.email, p.name, p.timezone, p.created_at, p.updated_at);
        return r < 0 ? r : r ? IMPORT_ADDED : -ERR_CONFLICT;
}

struct key {
        struct str id, user_id, name, description, head, tail, hash, salt, status, permissions;
        int64_t created_at, updated_at, last_used_at, revoked_at;
};

int import_scopes(struct import *i, int row, int column, struct str *ret) {
        const struct str *words;
        scope_set all = 0, one;
        struct str unknown;
        size_t n;
        int r;

        r = source_words(i->source, row, column, &i->arena, &words, &n);
        if (r == -ERR_INVALID_FIELD)
                return import_refuse(i, "its permissions are no list of names");
        if (r < 0)
                return r;
        for (size_t k = 0; k < n; k++) {
                if (!scope_parse(words[k], &one, &unknown))
                        return import_refuse(i, "one of its permissions is unknown here");
                all |= one;
        }
        *ret = scope_text(&i->arena, all);
        return ret->ptr ? 0 : -ERR_NO_MEMORY;
}

static bool is_status(struct str s) {
        return str_eq(s, STR("ACTIVE")) || str_eq(s, STR("SUSPENDED")) || str_eq(s, STR("REVOKED"));
}

static int read_key(struct import *i, int row, struct key *k) {
        const struct source *s = i->source;

        *k = (struct key){ .id = source_text(s, row, 0),
                           .user_id = source_text(s, row, 1),
                           .name = source_text(s, row, 2),
                           .description = source_text(s, row, 3),
                           .head = source_text(s, row, 4),
                           .tail = source_text(s, row, 5),
                           .hash = source_text(s, row, 6),
                           .salt = source_text(s, row, 7),
                           .status = source_text(s, row, 8),
                           .created_at = source_bigint(s, row, 10),
                           .updated_at = source_bigint(s, row, 11),
                           .last_used_at = source_bigint(s, row, 12),
                           .revoked_at = source_bigint(s, row, 13) };
        if (!is_id(k->id, KEY_ID_MAX))
                return import_refuse(i, "its id is empty, too long or holds a space");
        if (k->name.len > KEY_NAME_MAX || str_has_control(k->name))
                return import_refuse(i, "its name is too long or holds control characters");
        if (k->head.len != KEY_PART || k->tail.len != KEY_PART || !str_starts_with(k->head, STR("agpt_")))
                return import_refuse(i, "its head and tail are not eight characters each of a key");
        if (!import_is_hash(k->hash) || (k->salt.ptr && !import_is_hash(k->salt)))
                return import_refuse(i, "its hash or salt is not 32 bytes in hex");
        if (!is_status(k->status))
                return import_refuse(i, "its status is unknown here");
        if (str_eq(k->status, STR("REVOKED")) && !k->revoked_at)
                k->revoked_at = i->now;
        return import_scopes(i, row, 9, &k->permissions);
}

static int update_key(struct import *i, const struct key *k, const struct import_key_row *here) {
        int stopped = 0, updated;

        if (!str_eq(here->user_id, k->user_id))
                return import_refuse(i, "a key with its id belongs to somebody else here");
        if (!str_eq(k->status, STR("ACTIVE")))
                stopped = db_import_key_stop(i->tx, k->id, k->status, k->revoked_at);
        if (stopped < 0)
                return stopped;
        updated = db_import_key_update(i->tx, k->id, k->name, k->description, k->permissions, k->updated_at);
        if (updated < 0)
                return updated;
        return stopped ? IMPORT_REVOKED : updated ? IMPORT_UPDATED : IMPORT_UNCHANGED;
}

int import_key(struct import *i, int row) {
        struct import_key_row here;
        struct user_row owner;
        struct key k;
        int r;

        r = read_key(i, row, &k);
        if (r != 0)
                return r;
        r = db_import_key_find(i->tx, &i->arena, k.id, &here);
        if (r < 0)
                return r;
        if (r == 1)
                return update_key(i, &k, &here);
        r = db_user_by_id(i->tx, &i->arena, k.user_id, &owner);
        if (r < 0)
                return r;
        if (r == 0)
                return import_refuse(i, "its owner is unknown here");
        r = db_import_key_insert(i->tx, k.id, k.user_id, k.name, k.description, k.head, k.tail, k.hash,
                                 k.salt, k.status, k.permissions, k.created_at, k.updated_at, k.last_used_at,
                                 k.revoked_at);
        return r < 0 ? r : r ? IMPORT_ADDED : -ERR_CONFLICT;
}
