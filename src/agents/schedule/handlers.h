/* Schedules on the wire (dialect: Schedules), for people and for the External API. Rows for the route table:
 *
 *   POST   …/graphs/{graph_id}/schedules    read handle_schedule_admit, crew handle_schedule_prepare,
 *                                           transaction handle_schedule_create
 *   GET    …/graphs/{graph_id}/schedules    read handle_schedules_of_graph
 *   GET    …/schedules                      read handle_schedules
 *   GET    …/schedules/{schedule_id}        read handle_schedule
 *   DELETE …/schedules/{schedule_id}        transaction handle_schedule_delete
 *   POST   …/schedules/{schedule_id}/pause  transaction handle_schedule_pause; likewise …/resume handle_schedule_resume
 */
#pragma once

#include "http/request.h"
#include "http/response.h"

int handle_schedule_admit(struct request *req, struct response *res);
int handle_schedule_prepare(struct request *req, struct response *res);
int handle_schedule_create(struct request *req, struct response *res);
int handle_schedules_of_graph(struct request *req, struct response *res);
int handle_schedules(struct request *req, struct response *res);
int handle_schedule(struct request *req, struct response *res);
int handle_schedule_delete(struct request *req, struct response *res);
int handle_schedule_pause(struct request *req, struct response *res);
int handle_schedule_resume(struct request *req, struct response *res);
