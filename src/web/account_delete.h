/* Deleting one's account: the page /profile/delete and its JSON (dialect: Accounts). It concerns every part of the server, so
 * it stands above them all.
 *
 *   GET  /profile/delete         session P  read        handle_account_delete_page
 *   POST /profile/delete         session PF transaction handle_account_delete_reserve, worker handle_account_delete_verify,
 *                                           transaction handle_account_delete_finish, crew handle_account_delete_tell
 *   POST /api/auth/user/delete   the same
 *
 * The guess at the password is counted, then judged on the pool. The third step removes, in one transaction, what others could
 * use or see: the account itself, without whose row no session, token or key counts for anything on any node; sessions,
 * credentials, own apps with their logos, schedules, listings; it ends what is under way. What is large goes in batches
 * (jobs/cleanup_people.h,
 * jobs/cleanup_apps.h). The last step tells providers that their tokens are no longer wanted. */
#pragma once

#include "http/response.h"

int handle_account_delete_page(struct request *req, struct response *res);
int handle_account_delete_reserve(struct request *req, struct response *res);
int handle_account_delete_verify(struct request *req, struct response *res);
int handle_account_delete_finish(struct request *req, struct response *res);
int handle_account_delete_tell(struct request *req, struct response *res);
