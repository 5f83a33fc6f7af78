/* How many tokens of a language model a text takes, roughly. Models disagree, so this is an estimate: every four letters or
 * digits of a run count as one, begun ones included; any other character that is not white space counts as one. English
 * comes out within a fifth of what the usual models count; other scripts are counted high rather than low. */
#pragma once

#include "base/str.h"

size_t tokens_estimate(struct str text);
