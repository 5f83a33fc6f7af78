#include "db/postgres_step.h"

void postgres_step_done(struct postgres_step *s) {
        for (unsigned i = 0; i < s->n; i++)
                PQclear(s->results[i]);
}

void postgres_step_note(struct postgres_step *s, int sent) {
        if (sent == 1)
                s->n++;
        else
                s->unsent = true;
}

bool postgres_step_finish(struct postgres_step *s) {
        PGconn *handle = s->c->handle;
        PGresult *sync, *more;

        s->c->n_deferred = 0;
        if (PQpipelineSync(handle) != 1)
                s->unsent = true;
        for (unsigned i = 0; i < s->n && !s->unsent; i++) {
                s->results[i] = PQgetResult(handle);
                if (!s->results[i] || PQstatus(handle) != CONNECTION_OK)
                        return false;
                while ((more = PQgetResult(handle)))
                        PQclear(more);
        }
        if (s->unsent)
                return false;
        sync = PQgetResult(handle);
        PQclear(sync);
        return sync && PQstatus(handle) == CONNECTION_OK;
}

const PGresult *postgres_step_bad(const struct postgres_step *s) {
        for (unsigned i = 0; i < s->n; i++)
                if (s->results[i] && !result_good(s->results[i]))
                        return s->results[i];
        return NULL;
}
