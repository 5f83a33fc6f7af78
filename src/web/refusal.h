/* Puts refusals on record (account/audit.h): of apps that don't prove who they are, of grants, of calls by somebody who is known, and of limits that an app or somebody known has reached. Who
 * is not known at all leaves a line in the log and a count in the metrics. */
#pragma once

#include "web/route.h"

/* result   negative: what the dispatcher is about to answer */
void refusal_audit(const struct request *req, const struct route *route, int result);
