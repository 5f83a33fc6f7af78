/* What pages look like: the templates and the data that all of them can show. */
#pragma once

#include "pages/guides.h"
#include "pages/page.h"
#include "pages/template_set.h"

/* Those of a language; NULL when memory is short. */
const struct template_set *page_theme_templates(const struct page_theme *theme, enum language language);

/* Of those who ask for none that there is. */
enum language page_theme_language(const struct page_theme *theme);

/* What every page can show beside its own data: `language`, `platform_name`, `css_url`, `icon_url` and the addresses of the other files. */
const json_t *page_theme_defaults(const struct page_theme *theme, enum language language);

/* The guides that were rendered in this theme. */
struct guide_pages *page_theme_guides(const struct page_theme *theme);
