/* The audit trail: who did what, with which app or key, from where and when. It only grows: events are committed with
 * what they tell of (db/record.h), then sealed into a chain of hashes (account/audit_seal.h) that shows later changes.
 *
 * A handler calls audit() within the transaction of the act; both hold or neither. What is refused has no transaction,
 * or none that stays: audit_soon() gathers it in memory and it is stored about once a second.
 *
 *         r = audit(req, &(struct audit){ AUDIT_KEY_REVOKED, .key_id = key.id });
 *
 * Never a secret, a token or a password, nor what a stranger typed: people type passwords into the wrong field. */
#pragma once

#include "base/context.h"
#include "db/tx.h"
#include "http/request.h"

/* Codes are stored; names and sentences stand in audit_event.def. */
enum audit_event {
#define X(code, name, wire, outcome, sentence) AUDIT_##name = (code),
#include "account/audit_event.def"
#undef X
};

enum {
        AUDIT_SUBJECT_MAX = 100, /* bytes; longer ones are cut */
        AUDIT_DETAIL_MAX = 200,
        AUDIT_USER_AGENT_MAX = 120,
};

/* An event as its place in the code knows it. All but the first may be left out. Texts longer than their maximum are cut. */
struct audit {
        enum audit_event event;
        struct str user_id; /* the person whom it concerns; STR_NULL: who calls, as req->identity says */
        struct str app_id;  /* STR_NULL: the app that calls, if one does */
        struct str key_id;  /* STR_NULL: the API key that calls, if one does */
        struct str subject; /* id of what was acted on: a credential, graph, execution, schedule, listing */
        struct str
                detail; /* UTF-8, for people: a scope list, a provider, a name that was chosen by the person */
        const char *reason;             /* of a refusal: the error's identifier, see error_row() */
        int64_t authorization, session; /* 0: what req->identity says */
        int64_t count;                  /* how many times; 0 for once */
        bool alone; /* signing in and the like: whoever's session came along has nothing to do with it */
};

/* Puts an event on record, in the request's transaction; address, User-Agent and request id are the request's. An event whose
 * transaction is undone is undone with it.
 *
 * errors   ERR_INTERNAL (no write transaction), ERR_NO_MEMORY, ERR_STORAGE
 */
_must_use_ int audit(struct request *req, const struct audit *what);

/* What has no transaction, or one that is undone, as refusals have: gathered in memory (account/audit_gather.h), stored within about a
 * second, and lost when the process is killed before. From any thread that has the request. Cheap, and bounded in a flood. */
void audit_soon(const struct request *req, const struct audit *what);

/* As audit(), for what the server does by itself: a schedule that starts an agent, a token that is renewed.
 *
 * job   "scheduler", …: stands where the User-Agent of a request stands */
_must_use_ int audit_job(const struct context *context, struct tx *tx, const char *job,
                         const struct audit *what);

/* The same for a command (`gatehouse user create`), which has no node number and leases one for this transaction alone.
 *
 * command   as the person typed it, without arguments; the number of the system's user is added
 * errors    also those of node_lease() */
_must_use_ int audit_command(const struct context *context, struct tx *tx, struct arena *arena,
                             const char *command, const struct audit *what);
