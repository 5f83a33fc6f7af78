/* The names that this server goes by as an issuer. RFC 8414 §3.3 has clients refuse metadata whose issuer is not the one
 * that its address was made from, and RFC 9207 §2.4 refuse an answer that names another than the metadata. The metadata
 * has two addresses (dialect: Metadata), so there are two issuers: the public address, and the Platform's prefix below it. Each
 * has an authorization endpoint of its own, which is how the answer knows its name; all else is the same. */
#pragma once

#include "http/request.h"

#define ISSUER_PATH "/api/oauth"

/* The issuer below the public address; STR_NULL when memory runs out. */
struct str issuer_below(struct request *req);

/* The authorization endpoints, as paths. */
#define AUTHORIZE_PATH       "/auth/authorize"
#define AUTHORIZE_PATH_BELOW ISSUER_PATH "/authorize"
