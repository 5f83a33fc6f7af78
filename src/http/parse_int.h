/* Between the parser and its callbacks for the header section. The callbacks are llhttp's: `llhttp->data` is the struct
 * parse, and a result other than 0 stops the parser. */
#pragma once

#include "http/parse.h"

/* Remembers why; returns what makes llhttp stop. */
int parse_refuse(struct parse *p, const struct refusal *refusal);

/* Adds a piece to what was read of the same thing. False when it does not follow in memory: a folded line. */
bool parse_extend(struct str *s, const char *at, size_t len);

int head_on_url(llhttp_t *llhttp, const char *at, size_t len);
int head_on_version(llhttp_t *llhttp, const char *at, size_t len);
int head_on_field(llhttp_t *llhttp, const char *at, size_t len);
int head_on_value(llhttp_t *llhttp, const char *at, size_t len);
int head_on_value_complete(llhttp_t *llhttp);
int head_on_headers_complete(llhttp_t *llhttp);

/* What can be said once the header section is whole: rules 1 to 6 of the guard. */
_must_use_ const struct refusal *head_check(struct parse *p, struct str head);
