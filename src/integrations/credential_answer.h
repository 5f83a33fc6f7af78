/* What people are told of a credential: never its secret (dialect: Integrations, meta). */
#pragma once

#include "base/json_write.h"
#include "integrations/credential.h"

void credential_write(const struct credential *c, struct json_writer *w);
