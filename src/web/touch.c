#include "web/touch.h"

#include <stdlib.h>

#include "account/identity.h"
#include "account/session.h"

struct touch {
        struct write_job job;
        const struct context *context;
        int64_t session;
};

static int touch_run(struct write_job *job, struct tx *tx) {
        const struct touch *touch = CONTAINER_OF(job, struct touch, job);

        return session_touch(touch->context, tx, touch->session);
}

static void touch_done(struct write_job *job, int result _unused_) {
        free(CONTAINER_OF(job, struct touch, job));
}

void touch_session(const struct context *context, struct database *database, const struct request *req) {
        const struct identity *who = req->identity;
        struct touch *touch;

        if (!who || who->kind != IDENTITY_SESSION || !who->session_stale)
                return;
        touch = calloc(1, sizeof(*touch));
        if (!touch)
                return; /* the next request tries again */
        touch->job = (struct write_job){ .run = touch_run, .done = touch_done };
        touch->context = context;
        touch->session = who->session_id;
        database_submit(database, &touch->job);
}
