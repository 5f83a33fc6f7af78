/* The mark of a provider: letters on a colour, both from the table, drawn as an image. */
#pragma once

#include "base/arena.h"
#include "integrations/provider.h"

/* "/integrations/github.svg", on the arena; STR_NULL when memory runs out. */
struct str provider_icon_path(struct arena *arena, const struct provider *p);
