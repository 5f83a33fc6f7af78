#include "agents/store/answer.h"
#include "agents/store/listing.h"
#include "agents/store/submission.h"

static void member_json(struct json_writer *w, const char *name, struct str json) {
        json_key(w, name);
        json_raw(w, json);
}

void store_submission_answer(struct json_writer *w, const struct store_submission_row *row) {
        json_object_begin(w);
        json_member_str(w, "store_listing_version_id", row->id);
        json_member_int(w, "version", row->number);
        json_member_str(w, "status", row->status);
        json_member_str(w, "creator", row->username);
        json_member_str(w, "slug", row->slug);
        json_member_str(w, "graph_id", row->graph_id);
        json_member_int(w, "graph_version", row->graph_version);
        json_member_str(w, "name", row->name);
        json_member_str(w, "sub_heading", row->sub_heading);
        json_member_str(w, "description", row->description);
        json_member_str(w, "instructions", row->instructions);
        member_json(w, "image_urls", row->image_urls);
        json_member_str(w, "video_url", row->video_url);
        json_member_str(w, "agent_output_demo_url", row->output_demo_url);
        member_json(w, "categories", row->categories);
        json_member_str(w, "changes_summary", row->changes_summary);
        json_member_str(w, "recommended_schedule_cron", row->recommended_schedule_cron);
        json_member_time(w, "date_submitted", row->submitted_at);
        json_member_time(w, "reviewed_at", row->reviewed_at);
        json_member_str(w, "review_comments", row->review_comments);
        json_member_bool(w, "is_live", row->is_live);
        json_member_int(w, "runs", row->runs);
        store_answer_real(w, "rating", store_rating(row->stars, row->ratings));
        json_object_end(w);
}

void store_submissions_answer(struct response *res, const struct store_submission_row *rows, size_t n,
                              int64_t total, const struct paging *paging) {
        struct json_writer w = JSON_WRITER(&res->body);

        response_begin(res, 200, CONTENT_TYPE_JSON);
        response_no_store(res);
        json_object_begin(&w);
        json_key(&w, "submissions");
        json_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                store_submission_answer(&w, &rows[i]);
        json_array_end(&w);
        paging_write(&w, paging, total);
        json_object_end(&w);
}
