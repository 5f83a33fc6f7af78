/* Counters of agents at work and of the calls that they make, for metrics_render(). From any thread. */
#pragma once

#include "base/strbuf.h"

/* What becomes of a run, of whatever kind: its `status` or `outcome` label. */
enum run_outcome { RUN_COMPLETED, RUN_FAILED, RUN_STOPPED, RUN_OUTCOMES };

void metrics_execution_ended(enum run_outcome outcome);
void metrics_executions_running(int delta); /* at work in this process */
void metrics_executions_waiting(int64_t n); /* in the queue of all nodes, whenever an engine has looked */
void metrics_node_run(enum run_outcome outcome);
void metrics_block_run(enum run_outcome outcome, int64_t micros);
void metrics_crew(int delta);      /* threads that run a block or take a graph apart */
void metrics_outbound(int status); /* of the answer; 0 when there was none */

void metrics_render_agents(struct strbuf *out);
