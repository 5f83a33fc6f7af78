/* The templates that pages are made of. */
#pragma once

#include "pages/mustache.h"
#include "pages/page.h"

/* A template by its name without ending, or NULL; fits struct mustache_env.
 *
 * theme   const struct page_theme * */
const struct mustache *page_theme_find(const void *theme, struct str name);

/* What every page can show beside its own data: `css_url`, `icon_url` and the others of the files in static. */
const json_t *page_theme_defaults(const struct page_theme *theme);
