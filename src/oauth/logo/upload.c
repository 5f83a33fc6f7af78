/* Sending a logo, to the JSON endpoint or by the form of the page: checked by its head, scanned, decoded and encoded anew by another
 * process, stored. */
#include "account/form.h"
#include "account/identity.h"
#include "base/context.h"
#include "base/log.h"
#include "oauth/app.h"
#include "oauth/apps/page.h"
#include "oauth/logo/handlers.h"
#include "oauth/logo/helper.h"
#include "oauth/logo/logo.h"
#include "outbound/clamav.h"
#include "pages/text.h"

enum { MEMORY = REQUEST_ARENA_MAX + 2 * LOGO_IMAGE_MAX };

/* Between the steps; lives in the request's arena. */
struct upload {
        struct str app_id, file, image;
        struct app app;
        bool by_form; /* whose page says what is wrong with the file */
        int problem;  /* that, for its last step */
};

static int begin(struct request *req, struct upload **ret) {
        struct upload *upload;

        request_allow(req, MEMORY);
        upload = arena_new(&req->arena, struct upload);
        if (!upload)
                return -ERR_NO_MEMORY;
        *upload = (struct upload){ .app_id = req->path_params[0] };
        req->step_data = upload;
        *ret = upload;
        return 0;
}

int handle_logo_admit(struct request *req, struct response *res _unused_) {
        struct upload *upload;
        int r = begin(req, &upload);

        if (r == 0)
                r = apps_own(req, &upload->app);
        if (r == -ERR_APP_NOT_FOUND)
                return -ERR_LOGO_APP_NOT_FOUND;
        if (r == 0)
                r = logo_check(req, "file", &upload->file);
        return r < 0 ? r : STEP_NEXT;
}

static int scan(struct request *req, struct str file) {
        struct str scanner = req->context->settings->clamav;
        char verdict[CLAMAV_VERDICT_MAX];
        int r;

        if (scanner.len == 0)
                return 0;
        r = clamav_scan(scanner, file, verdict);
        if (r <= 0)
                return r;
        LOG(LOG_WARNING, "the virus scanner found something in a logo", LOG_STR("verdict", str_of(verdict)),
            LOG_STR("user", req->identity->user_id));
        return -ERR_LOGO_INFECTED;
}

static int make(struct request *req, struct upload *upload) {
        _cleanup_(strbuf_done) struct strbuf image = STRBUF_INIT(LOGO_IMAGE_MAX);
        int r = scan(req, upload->file);

        if (r == 0)
                r = logo_helper_run(upload->file, LOGO_HELPER_TIME_MS, &image);
        if (r < 0)
                return r;
        upload->image = arena_copy(&req->arena, strbuf_str(&image));
        return upload->image.ptr ? 0 : -ERR_NO_MEMORY;
}

/* The page says beside the field what is wrong with a file; what is wrong with the server has a page of its own. */
static bool is_about_file(int r) {
        return r == -ERR_LOGO_REFUSED || r == -ERR_LOGO_COSTLY || r == -ERR_LOGO_INFECTED ||
               r == -ERR_LOGO_SCANNER || r == -ERR_INVALID_FIELD;
}

int handle_logo_make(struct request *req, struct response *res _unused_) {
        struct upload *upload = req->step_data;
        int r = make(req, upload);

        if (upload->by_form && is_about_file(r)) {
                upload->problem = r;
                return STEP_NEXT;
        }
        return r < 0 ? r : STEP_NEXT;
}

int handle_logo_store(struct request *req, struct response *res) {
        const struct upload *upload = req->step_data;
        struct json_writer w = JSON_WRITER(&res->body);
        struct app_row app;
        int r = logo_store(req, upload->app_id, upload->image, &app);

        if (r < 0)
                return r;
        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        app_write_json(&app, &w);
        return 0;
}

static int show_problem(struct request *req, struct response *res, const struct upload *upload, int problem) {
        const struct error_row *row = error_row(problem);
        struct str text = req->error_detail.ptr ? req->error_detail : row->text;
        json_t *problems = json_object();

        form_set_text(req, &problems, "logo", problem == -ERR_INVALID_FIELD ? TEXT("Choose a file") : text);
        return apps_respond(req, res, problem == -ERR_LOGO_SCANNER ? row->other_status : 422,
                            &upload->app.row, NULL, problems);
}

int handle_logo_admit_form(struct request *req, struct response *res) {
        struct upload *upload;
        int r = begin(req, &upload);

        if (r == 0)
                r = apps_own(req, &upload->app);
        if (r < 0)
                return r;
        r = logo_check(req, "file", &upload->file);
        upload->by_form = true;
        if (is_about_file(r))
                return show_problem(req, res, upload, r);
        return r < 0 ? r : STEP_NEXT;
}

int handle_logo_store_form(struct request *req, struct response *res) {
        const struct upload *upload = req->step_data;
        struct app_row app;
        int r;

        if (upload->problem)
                return show_problem(req, res, upload, upload->problem);
        r = logo_store(req, upload->app_id, upload->image, &app);
        return r < 0 ? r : apps_done(req, res, "logo-uploaded");
}

int handle_logo_remove_form(struct request *req, struct response *res) {
        struct app_row app;
        int r = logo_set_url(req, req->path_params[0], STR_NULL, &app);

        return r < 0 ? r : apps_done(req, res, "logo-removed");
}
