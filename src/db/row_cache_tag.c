#include "db/row_cache_tag.h"

#include "db/statements.h"

struct tag_column {
        enum tag kind;
        enum db_type type;
        size_t offset; /* in the row */
};

/* Deletes and changes of other rows than these don't touch what the statement finds. */
struct row_tags {
        unsigned statement;
        bool by_key; /* the key itself names what the row is */
        enum tag key_kind;
        unsigned n_columns;
        struct tag_column columns[TAGS_MAX - 1];
};

static const struct row_tags tables[] = {
        { DB_STATEMENT_access_token_live,
          true,
          TAG_TOKEN,
          3,
          { { TAG_AUTHORIZATION, DB_BIGINT, offsetof(struct access_token_row, authorization_id) },
            { TAG_APP, DB_TEXT, offsetof(struct access_token_row, app_id) },
            { TAG_USER, DB_TEXT, offsetof(struct access_token_row, user_id) } } },
        { DB_STATEMENT_session_with_user,
          true,
          TAG_SESSION,
          1,
          { { TAG_USER, DB_TEXT, offsetof(struct session_row, user_id) } } },
        { DB_STATEMENT_app_by_client_id,
          false,
          TAG_APP,
          1,
          { { TAG_APP, DB_TEXT, offsetof(struct app_row, id) } } },
        { DB_STATEMENT_store_state, true, TAG_STORE, 0, { { 0 } } },
};

static const struct {
        struct str name;
        bool number;
} kinds[TAG_KINDS] = {
        [TAG_USER] = { STR_INIT("user"), false },
        [TAG_APP] = { STR_INIT("app"), false },
        [TAG_AUTHORIZATION] = { STR_INIT("authorization"), true },
        [TAG_TOKEN] = { STR_INIT("token"), true },
        [TAG_SESSION] = { STR_INIT("session"), true },
        [TAG_STORE] = { STR_INIT("store"), true },
};

const struct row_tags *row_tags_of(unsigned statement) {
        for (size_t i = 0; i < ARRAY_LENGTH(tables); i++)
                if (tables[i].statement == statement)
                        return &tables[i];
        return NULL;
}

/* The finalizer of MurmurHash3 (Appleby, public domain): every bit of the input sways every bit of the output. */
static uint64_t mix(uint64_t x) {
        x ^= x >> 33;
        x *= UINT64_C(0xff51afd7ed558ccd);
        x ^= x >> 33;
        x *= UINT64_C(0xc4ceb9fe1a85ec53);
        return x ^ x >> 33;
}

/* Who chooses keys chooses collisions too, but only rows that exist are kept: there is nothing to gain. */
static uint64_t hash_text(uint64_t kind, struct str text) {
        uint64_t h = kind + 1;

        for (; text.len >= 8; text = str_from(text, 8)) {
                uint64_t word;

                memcpy(&word, text.ptr, 8);
                h = mix(h ^ word);
        }
        for (size_t i = 0; i < text.len; i++)
                h = h << 8 ^ h >> 56 ^ str_at(text, i);
        return mix(h + text.len);
}

static uint64_t hash_number(uint64_t kind, int64_t number) {
        return mix(mix((uint64_t)number) + kind + 1);
}

uint64_t row_key_hash(unsigned statement, const struct db_value *key) {
        uint64_t kind = TAG_KINDS + (uint64_t)statement;

        return key->type == DB_TEXT ? hash_text(kind, key->bytes) : hash_number(kind, key->number);
}

uint64_t row_tag_number(enum tag kind, int64_t id) {
        return hash_number(kind, id);
}

unsigned row_tag_hashes(unsigned statement, const struct db_value *key, const void *row,
                        uint64_t hashes[TAGS_MAX]) {
        const struct row_tags *t = row_tags_of(statement);
        unsigned n = 0;

        if (t->by_key)
                hashes[n++] = hash_number(t->key_kind, key->number);
        for (unsigned i = 0; i < t->n_columns; i++) {
                const void *member = (const char *)row + t->columns[i].offset;

                hashes[n++] = t->columns[i].type == DB_TEXT
                                      ? hash_text(t->columns[i].kind, *(const struct str *)member)
                                      : hash_number(t->columns[i].kind, *(const int64_t *)member);
        }
        return n;
}

bool row_tag_parse(struct str kind, struct str id, uint64_t *ret) {
        uint64_t number;

        for (unsigned i = 0; i < TAG_KINDS; i++) {
                if (!str_eq(kind, kinds[i].name))
                        continue;
                if (!kinds[i].number)
                        *ret = hash_text(i, id);
                else if (str_to_uint(id, INT64_MAX, &number))
                        *ret = hash_number(i, (int64_t)number);
                else
                        return false;
                return true;
        }
        return false;
}
