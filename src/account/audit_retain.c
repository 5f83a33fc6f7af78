#include "account/audit_retain.h"

#include "account/audit_index.h"
#include "account/audit_verify.h"
#include "base/log.h"

enum { MEMORY_MAX = 2 * 1024 * 1024 };

struct removing {
        struct tx *tx;
        const struct mac_key *keys; /* the server's, and those that were so before */
        size_t n_keys;
        bool anew; /* the anchor is another key's, and is to be the server's */
        struct arena arena;
        int64_t seq, events; /* of the anchor: the last that was removed; events of all that were */
        struct hash hash;
};

static void say_changed(const char *what, int64_t segment) {
        LOG(LOG_ERROR, "the audit trail was changed: nothing more of it is removed",
            LOG_STR("what", str_of(what)), LOG_INT("segment", segment));
}

/* Which of the keys a seal bears; NULL for none of them. */
static const struct mac_key *key_of(const struct removing *m, struct str key_id) {
        for (size_t i = 0; i < m->n_keys; i++) {
                struct audit_key_id id = audit_key_id(&m->keys[i]);

                if (str_eq(key_id, str_n(id.bytes, sizeof(id.bytes))))
                        return &m->keys[i];
        }
        return NULL;
}

/* Whether a seal bears a key that is known, but not its MAC. A forged segment of another key does no harm: the next one, which stays,
 * does not follow from it. */
static bool forged(const struct removing *m, const struct audit_segment_row *s) {
        const struct mac_key *key = key_of(m, s->key_id);
        struct hash mac;

        if (!key)
                return false;
        mac = audit_segment_mac(key, &m->hash);
        return !hash_equal(&mac, s->mac);
}

/* Where the last removal ended. An anchor of an unknown key may be anybody's: what it says is gone may have been taken out, and to go on
 * from there would hide that. Returns 1 to go on, 0 to leave all as it is. */
static int find_anchor(struct removing *m) {
        struct audit_mark_row anchor;
        const struct mac_key *key;
        struct hash mac = { 0 };
        int r;

        r = db_audit_mark(m->tx, &m->arena, AUDIT_ANCHOR, &anchor);
        if (r < 0)
                return r;
        if (r == 0)
                return 1;
        key = key_of(m, anchor.key_id);
        if (!key) {
                LOG(LOG_ERROR, "nothing more of the audit trail is removed: its anchor bears another key",
                    LOG_INT("segment", anchor.seq),
                    LOG_STR("remedy",
                            STR("gatehouse cleanup --old-key, with the key file that was replaced")));
                return 0;
        }
        mac = audit_mark_mac(key, AUDIT_ANCHOR, &anchor);
        if (!hash_equal(&mac, anchor.mac) || anchor.hash.len != sizeof(m->hash.bytes)) {
                say_changed("the anchor", anchor.seq);
                return 0;
        }
        m->anew = key != m->keys;
        m->seq = anchor.seq;
        m->events = anchor.events;
        memcpy(m->hash.bytes, anchor.hash.ptr, anchor.hash.len);
        return 1;
}

/* Removes the oldest segment. Returns 1 if it did, 0 if it stays. */
static int oldest_remove(struct removing *m, int64_t before) {
        struct audit_segment_row *s;
        struct hash previous = m->hash;
        size_t n;
        int r;

        arena_reset(&m->arena);
        r = db_audit_segments_after(m->tx, &m->arena, m->seq, 1, &s, &n);
        if (r < 0 || n == 0 || s->last_id >= id_at(before))
                return MIN_OF(r, 0);
        m->hash = audit_segment_hash(s, hash_str(&previous));
        if (s->seq != m->seq + 1 || !hash_equal(&m->hash, s->hash) || !audit_segment_holds(s) ||
            forged(m, s)) {
                m->hash = previous;
                say_changed("a segment", m->seq + 1);
                return 0;
        }
        r = db_audit_segment_delete(m->tx, s->seq);
        if (r < 0)
                return r;
        m->seq = s->seq;
        m->events += s->count;
        return 1;
}

int audit_remove_before(struct tx *tx, const struct mac_key *keys, size_t n_keys, int64_t before,
                        int64_t limit) {
        struct removing m = { .tx = tx, .keys = keys, .n_keys = n_keys };
        int r, removed = 0;

        arena_init(&m.arena, MEMORY_MAX);
        r = find_anchor(&m);
        while (r > 0 && removed < limit) {
                r = oldest_remove(&m, before);
                if (r > 0)
                        removed++;
        }
        if (r >= 0 && removed)
                r = audit_index_remove(tx, &m.arena, m.seq);
        if (r >= 0 && (removed || m.anew))
                r = audit_mark_store(tx, keys, AUDIT_ANCHOR, m.seq, m.events, hash_str(&m.hash));
        arena_done(&m.arena);
        return r < 0 ? r : removed;
}
