#include "account/rate_limit.h"

#include <stdio.h>
#include <stdlib.h>

#include "account/identity.h"
#include "account/throttle.h"

#define NS_PER_MS     INT64_C(1000000)
#define NS_PER_SECOND INT64_C(1000000000)

enum { FIELDS_MAX = 128 };

struct rate_policy {
        enum rate_kind kind;
        struct rate rate;
        struct rate_pace pace;
        char fields
                [FIELDS_MAX]; /* the lines that are the same in each answer, and the next one's beginning */
        size_t fields_length;
};

struct rate_limits {
        struct rate_policy policies[RATE_KINDS];
        struct rate_table *table;
        struct rate_table *uses; /* apps that act for people: rate_limit_use_due() */
};

/* What the limits say of one request; on its arena. */
struct request_rate {
        const struct rate_policy *policy; /* the one that leaves least; NULL if none counted */
        int64_t remaining, reset, retry;  /* units, seconds, seconds */
        bool counted, refused;
        uint64_t hash_name; /* where a hash was counted; 0 for nowhere */
};

/* Who is meant, in a sentence for the caller. */
static const char *const whose[RATE_KINDS] = {
        [RATE_KEY] = "this API key",
        [RATE_TOKEN] = "these access tokens",
        [RATE_USER] = "this account",
        [RATE_CLIENT] = "this application from your network",
        [RATE_ADDRESS] = "wrong credentials from your network",
};

/* Callers of one kind have names of their own; a person's sessions do not share with that person's keys and tokens, so that
 * somebody whose keys run wild can still sign in and revoke them. */
enum { NAME_SESSION = RATE_KINDS };

static void policy_init(struct rate_policy *policy, enum rate_kind kind, const struct rate *rate) {
        int n;

        policy->kind = kind;
        policy->rate = *rate;
        if (rate->count == 0)
                return;
        policy->pace.burst = rate->count;
        policy->pace.interval_ns = rate->seconds * NS_PER_SECOND / rate->count;
        n = snprintf(policy->fields, sizeof(policy->fields),
                     "RateLimit-Policy: %lld;w=%lld\r\nRateLimit-Limit: %lld\r\nRateLimit-Remaining: ",
                     (long long)rate->count, (long long)rate->seconds, (long long)rate->count);
        policy->fields_length = (size_t)n;
}

int rate_limits_new(const struct context *context, struct rate_limits **ret) {
        struct hash key = hash_mac(&context->server_key, STR("rate limits"), NULL, 0);
        struct rate_limits *limits = calloc(1, sizeof(*limits));

        if (limits)
                limits->table = rate_table_new(key.bytes);
        if (limits && limits->table)
                limits->uses = rate_table_new(key.bytes);
        if (!limits || !limits->uses) {
                (void)rate_limits_free(limits);
                return -ERR_NO_MEMORY;
        }
        for (enum rate_kind kind = 0; kind < RATE_KINDS; kind++)
                policy_init(&limits->policies[kind], kind, &context->settings->rates[kind]);
        *ret = limits;
        return 0;
}

struct rate_limits *rate_limits_free(struct rate_limits *limits) {
        if (!limits)
                return NULL;
        limits->table = rate_table_free(limits->table);
        limits->uses = rate_table_free(limits->uses);
        free(limits);
        return NULL;
}

struct rate_table *rate_limits_table(struct rate_limits *limits) {
        return limits->table;
}

static struct request_rate *rate_of(struct request *req) {
        if (!req->rate)
                req->rate = arena_new(&req->arena, struct request_rate);
        return req->rate;
}

static int64_t seconds_of(int64_t ns) {
        return (ns + NS_PER_SECOND - 1) / NS_PER_SECOND;
}

/* Takes from one limit, and notes what it leaves if that is the least. True where there is no such limit. */
static bool take(struct request *req, enum rate_kind kind, uint64_t name, int64_t units) {
        struct rate_limits *limits = req->context->rates;
        const struct rate_policy *policy = &limits->policies[kind];
        struct request_rate *rate = req->rate;
        struct rate_taken taken;
        int64_t remaining;
        bool good;

        if (policy->rate.count == 0)
                return true;
        good = rate_table_take(limits->table, name, &policy->pace, units,
                               clock_now(req->context->clock) * NS_PER_MS, &taken);
        remaining = policy->pace.burst -
                    (taken.debt_ns + policy->pace.interval_ns - 1) / policy->pace.interval_ns;
        if (!good || !rate->policy || remaining < rate->remaining) {
                rate->policy = policy;
                rate->remaining = MAX_OF(remaining, INT64_C(0));
                rate->reset = seconds_of(taken.debt_ns);
        }
        if (good)
                return true;
        rate->refused = true;
        rate->retry = MAX_OF(seconds_of(taken.wait_ns), INT64_C(1));
        metrics_rate_limited(kind);
        return false;
}

static void give_back(struct request *req, enum rate_kind kind, uint64_t name, int64_t units) {
        struct rate_limits *limits = req->context->rates;

        if (limits->policies[kind].rate.count)
                rate_table_give_back(limits->table, name, &limits->policies[kind].pace, units);
}

/* The request's answer so far; a step that runs anew is told the same. */
static int verdict(struct request *req) {
        const struct request_rate *rate = req->rate;
        const struct rate *limit;

        if (!rate->refused)
                return 0;
        limit = &rate->policy->rate;
        req->retry_after = rate->retry;
        return request_refuse(
                req, ERR_RATE_LIMITED,
                "Too many requests: the limit for %s is %lld %s %s. Try again in %lld second%s.",
                whose[rate->policy->kind], (long long)limit->count, limit->seconds == 3600 ? "an" : "a",
                rate_unit(limit), (long long)rate->retry, rate->retry == 1 ? "" : "s");
}

static uint64_t name_of(const struct request *req, uint8_t kind, struct str a, struct str b) {
        return rate_table_name(req->context->rates->table, kind, a, b);
}

/* The network that a request came from: of an IPv4 address the whole, of an IPv6 address the part that one household or
 * host has. */
static struct str network_name(const struct request *req, uint8_t bytes[16]) {
        struct str address = str_of(req->address);

        if (str_find(address, ':') < 0)
                return address; /* written in one way only */
        return str_n(bytes, network_of(req->address, bytes));
}

static void count_caller(struct request *req, int64_t units) {
        const struct identity *who = req->identity;
        enum rate_kind kind = who->kind == IDENTITY_KEY ? RATE_KEY : RATE_TOKEN;
        uint64_t name;

        if (who->kind == IDENTITY_SESSION) {
                (void)take(req, RATE_USER, name_of(req, NAME_SESSION, who->user_id, STR_NULL), units);
                return;
        }
        if (kind == RATE_KEY)
                name = name_of(req, (uint8_t)kind, who->key_id, STR_NULL);
        else
                name = name_of(req, (uint8_t)kind, str_n(&who->authorization, sizeof(who->authorization)),
                               STR_NULL);
        if (!take(req, kind, name, units))
                return;
        if (!take(req, RATE_USER, name_of(req, RATE_USER, who->user_id, STR_NULL), units))
                give_back(req, kind, name, units);
}

int rate_limit_caller(struct request *req, int64_t units) {
        if (!req->context->rates)
                return 0;
        if (!rate_of(req))
                return -ERR_NO_MEMORY;
        if (!req->rate->counted)
                count_caller(req, units);
        req->rate->counted = true;
        return verdict(req);
}

int rate_limit_app(struct request *req, struct str app_id) {
        uint8_t bytes[16];

        if (!req->context->rates)
                return 0;
        if (!rate_of(req))
                return -ERR_NO_MEMORY;
        if (!req->rate->counted)
                (void)take(req, RATE_CLIENT, name_of(req, RATE_CLIENT, app_id, network_name(req, bytes)), 1);
        req->rate->counted = true;
        return verdict(req);
}

int rate_limit_wrong(struct request *req) {
        uint8_t bytes[16];

        if (!req->context->rates)
                return 0;
        if (!rate_of(req))
                return -ERR_NO_MEMORY;
        if (!req->rate->counted && !req->rate->hash_name)
                (void)take(req, RATE_ADDRESS, name_of(req, RATE_ADDRESS, network_name(req, bytes), STR_NULL),
                           1);
        req->rate->counted = true;
        return verdict(req);
}

int rate_limit_hash(struct request *req, struct str owner) {
        uint8_t bytes[16];
        uint64_t name;

        if (!req->context->rates)
                return 0;
        if (!rate_of(req))
                return -ERR_NO_MEMORY;
        if (!req->rate->hash_name && !req->rate->refused) {
                name = name_of(req, RATE_ADDRESS, network_name(req, bytes), owner);
                if (take(req, RATE_ADDRESS, name, RATE_UNITS_HASH))
                        req->rate->hash_name = name;
        }
        return verdict(req);
}

void rate_limit_right(struct request *req) {
        struct request_rate *rate = req->rate;

        if (!rate || !rate->hash_name)
                return;
        give_back(req, RATE_ADDRESS, rate->hash_name, RATE_UNITS_HASH);
        rate->hash_name = 0;
        rate->policy = NULL; /* what it leaves is nothing to whoever was right */
}

static char *put_number(char *at, int64_t value) {
        char digits[20];
        size_t n = sizeof(digits);

        do {
                digits[--n] = (char)('0' + value % 10);
                value /= 10;
        } while (value > 0);
        memcpy(at, digits + n, sizeof(digits) - n);
        return at + sizeof(digits) - n;
}

static char *put(char *at, struct str text) {
        memcpy(at, text.ptr, text.len);
        return at + text.len;
}

struct str rate_limit_fields(struct request *req) {
        const struct request_rate *rate = req->rate;
        char *lines, *at;

        if (!rate || !rate->policy)
                return STR_NULL;
        lines = at = arena_alloc(&req->arena, FIELDS_MAX + 64);
        if (!lines)
                return STR_NULL; /* an answer without them is better than none */
        at = put(at, str_n(rate->policy->fields, rate->policy->fields_length));
        at = put_number(at, rate->remaining);
        at = put(at, STR("\r\nRateLimit-Reset: "));
        at = put_number(at, rate->reset);
        at = put(at, STR("\r\n"));
        return str_n(lines, (size_t)(at - lines));
}

bool rate_limit_use_due(const struct request *req) {
        static const struct rate_pace minute = { .interval_ns = 60 * NS_PER_SECOND, .burst = 1 };
        const struct identity *who = req->identity;
        struct rate_limits *limits = req->context->rates;
        struct rate_taken taken;

        if (!limits || !who || who->kind != IDENTITY_TOKEN)
                return false;
        return rate_table_take(limits->uses, rate_table_name(limits->uses, 0, who->user_id, who->app_id),
                               &minute, 1, clock_now(req->context->clock) * (NS_PER_SECOND / 1000), &taken);
}
