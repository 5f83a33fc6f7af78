/* What the files of the audit trail share. */
#pragma once

#include "account/audit_codec.h"

/* An event of a request, with its caller, address, User-Agent and request id; without its own id. */
struct audit_entry audit_entry_of(const struct request *req, const struct audit *what);

/* Numbers as a JSON array, for a statement that takes a list. NULL when memory runs out. */
struct str audit_numbers(struct arena *arena, const int64_t *list, size_t n);
