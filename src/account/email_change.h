/* How a person changes their e-mail address (dialect: Accounts). */
#pragma once

#include "db/statements.h"
#include "http/request.h"

/* Minutes after signing in within which a session may change the address (OWASP ASVS 5.0, 7.5.1): the dialect's request has no
 * place for a password. A user JWT has no such limit: who made it answers for who its bearer is. */
enum { EMAIL_CHANGE_MINUTES = 15 };

/* Gives the signed-in person another address. Nothing happens when it is theirs already.
 *
 * The address is what they sign in with, so it is nobody else's; asking whose an address is counts like signing up does. That
 * the person reads mail there is not proved, here as at sign-up. Sessions, tokens and keys go on: they belong to the person.
 *
 * req      in a transaction
 * user     their row; on success its address is the new one
 * email    as it was typed
 * errors   ERR_INVALID_FIELD (of "email"), ERR_SIGN_IN_STALE, ERR_THROTTLED, ERR_EMAIL_TAKEN, ERR_STORAGE, ERR_NO_MEMORY
 */
_must_use_ int email_change(struct request *req, struct user_row *user, struct str email);
