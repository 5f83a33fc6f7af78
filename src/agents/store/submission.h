/* Submissions as they are answered. */
#pragma once

#include "agents/paging.h"
#include "base/json_write.h"
#include "db/statements.h"
#include "http/response.h"

enum { STORE_SUBMISSIONS_BYTES = 16 * 1024 * 1024 }; /* memory of a request that lists them */

void store_submission_answer(struct json_writer *w, const struct store_submission_row *row);

/* A page of them: {"submissions": […], "pagination": {…}}. */
void store_submissions_answer(struct response *res, const struct store_submission_row *rows, size_t n,
                              int64_t total, const struct paging *paging);
