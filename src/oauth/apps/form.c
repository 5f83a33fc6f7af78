#include "oauth/apps/form.h"

#include "account/form.h"
#include "pages/page.h"

enum { TEXT_MAX = 4096, URIS_TEXT_MAX = 32 * 1024 }; /* bytes; what the fields may hold is less */

static const char *const field_names[REGISTRATION_FIELDS] = {
        [REGISTRATION_NAME] = "name",
        [REGISTRATION_DESCRIPTION] = "description",
        [REGISTRATION_REDIRECT_URIS] = "redirect_uris",
        [REGISTRATION_SCOPES] = "scopes",
        [REGISTRATION_GRANT_TYPES] = "form",
};

static int read_text(struct request *req, const char *name, size_t max, struct str *ret) {
        int r = request_text_optional(req, name, max, ret);

        if (r == -ERR_INVALID_FIELD)
                return request_refuse(req, ERR_BAD_REQUEST, "The field %s is too long or no text", name);
        if (r == 0 && !ret->ptr)
                *ret = STR("");
        return r;
}

/* Browsers end the lines of a field with CR LF. */
static size_t split_lines(struct str text, struct str *lines, size_t max) {
        struct str rest = text, line;
        size_t n = 0;

        while (n < max && str_next(&rest, '\n', &line)) {
                if (line.len && str_at(line, line.len - 1) == '\r')
                        line = str_first(line, line.len - 1);
                line = str_trim(line);
                if (line.len)
                        lines[n++] = line;
        }
        return n;
}

int app_form_read_changes(struct request *req, struct app_form *ret) {
        int r;

        *ret = (struct app_form){ .name = STR_NULL };
        r = read_text(req, "description", TEXT_MAX, &ret->description);
        if (r == 0)
                r = read_text(req, "redirect_uris", URIS_TEXT_MAX, &ret->redirect_uris);
        if (r < 0)
                return r;
        ret->request.description = ret->description;
        ret->request.redirect_uris = ret->uris;
        ret->request.n_redirect_uris = split_lines(ret->redirect_uris, ret->uris, ARRAY_LENGTH(ret->uris));
        return 0;
}

int app_form_read(struct request *req, struct app_form *ret) {
        int r = app_form_read_changes(req, ret);

        if (r == 0)
                r = read_text(req, "name", TEXT_MAX, &ret->name);
        if (r < 0)
                return r;
        ret->public_client = params_find(&req->body_params, STR("public"));
        ret->request.name = ret->name;
        ret->request.public_client = ret->public_client;
        ret->request.scopes = ret->scopes;
        for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
                struct str name = arena_printf(&req->arena, "scope_" STR_FMT, STR_ARG(scope_rows[bit].name));

                if (!name.ptr)
                        return -ERR_NO_MEMORY;
                if (params_find(&req->body_params, name))
                        ret->scopes[ret->request.n_scopes++] = scope_rows[bit].name;
        }
        return 0;
}

json_t *app_form_problems(struct request *req, const struct app_form *form, enum registration_field first,
                          enum registration_field last) {
        json_t *problems = NULL;

        for (enum registration_field field = first; field <= last; field++) {
                struct sentence *problem;
                int r = registration_check_field(&form->request, field, &req->arena, &problem);

                if (r == 0)
                        continue;
                if (!problems)
                        problems = json_object();
                form_set(&problems, field_names[field],
                         r == -ERR_INVALID_FIELD ? page_sentence(req, problem)
                                                 : page_text(req, error_row(r)->text));
        }
        return problems;
}
