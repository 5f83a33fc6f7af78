#include "pages/page.h"

#include "base/context.h"
#include "base/errors.h"
#include "base/log.h"
#include "pages/page_headers.h"
#include "pages/page_theme.h"
#include "pages/page_url.h"

enum language page_language(const struct page_theme *theme, const struct request *req) {
        return language_accepted(request_header(req, STR("Accept-Language")), page_theme_language(theme));
}

struct str page_text(const struct request *req, struct str english) {
        struct str text = text_in(page_language(req->context->theme, req), english);
        const struct sentence *refusal = req->error_sentence;

        return text.ptr == english.ptr && refusal && str_eq(english, refusal->text)
                       ? page_sentence(req, refusal)
                       : text;
}

struct str page_sentence(const struct request *req, const struct sentence *sentence) {
        return text_sentence(page_language(req->context->theme, req), sentence);
}

int page_render(const struct page_theme *theme, enum language language, const char *name, const json_t *data,
                struct strbuf *out) {
        const struct template_set *templates = page_theme_templates(theme, language);
        struct mustache_env env = { .find = template_set_find,
                                    .set = templates,
                                    .may_show = page_url_may_show };
        const json_t *contexts[] = { page_theme_defaults(theme, language), data };
        const struct mustache *t = templates ? template_set_find(templates, str_of(name)) : NULL;
        char problem[MUSTACHE_PROBLEM_MAX] = "no such template";
        int r = templates ? -ERR_INTERNAL : -ERR_NO_MEMORY;

        if (t)
                r = mustache_render(t, &env, contexts, ARRAY_LENGTH(contexts), out, problem);
        if (r == -ERR_INTERNAL)
                LOG(LOG_ERROR, "page can't be rendered", LOG_STR("page", str_of(name)),
                    LOG_STR("problem", str_of(problem)));
        return r;
}

int page_respond(const struct page_theme *theme, struct response *res, int status, const char *name,
                 json_t *data) {
        enum language language = page_language(theme, res->request);
        int r;

        if (!data)
                return -ERR_NO_MEMORY;
        r = page_render(theme, language, name, data, &res->body);
        json_decref(data);
        if (r < 0)
                return r;
        response_begin(res, status, CONTENT_TYPE_HTML);
        response_header(res, STR("Content-Language"), language_tag(language));
        page_headers(res, str_of(name));
        return 0;
}
