#include <stdio.h>
#include <stdlib.h>

#include "agents/schedule/schedule.h"
#include "base/civil.h"

/* "2026-03-29T09:00:00+02:00": as the clocks of the schedule's zone show it. */
static void write_time(struct json_writer *w, const struct timezone_data *zone, int64_t ms) {
        struct timezone_local local = { 0 };
        int64_t utc = ms / 1000;
        struct civil c;
        char text[64];
        int n;

        if (ms == 0) {
                json_write_null(w);
                return;
        }
        if (zone)
                timezone_at(zone, utc, &local);
        civil_from_seconds(utc + local.offset, &c);
        n = snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", (int)c.year, c.month,
                     c.day, c.hour, c.minute, c.second, local.offset < 0 ? '-' : '+',
                     abs(local.offset) / 3600, abs(local.offset) / 60 % 60);
        json_str(w, str_n(text, (size_t)n));
}

/* The next times, of which the row tells the first. */
static void write_times(struct json_writer *w, const struct schedule_row *row,
                        const struct timezone_data *zone) {
        char problem[CRON_PROBLEM_MAX + 1];
        int64_t at = row->next_run / 1000;
        bool more = at > 0;
        struct cron cron;

        json_array_begin(w);
        for (int i = 0; i < SCHEDULE_TIMES && more; i++) {
                write_time(w, zone, at * 1000);
                more = zone && cron_parse(row->cron, &cron, problem) == 0 && cron_next(&cron, zone, at, &at);
        }
        json_array_end(w);
}

static void write_skip(struct json_writer *w, const struct schedule_row *row,
                       const struct timezone_data *zone) {
        if (row->last_skip_at == 0) {
                json_write_null(w);
                return;
        }
        json_object_begin(w);
        json_key(w, "time");
        write_time(w, zone, row->last_skip_at);
        json_member_str(w, "reason", row->last_skip);
        json_object_end(w);
}

void schedule_write(struct json_writer *w, const struct schedule_row *row) {
        const struct timezone_data *zone;

        if (timezone_find(row->timezone, &zone) < 0)
                zone = NULL; /* gone with an update of the system: times are told in UTC */
        json_object_begin(w);
        json_member_str(w, "id", row->id);
        json_member_str(w, "user_id", row->user_id);
        json_member_str(w, "graph_id", row->graph_id);
        json_member_int(w, "graph_version", row->graph_version);
        json_member_str(w, "name", row->name);
        json_member_str(w, "cron", row->cron);
        json_member_str(w, "timezone", row->timezone);
        json_key(w, "input_data");
        json_raw(w, row->inputs);
        json_key(w, "input_credentials");
        json_raw(w, row->credentials);
        json_member_bool(w, "is_paused", row->is_paused);
        json_key(w, "next_run_time");
        write_time(w, zone, row->next_run);
        json_key(w, "next_run_times");
        write_times(w, row, zone);
        json_key(w, "last_run_time");
        write_time(w, zone, row->last_run_at);
        json_member_str(w, "last_execution_id",
                        row->last_execution_id.len ? row->last_execution_id : STR_NULL);
        json_key(w, "last_skip");
        write_skip(w, row, zone);
        json_member_time(w, "created_at", row->created_at);
        json_object_end(w);
}
