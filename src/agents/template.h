/* Templates of people's own making, in a subset of Jinja2 that can't reach anything but the values that it is given
 * (dialect: Templates): {{ expression }}, {% for %}, {% if %}, {% set %}, {% with %}, {% filter %}, {% raw %}, comments,
 * whitespace control; operators, tests, and Jinja's filters without pprint, urlize, xmlattr, tojson; methods of text,
 * lists and dictionaries that change nothing. `format` is printf over one number. No functions, macros or other templates.
 * Values print as Python prints them; what is undefined prints as nothing.
 *
 * A template may be hostile: its steps, memory, depth and output are bounded. */
#pragma once

#include <jansson.h>
#include <stdatomic.h>

#include "base/random.h"
#include "base/strbuf.h"

enum {
        TEMPLATE_SOURCE_MAX = 256 * 1024, /* bytes */
        /* A step is a node evaluated, an item walked over, or 32 bytes copied or looked at. */
        TEMPLATE_STEPS_MAX = 2000000,
        TEMPLATE_MEMORY_MAX = 32 * 1024 * 1024,
        /* Brackets, operators and statements within one another, and lists within lists. */
        TEMPLATE_DEPTH_MAX = 100,
        TEMPLATE_PROBLEM_MAX = 300,
};

struct template_options {
        bool escape_html;            /* values are escaped for HTML, unless the template says |safe */
        const struct random *random; /* for the filter `random` */
        const atomic_bool *stop;     /* looked at now and then; NULL for never */
        int64_t deadline_us;         /* monotonic (clock_monotonic_us()): looked at as often; 0 for none */
};

/* Renders a template.
 *
 * text          UTF-8
 * values        object: what the template's names mean; NULL for none. Not changed
 * out           appended to; its own maximum bounds the output. On failure what was added is to be thrown away
 * ret_problem   on ERR_TEMPLATE: what is wrong and in which line, in words for the template's author; UTF-8
 * errors        ERR_TEMPLATE (syntax, a value that an operation can't take, a limit), ERR_STOPPED, ERR_NO_MEMORY
 */
_must_use_ int template_render(struct str text, json_t *values, const struct template_options *options,
                               struct strbuf *out, char ret_problem[TEMPLATE_PROBLEM_MAX]);
