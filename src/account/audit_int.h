/* What the files of the audit trail share. */
#pragma once

#include "account/audit_codec.h"

/* An event of a request, with its caller, address, User-Agent and request id; without its own id. */
struct audit_entry audit_entry_of(const struct request *req, const struct audit *what);
