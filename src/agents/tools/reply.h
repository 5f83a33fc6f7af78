/* What the tools answer: HTTP 200 whatever comes of it, and a `type` that says what it is (dialect: Tools). */
#pragma once

#include "agents/store/listing.h"
#include "agents/tools/needs.h"
#include "base/json_write.h"
#include "http/request.h"
#include "http/response.h"

/* Begins an answer: type, message, session_id. The caller adds members and ends the object.
 *
 * format   the message
 * errors   ERR_RANDOM */
_must_use_ _printf_(5, 6) int tool_reply_begin(struct request *req, struct response *res,
                                               struct json_writer *w, const char *type, const char *format,
                                               ...);

/* {"type": "error", …}. Returns STEP_DONE, or errors as above. */
_must_use_ _printf_(3, 4) int tool_reply_error(struct request *req, struct response *res, const char *format,
                                               ...);

/* A listing as searches show it. */
void tool_write_agent_info(struct json_writer *w, const struct store_card_row *card);

/* An agent of the store, as it is about to be run. */
struct tool_agent {
        struct store_card_row card;
        int64_t graph_version;
        json_t *schema; /* of its inputs; owned by the request's step */
        struct tool_needs needs;
        bool in_library;
};

/* agent_details with this message. */
_must_use_ int tool_reply_details(struct request *req, struct response *res, const struct tool_agent *agent,
                                  struct str message);

/* input_validation_error.
 *
 * unknown   JSON array of names */
_must_use_ int tool_reply_unknown_inputs(struct request *req, struct response *res,
                                         const struct tool_agent *agent, const json_t *unknown);

/* setup_requirements */
_must_use_ int tool_reply_setup(struct request *req, struct response *res, const struct tool_agent *agent);

/* execution_started
 *
 * id       of the execution, or of the schedule
 * status   "QUEUED" or "SCHEDULED" */
_must_use_ int tool_reply_started(struct request *req, struct response *res,
                                  const struct store_card_row *card, struct str id, struct str library_id,
                                  const char *status);
