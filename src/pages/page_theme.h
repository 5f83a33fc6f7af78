/* What pages look like: the templates and the data that all of them can show. */
#pragma once

#include "pages/guides.h"
#include "pages/page.h"
#include "pages/template_set.h"

const struct template_set *page_theme_templates(const struct page_theme *theme);

/* What every page can show beside its own data: `platform_name`, `css_url`, `icon_url` and the addresses of the other files. */
const json_t *page_theme_defaults(const struct page_theme *theme);

/* The guides that were rendered in this theme. */
struct guide_pages *page_theme_guides(const struct page_theme *theme);
