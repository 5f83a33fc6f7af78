/* What an administrator decides about a submission: over the API and on the page. */
#pragma once

#include "db/statements.h"
#include "http/request.h"

/* Approves or refuses what waits, as it is in `row`, in the request's transaction, and puts it on record.
 *
 * comments   what its maker reads; empty for none
 * errors     ERR_SUBMISSION_DECIDED (somebody was quicker, or it was changed), ERR_GRAPH_NOT_FOUND (with its text), ERR_STORAGE,
 *            ERR_NO_MEMORY */
_must_use_ int store_submission_decide(struct request *req, const struct store_submission_row *row, bool yes,
                                       struct str comments);
