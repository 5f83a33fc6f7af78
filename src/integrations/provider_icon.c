#include "integrations/provider_icon.h"

#include "integrations/handlers.h"
#include "pages/page.h"

enum { HOUR_S = 3600 };

struct str provider_icon_path(struct arena *arena, const struct provider *p) {
        return arena_printf(arena, "/integrations/" STR_FMT ".svg", STR_ARG(p->name));
}

static void append_escaped(struct strbuf *b, struct str text) {
        for (size_t i = 0; i < text.len; i++) {
                if (text.ptr[i] == '<')
                        strbuf_append(b, STR("&lt;"));
                else if (text.ptr[i] == '&')
                        strbuf_append(b, STR("&amp;"));
                else
                        strbuf_append_char(b, text.ptr[i]);
        }
}

/* GET /integrations/{name}. The table holds the colour to hex digits (provider_read.c). */
int handle_provider_icon(struct request *req, struct response *res) {
        static const struct str ending = STR_INIT(".svg");
        struct str file = req->path_params[0];
        const struct provider *p = NULL;

        if (file.len > ending.len && str_eq(str_from(file, file.len - ending.len), ending))
                p = provider_find(req->context, str_first(file, file.len - ending.len));
        if (!p)
                return -ERR_NOT_FOUND;
        response_begin(res, 200, STR("image/svg+xml"));
        page_security_headers(res);
        response_header(res, STR("Cache-Control"), arena_printf(&req->arena, "public, max-age=%d", HOUR_S));
        strbuf_printf(&res->body,
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 44 44\">"
                      "<rect width=\"44\" height=\"44\" rx=\"12\" fill=\"" STR_FMT "\"/>"
                      "<text x=\"22\" y=\"22\" dy=\".36em\" fill=\"#fff\" text-anchor=\"middle\" "
                      "font-family=\"system-ui, sans-serif\" font-size=\"18\" font-weight=\"700\">",
                      STR_ARG(p->icon.colour));
        append_escaped(&res->body, p->icon.letters);
        strbuf_append(&res->body, STR("</text></svg>"));
        return 0;
}
