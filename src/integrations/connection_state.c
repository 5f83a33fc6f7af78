#include "integrations/connection_state.h"

#include "base/codec.h"
#include "base/errors.h"
#include "db/statements.h"

enum { TOKEN_BYTES = 32, VERIFIER_MACS = 3 };

int connection_state_create(const struct context *context, struct tx *tx, struct arena *arena,
                            struct connection_state *s, struct secret *ret_token) {
        int64_t now = clock_now(context->clock);
        uint8_t bytes[TOKEN_BYTES];
        struct total_row total;
        struct hash digest;
        int r;

        r = db_connection_states_count(tx, arena, s->user_id, now, &total);
        if (r > 0 && total.total >= CONNECTION_STATES_MAX)
                r = db_connection_states_forget_oldest(tx, s->user_id, now,
                                                       total.total + 1 - CONNECTION_STATES_MAX);
        if (r < 0)
                return r;
        r = random_fill(context->random, bytes, sizeof(bytes));
        if (r < 0)
                return r;
        base64url_encode(str_n(bytes, sizeof(bytes)), ret_token->bytes);
        memory_wipe(bytes, sizeof(bytes));
        ret_token->len = CONNECTION_STATE_LENGTH;
        digest = hash_sha256(secret_str(ret_token));
        s->expires_at = now + CONNECTION_STATE_SECONDS * INT64_C(1000);
        r = db_connection_state_insert(tx, hash_str(&digest), s->user_id, s->provider, s->external,
                                       s->callback_url, s->scopes, s->metadata, s->credential_id,
                                       s->return_to, s->expires_at);
        return r < 0 ? r : 0;
}

int connection_state_take(const struct context *context, struct tx *tx, struct arena *arena, struct str token,
                          struct str user_id, struct str provider, struct connection_state *ret) {
        struct hash digest = hash_sha256(token);
        struct connection_state_row row;
        int r;

        r = db_connection_state_take(tx, arena, hash_str(&digest), user_id, provider.ptr ? provider : STR(""),
                                     clock_now(context->clock), &row);
        if (r <= 0)
                return r < 0 ? r : -ERR_CONNECTION_STATE;
        *ret = (struct connection_state){
                .user_id = row.user_id,
                .provider = row.provider,
                .external = row.external,
                .callback_url = row.callback_url,
                .scopes = row.scopes,
                .metadata = row.metadata,
                .credential_id = row.credential_id,
                .return_to = row.return_to,
                .expires_at = row.expires_at,
        };
        return 0;
}

void connection_state_verifier(const struct context *context, struct str token,
                               char out[CONNECTION_VERIFIER_LENGTH]) {
        uint8_t bytes[VERIFIER_MACS * HASH_SIZE];
        struct hash mac;

        for (size_t i = 0; i < VERIFIER_MACS; i++) {
                const uint8_t number = (uint8_t)i;
                const struct str parts[] = { token, str_n(&number, 1) };

                mac = hash_mac(&context->server_key, STR("PKCE verifier of a connection"), parts,
                               ARRAY_LENGTH(parts));
                memcpy(bytes + i * HASH_SIZE, mac.bytes, HASH_SIZE);
        }
        base64url_encode(str_n(bytes, sizeof(bytes)), out);
        memory_wipe(bytes, sizeof(bytes));
}
