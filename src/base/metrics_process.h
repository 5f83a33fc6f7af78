/* What the kernel says about this process, for the standard `process_…` metrics. */
#pragma once

#include "base/strbuf.h"

/* Appends resident memory, CPU time and start time as Prometheus text; leaves out what can't be read. */
void metrics_render_process(struct strbuf *out);
