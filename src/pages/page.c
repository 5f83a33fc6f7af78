#include "pages/page.h"

#include "base/errors.h"
#include "base/log.h"
#include "pages/embed.h"
#include "pages/page_headers.h"
#include "pages/page_theme.h"
#include "pages/page_url.h"

int page_render(const struct page_theme *theme, const char *name, const json_t *data, struct strbuf *out) {
        struct mustache_env env = { .find = page_theme_find, .set = theme, .may_show = page_url_may_show };
        const json_t *contexts[] = { page_theme_defaults(theme), data };
        const struct mustache *t = page_theme_find(theme, str_of(name));
        char problem[MUSTACHE_PROBLEM_MAX] = "no such template";
        int r = -ERR_INTERNAL;

        if (t)
                r = mustache_render(t, &env, contexts, ARRAY_LENGTH(contexts), out, problem);
        if (r == -ERR_INTERNAL)
                LOG(LOG_ERROR, "page can't be rendered", LOG_STR("page", str_of(name)),
                    LOG_STR("problem", str_of(problem)));
        return r;
}

int page_respond(const struct page_theme *theme, struct response *res, int status, const char *name,
                 json_t *data) {
        int r;

        if (!data)
                return -ERR_NO_MEMORY;
        r = page_render(theme, name, data, &res->body);
        json_decref(data);
        if (r < 0)
                return r;
        response_begin(res, status, CONTENT_TYPE_HTML);
        page_headers(res, str_of(name));
        return 0;
}

static bool ends_with(struct str name, struct str ending) {
        return name.len > ending.len && str_eq(str_from(name, name.len - ending.len), ending);
}

static struct str content_type_of(struct str name) {
        static const struct {
                struct str ending, type;
        } types[] = {
                { STR_INIT(".css"), STR_INIT("text/css; charset=utf-8") },
                { STR_INIT(".svg"), STR_INIT("image/svg+xml") },
                { STR_INIT(".png"), STR_INIT("image/png") },
                { STR_INIT(".ico"), STR_INIT("image/x-icon") },
                { STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8") },
                { STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8") },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
                if (ends_with(name, types[i].ending))
                        return types[i].type;
        return STR("application/octet-stream");
}

int page_static(struct str name, struct response *res) {
        for (size_t i = 0; i < page_statics_count; i++) {
                if (!str_eq(page_statics[i].hashed_name, name))
                        continue;
                response_begin(res, 200, content_type_of(name));
                page_security_headers(res);
                response_header(res, STR("Cache-Control"), STR("public, max-age=31536000, immutable"));
                /* There is no other form of these: whatever runs their scripts reads gzip (RFC 9110 §12.5.3 lets it be
                 * sent to those who name no coding). */
                if (ends_with(page_statics[i].name, STR(".gz")))
                        response_header(res, STR("Content-Encoding"), STR("gzip"));
                res->static_body = page_statics[i].bytes;
                return 0;
        }
        return -ERR_NOT_FOUND;
}
