/* The tools that language models call for a person (dialect: Tools). Rows for the route table:
 *
 *   POST …/tools/find-agent  read handle_tool_admit, crew handle_find_agent
 *   POST …/tools/run-agent   read handle_tool_admit, crew handle_run_agent, transaction handle_run_agent_begin,
 *                            read handle_run_agent_answer: once it is on disk, and only then the engine is told
 */
#pragma once

#include "http/request.h"
#include "http/response.h"

int handle_tool_admit(struct request *req, struct response *res);
int handle_find_agent(struct request *req, struct response *res);
int handle_run_agent(struct request *req, struct response *res);
int handle_run_agent_begin(struct request *req, struct response *res);
int handle_run_agent_answer(struct request *req, struct response *res);
