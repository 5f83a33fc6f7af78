#include "oauth/logo/logo.h"

#include "account/audit.h"
#include "account/identity.h"
#include "base/codec.h"
#include "base/context.h"
#include "base/hash.h"
#include "base/log.h"
#include "oauth/logo/image_header.h"
#include "oauth/logo/limits.h"

enum { TYPE_SHOWN_MAX = 60 };

/* --- what is sent --- */

static bool is_printable(struct str s) {
        for (size_t i = 0; i < s.len; i++)
                if (str_at(s, i) < 0x20 || str_at(s, i) >= 0x7f)
                        return false;
        return true;
}

static int check_type(struct request *req, struct str type) {
        static const struct str allowed[] = { STR_INIT("image/jpeg"), STR_INIT("image/png"),
                                              STR_INIT("image/webp") };

        for (size_t i = 0; i < ARRAY_LENGTH(allowed); i++)
                if (str_eq_ignore_case(type, allowed[i]))
                        return 0;
        if (!type.ptr || !is_printable(type))
                type = STR("None");
        return request_refuse(req, ERR_LOGO_REFUSED,
                              "Invalid file type. Allowed: JPEG, PNG, WebP. Got: " STR_FMT,
                              STR_ARG(str_first(type, TYPE_SHOWN_MAX)));
}

static int check_header(struct request *req, const struct image_header *header) {
        unsigned w = header->width, h = header->height;

        if (w != h)
                return request_refuse(req, ERR_LOGO_REFUSED, "Logo must be square. Got %ux%u", w, h);
        if (w < LOGO_SIDE_MIN)
                return request_refuse(req, ERR_LOGO_REFUSED, "Logo too small. Minimum %dx%d. Got %ux%u",
                                      LOGO_SIDE_MIN, LOGO_SIDE_MIN, w, h);
        if (w > LOGO_SIDE_MAX)
                return request_refuse(req, ERR_LOGO_REFUSED, "Logo too large. Maximum %dx%d. Got %ux%u",
                                      LOGO_SIDE_MAX, LOGO_SIDE_MAX, w, h);
        if (header->animated)
                return request_refuse(req, ERR_LOGO_REFUSED, "Invalid image file: it is an animation");
        return 0;
}

int logo_check(struct request *req, const char *name, struct str *ret) {
        const struct param *file;
        struct image_header header;
        int r;

        if (req->body_kind != BODY_MULTIPART)
                return request_refuse(req, ERR_MEDIA_TYPE, "Send the file as multipart/form-data");
        r = request_parse_body(req);
        if (r < 0)
                return r;
        file = params_find(&req->body_params, str_of(name));
        if (!file || file->kind != PARAM_FILE)
                return request_refuse_field(req, name, "missing", "Field required");
        r = check_type(req, file->type);
        if (r < 0)
                return r;
        if (file->value.len > LOGO_FILE_MAX)
                return request_refuse(req, ERR_LOGO_REFUSED, "File too large. Maximum size is 3MB");
        if (!image_header_read(file->value, &header))
                return -ERR_LOGO_REFUSED;
        *ret = file->value;
        return check_header(req, &header);
}

/* --- what is stored --- */

static int record(struct request *req, const struct app_row *app, const char *what) {
        LOG(LOG_INFO, "an app's logo changed", LOG_STR("client_id", app->client_id),
            LOG_STR("user", req->identity->user_id), LOG_STR("what", str_of(what)));
        return audit(req, &(struct audit){ AUDIT_APP_LOGO_CHANGED, .app_id = app->id, .subject = app->id,
                                           .detail = str_of(what) });
}

static int set_url(struct request *req, struct str app_id, struct str url, struct app_row *ret) {
        int r = db_app_set_logo_url(req->tx, &req->arena, app_id, req->identity->user_id, url,
                                    clock_now(req->context->clock), ret);

        return r == 0 ? -ERR_LOGO_APP_NOT_FOUND : MIN_OF(r, 0);
}

int logo_store(struct request *req, struct str app_id, struct str image, struct app_row *ret) {
        struct hash hash = hash_sha256(image);
        char hex[2 * sizeof(hash.bytes)];
        struct str url;
        int r;

        hex_encode(hash_str(&hash), hex);
        url = arena_printf(&req->arena, STR_FMT "/oauth-apps/" STR_FMT "/logo/" STR_FMT ".webp",
                           STR_ARG(req->context->settings->public_url), STR_ARG(app_id),
                           STR_ARG(str_n(hex, sizeof(hex))));
        if (!url.ptr)
                return -ERR_NO_MEMORY;
        r = set_url(req, app_id, url, ret);
        if (r == 0)
                r = db_app_logo_put(req->tx, app_id, str_n(hex, sizeof(hex)), image,
                                    clock_now(req->context->clock));
        return r < 0 ? r : record(req, ret, "uploaded");
}

int logo_set_url(struct request *req, struct str app_id, struct str logo_url, struct app_row *ret) {
        int r = set_url(req, app_id, logo_url, ret);

        if (r == 0)
                r = db_app_logo_delete(req->tx, app_id);
        return r < 0 ? r : record(req, ret, logo_url.ptr ? "set to an address" : "removed");
}
