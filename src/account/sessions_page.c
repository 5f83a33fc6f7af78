/* /profile/sessions: where a person is signed in, and ending it there. */
#include "account/audit.h"
#include "account/device.h"
#include "account/form.h"
#include "account/frame.h"
#include "account/handlers.h"
#include "account/moment.h"
#include "account/session.h"
#include "pages/page.h"

enum { SHOWN_MAX = 200 };

static const char path[] = "/profile/sessions";

static json_t *session_json(struct request *req, const struct session_info_row *session) {
        json_t *data = json_object();

        form_set(&data, "end_action", arena_printf(&req->arena, "%s/%lld/end", path, (long long)session->id));
        form_set(&data, "device", device_text(req, session->user_agent));
        form_set(&data, "user_agent", session->user_agent);
        form_set(&data, "address", session->address);
        form_set_object(&data, "since", moment_json(req, session->created_at));
        form_set_object(&data, "seen", moment_json(req, session->seen_at));
        form_set_bool(&data, "current", session->id == req->identity->session_id);
        return data;
}

/* The session of this browser first, then the others, the one that was in use last before the rest. */
int handle_sessions_page(struct request *req, struct response *res) {
        const struct context *context = req->context;
        int64_t now = clock_now(context->clock);
        struct session_info_row *sessions;
        json_t *data, *others, *here = NULL;
        size_t n;
        int r;

        r = db_sessions_of_user(req->tx, &req->arena, req->identity->user_id, now,
                                now - context->settings->session_idle * 1000, SHOWN_MAX, &sessions, &n);
        if (r < 0)
                return r;
        data = frame_data(req, "sessions");
        others = json_array();
        for (size_t i = 0; i < n; i++) {
                json_t *one = session_json(req, &sessions[i]);

                if (sessions[i].id == req->identity->session_id)
                        here = one;
                else
                        json_array_append_new(others, one);
        }
        form_set_bool(&data, "has_others", json_array_size(others) > 0);
        form_set_object(&data, "others", others);
        form_set_object(&data, "here", here ? here : json_null());
        return page_respond(context->theme, res, 200, "sessions", data);
}

int handle_session_end(struct request *req, struct response *res) {
        uint64_t id;
        int r;

        if (!str_to_uint(req->path_params[0], INT64_MAX, &id))
                return -ERR_NOT_FOUND;
        r = db_session_delete_of_user(req->tx, (int64_t)id, req->identity->user_id);
        if (r > 0)
                r = audit(req, &(struct audit){ .event = AUDIT_SESSION_ENDED, .session = (int64_t)id });
        return r < 0 ? r : frame_done(res, path, "session-ended");
}

int handle_sessions_end_others(struct request *req, struct response *res) {
        int r = sessions_end_others(req->tx, req->identity->user_id, req->identity->session_id);

        if (r >= 0)
                r = audit(req, &(struct audit){ .event = AUDIT_SESSIONS_ENDED });
        return r < 0 ? r : frame_done(res, path, "sessions-ended");
}
