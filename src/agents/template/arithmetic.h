/* Operators between values. */
#pragma once

#include "agents/template/value.h"

_must_use_ int tvalue_operate(struct renderer *rd, enum operator_kind op, const struct tvalue *a,
                              const struct tvalue *b, struct tvalue *ret);
_must_use_ int tvalue_negate(struct renderer *rd, enum operator_kind op, const struct tvalue *a,
                             struct tvalue *ret);

/* a in b */
_must_use_ int tvalue_contains(struct renderer *rd, const struct tvalue *a, const struct tvalue *b,
                               bool *ret);

/* a, b … of a comparison */
_must_use_ int tvalue_relate(struct renderer *rd, enum operator_kind op, const struct tvalue *a,
                             const struct tvalue *b, bool *ret);

/* Both as text, one behind the other; if one is HTML, the other is escaped. */
_must_use_ int tvalue_join(struct renderer *rd, const struct tvalue *a, const struct tvalue *b,
                           struct tvalue *ret);

/* Python's `format % values`, in printf.c. A value that is no tuple is the only one. */
_must_use_ int tvalue_printf(struct renderer *rd, struct str format, const struct tvalue *values,
                             struct tvalue *ret);
