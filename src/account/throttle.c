#include "account/throttle.h"

#include <arpa/inet.h>

#include "base/codec.h"
#include "base/secret.h"
#include "db/statements.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };
enum { NONCE_SIZE = 16, NONCE_LENGTH = 22, MAC_LENGTH = 43, DEVICE_LENGTH = NONCE_LENGTH + 1 + MAC_LENGTH };

/* How far the clocks of two servers may stand apart. */
enum { SKEW_MAX_MS = MINUTE };

#define DEVICE_MAX_AGE (INT64_C(365) * 24 * 3600) /* seconds */

const struct throttle_limit throttle_limits[THROTTLE_KINDS] = {
        /* enough for somebody who tries the passwords they remember; 1,450 guesses a day find none that is
         * not common */
        [THROTTLE_ACCOUNT_NETWORK] = { .burst = 10, .interval_ms = MINUTE },
        /* at most 80 failures in an hour whatever the number of networks: NIST SP 800-63B allows 100 before
         * more must be asked than a password. One network can't fill it; two can, for as long as they go on */
        [THROTTLE_ACCOUNT] = { .burst = 20, .interval_ms = MINUTE },
        /* an office or a school behind one address signs in at once; successes don't count. Slows one who
         * tries one password at many accounts */
        [THROTTLE_NETWORK] = { .burst = 100, .interval_ms = 10 * SECOND },
        /* as the first: a stolen cookie opens no more guesses than a new network would */
        [THROTTLE_DEVICE] = { .burst = 10, .interval_ms = MINUTE },
        /* a class or a team joins at once; each try also tells whether an address is taken */
        [THROTTLE_SIGNUP] = { .burst = 100, .interval_ms = 30 * SECOND },
};

size_t network_of(const char *address, uint8_t *out) {
        static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
        uint8_t bytes[16];

        if (inet_pton(AF_INET, address, out) == 1)
                return 4;
        if (inet_pton(AF_INET6, address, bytes) != 1)
                return 0;
        if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
                memcpy(out, bytes + sizeof(mapped), 4);
                return 4;
        }
        memcpy(out, bytes, 8);
        return 8;
}

static void bucket_name(const struct context *context, enum throttle_kind kind, struct str account,
                        struct str network, char out[THROTTLE_NAME_LENGTH]) {
        char letter = (char)('a' + kind);
        struct str parts[] = { str_n(&letter, 1), account, network };
        struct hash h = hash_mac(&context->server_key, STR("throttle"), parts, ARRAY_LENGTH(parts));

        out[0] = letter;
        base64url_encode(hash_str(&h), out + 1);
        out[THROTTLE_NAME_LENGTH - 1] = 0;
}

static int64_t burst_ms(enum throttle_kind kind) {
        return (throttle_limits[kind].burst - 1) * throttle_limits[kind].interval_ms;
}

/* Seconds until a full bucket lets one more through. */
static int retry_after(struct request *req, enum throttle_kind kind, struct str name, int64_t *ret) {
        int64_t now = clock_now(req->context->clock), wait;
        struct throttle_row row;
        int r;

        r = db_throttle_find(req->tx, &req->arena, name, &row);
        if (r < 0)
                return r;
        wait = r == 1 ? row.free_at - burst_ms(kind) - now : 0;
        *ret = wait > SECOND ? (wait + SECOND - 1) / SECOND : 1;
        return 0;
}

/* Empties a bucket that is fuller than guesses can make it: it was filled before the clock was set back, and would
 * keep everybody out until that time comes again.
 * returns   1 if it did, 0 if the bucket is merely full */
static int forget_other_time(struct request *req, enum throttle_kind kind, struct str name) {
        int64_t most = burst_ms(kind) + throttle_limits[kind].interval_ms + SKEW_MAX_MS;
        struct throttle_row row;
        int r;

        r = db_throttle_find(req->tx, &req->arena, name, &row);
        if (r <= 0 || row.free_at - clock_now(req->context->clock) <= most)
                return MIN_OF(r, 0);
        return db_throttle_clear(req->tx, name);
}

static int count(struct request *req, enum throttle_kind kind, struct str name) {
        struct throttle_row row;

        return db_throttle_take(req->tx, &req->arena, name, clock_now(req->context->clock),
                                throttle_limits[kind].interval_ms, burst_ms(kind), &row);
}

/* Counts in one bucket more; a full one gives back what the earlier ones counted. */
static int take(struct request *req, enum throttle_kind kind, struct str account, struct str network,
                struct throttle_taken *taken) {
        char *name = taken->list[taken->n].name;
        int r;

        bucket_name(req->context, kind, account, network, name);
        r = count(req, kind, str_of(name));
        if (r == 0) {
                r = forget_other_time(req, kind, str_of(name));
                if (r > 0)
                        r = count(req, kind, str_of(name));
        }
        if (r < 0)
                return r;
        if (r == 0) {
                r = retry_after(req, kind, str_of(name), &req->retry_after);
                if (r >= 0)
                        r = throttle_refund(req->tx, taken);
                return r < 0 ? r : -ERR_THROTTLED;
        }
        taken->list[taken->n++].kind = kind;
        return 0;
}

struct str device_cookie_name(const struct settings *settings) {
        return settings->public_https ? STR("__Host-gatehouse_device") : STR("gatehouse_device");
}

static void device_mac(const struct context *context, struct str user_id, struct str nonce,
                       char out[MAC_LENGTH]) {
        struct str parts[] = { user_id, nonce };
        struct hash h = hash_mac(&context->server_key, STR("device"), parts, ARRAY_LENGTH(parts));

        base64url_encode(hash_str(&h), out);
}

/* The nonce of the device cookie if it was made for this account; STR_NULL else. */
static struct str device_nonce(const struct request *req, struct str user_id) {
        struct str cookie = request_cookie(req, device_cookie_name(req->context->settings));
        char mac[MAC_LENGTH];

        if (!user_id.ptr || cookie.len != DEVICE_LENGTH || cookie.ptr[NONCE_LENGTH] != '.')
                return STR_NULL;
        device_mac(req->context, user_id, str_first(cookie, NONCE_LENGTH), mac);
        if (!secret_equal(str_from(cookie, NONCE_LENGTH + 1), str_n(mac, sizeof(mac))))
                return STR_NULL;
        return str_first(cookie, NONCE_LENGTH);
}

int device_remember(struct request *req, struct response *res, struct str user_id) {
        const struct settings *settings = req->context->settings;
        uint8_t nonce[NONCE_SIZE];
        char text[DEVICE_LENGTH];
        int r;

        if (device_nonce(req, user_id).ptr)
                return 0;
        r = random_fill(req->context->random, nonce, sizeof(nonce));
        if (r < 0)
                return r;
        base64url_encode(str_n(nonce, sizeof(nonce)), text);
        text[NONCE_LENGTH] = '.';
        device_mac(req->context, user_id, str_n(text, NONCE_LENGTH), text + NONCE_LENGTH + 1);
        return response_cookie(res, device_cookie_name(settings), str_n(text, sizeof(text)), DEVICE_MAX_AGE,
                               settings->public_https);
}

static struct str network_str(const struct request *req, uint8_t bytes[16]) {
        return str_n(bytes, network_of(req->address, bytes));
}

int throttle_login(struct request *req, struct str email, struct str user_id, struct throttle_taken *ret) {
        struct str nonce = device_nonce(req, user_id), network;
        struct throttle_taken taken = { .n = 0 };
        uint8_t bytes[16];
        int r;

        network = network_str(req, bytes);
        if (nonce.ptr) {
                r = take(req, THROTTLE_DEVICE, user_id, nonce, &taken);
        } else {
                r = take(req, THROTTLE_ACCOUNT_NETWORK, email, network, &taken);
                if (r >= 0)
                        r = take(req, THROTTLE_ACCOUNT, email, STR(""), &taken);
                if (r >= 0)
                        r = take(req, THROTTLE_NETWORK, STR(""), network, &taken);
        }
        if (r < 0)
                return r;
        *ret = taken;
        return 0;
}

int throttle_signup(struct request *req, struct throttle_taken *ret) {
        struct throttle_taken taken = { .n = 0 };
        struct str network;
        uint8_t bytes[16];
        int r;

        network = network_str(req, bytes);
        r = take(req, THROTTLE_SIGNUP, STR(""), network, &taken);
        if (r < 0)
                return r;
        *ret = taken;
        return 0;
}

int throttle_refund(struct tx *tx, const struct throttle_taken *taken) {
        for (size_t i = 0; i < taken->n; i++) {
                int r = db_throttle_refund(tx, str_of(taken->list[i].name),
                                           throttle_limits[taken->list[i].kind].interval_ms);

                if (r < 0)
                        return r;
        }
        return 0;
}
