/* Blocks: what agents are made of. A block takes named inputs and yields named outputs, each any number of times; graphs
 * link the outputs of one to the inputs of another (dialect: Blocks).
 *
 * To add a block, add its entry to the table of its family in blocks/, and the function that runs it. Its JSON Schemas
 * are made from the entry. */
#pragma once

#include <jansson.h>
#include <stdatomic.h>

#include "base/context.h"
#include "base/str.h"

struct database;
struct block_run;
struct block_schema;

/* The editor's kind of a block, `uiType` on the wire. */
enum block_ui {
        BLOCK_UI_STANDARD, /* "Standard": its outputs are checked against their schema */
        BLOCK_UI_INPUT,    /* "Input": where a graph's inputs come in */
        BLOCK_UI_OUTPUT,   /* "Output": where its outputs go out */
        BLOCK_UI_NOTE,     /* "Note": never runs */
        BLOCK_UI_AGENT,    /* "Agent": runs another graph; the executor's business */
        BLOCK_UI_AI,       /* "AI" */
        BLOCK_UI_HUMAN,    /* "Human In The Loop": waits for a person; the executor's business */
};

/* One bit each; names and sentences stand in block_categories.def. */
enum block_category {
#define X(name, text) BLOCK_BIT_##name,
#include "agents/block_categories.def"
#undef X
        BLOCK_CATEGORIES
};

enum {
#define X(name, text) CATEGORY_##name = 1 << BLOCK_BIT_##name,
#include "agents/block_categories.def"
#undef X
};

enum block_field_flag {
        FIELD_REQUIRED = 1 << 0, /* no default: absent is an error */
        FIELD_ADVANCED = 1 << 1, /* `advanced` true. Optional fields have it unless FIELD_BASIC is given */
        FIELD_BASIC = 1 << 2,    /* optional, and shown all the same */
        FIELD_SECRET = 1 << 3,
        FIELD_CREDENTIALS =
                1 << 5, /* takes a person's stored credentials: its schema names `credentials_provider` */
        FIELD_HIDDEN = 1 << 4,
};

/* An input or output. */
struct block_field {
        const char *name;
        const char *schema;  /* JSON Schema of the value as JSON text: {"type":"string"}; {} for any */
        const char *initial; /* the default as JSON text; NULL for none: such an optional input is absent */
        const char *description; /* one sentence for people; NULL for none */
        unsigned flags;          /* enum block_field_flag */
};

enum { BLOCK_ID_LENGTH = 36 };

struct block {
        const char *id;   /* UUID, the Platform's own, in lower case */
        const char *name; /* class name, the Platform's own */
        const char *description;
        unsigned categories; /* bits CATEGORY_… of enum block_category */
        enum block_ui ui;
        bool static_output; /* its output, once there, serves every later run of what it is linked to */
        bool acts; /* changes something in the world: when it is unknown whether it ran, it is not run again */
        bool waits; /* for a network or the time: others of its graph run beside it, and its outputs go on as they come */
        const struct block_field *inputs;
        size_t n_inputs;
        const struct block_field
                *outputs; /* without `error`, which every block has but those of graph input and output */
        size_t n_outputs;

        /* NULL for the executor's own (BLOCK_UI_NOTE, BLOCK_UI_AGENT, BLOCK_UI_HUMAN). Reads run->input, yields by
         * block_yield() and hands on its negative results.
         *
         * returns   0, or a negative result after block_fail(); without it "-ERR_NO_MEMORY" speaks for itself
         */
        int (*run)(struct block_run *run);
};

/* Limits of one run. What goes beyond fails the block with a message that names the limit. */
enum {
        BLOCK_OUTPUTS_MAX = 100000,               /* values yielded */
        BLOCK_OUTPUT_BYTES_MAX = 4 * 1024 * 1024, /* JSON text of all of them together, without escapes */
        BLOCK_MESSAGE_MAX = 1000,                 /* bytes of a failure's message */
};

/* One run of a block, on a thread that may block. */
struct block_run {
        const struct block *block;
        json_t *input; /* object: defaults filled in, types converted, checked against the input schema; borrowed */

        const struct context *context; /* clock, randomness, settings */
        struct database *database;     /* transactions by database_write_now() */
        struct str user_id;            /* whom it runs for */
        struct str timezone;           /* IANA name, "not-set" when the person never chose one */
        struct str graph_id;           /* STR_NULL when the block is run by itself, outside of a graph */
        struct str execution_id;       /* likewise */
        int64_t deadline_us;           /* monotonic (clock_monotonic_us()): the run must have ended */
        const atomic_bool
                *stop; /* set when it shall end early; look at it in every loop that may take long */

        /* Takes a value; steals the reference, also when it fails. */
        int (*yield)(struct block_run *run, const char *name, json_t *value);
        void *yield_data;

        char message[BLOCK_MESSAGE_MAX + 1]; /* the failure's; UTF-8 */

        /* block.c's own; zero at first */
        const struct block_schema *schema;
        size_t outputs, output_bytes;
};

/* Yields an output. Steals `value`; NULL counts as lack of memory.
 * errors   ERR_NO_MEMORY; ERR_BLOCK (limits; not what the block says it yields); ERR_STOPPED */
_must_use_ int block_yield(struct block_run *run, const char *name, json_t *value);

/* Whether the run may go on, for loops that may take long: 0, or what the block then returns.
 * errors   ERR_BLOCK (deadline), ERR_STOPPED */
_must_use_ int block_go_on(struct block_run *run);

/* Milliseconds until the run's deadline, at least 1. */
int64_t block_time_left_ms(const struct block_run *run);

/* Waits. errors: those of block_go_on(), as soon as one of them comes up */
_must_use_ int block_wait(struct block_run *run, int64_t ms);

/* Says why the block failed, for the person who runs it; no secrets. Returns -ERR_BLOCK. */
_printf_(2, 3) int block_fail(struct block_run *run, const char *format, ...);

/* The block with this id; NULL when there is none. */
const struct block *block_find(struct str id);

/* All blocks, in the order of the catalogue. */
const struct block *const *block_all(size_t *ret_n);

/* Runs a block on raw input: fills in defaults, drops nulls (within a graph not those of required inputs) and what the
 * block doesn't know, checks, runs, checks what a standard block yields.
 *
 * run       block, context … set; `input` is the caller's object, which stays as it is
 * errors    ERR_BLOCK with run->message in the Platform's words, "raised by {block} with message: … block_id: …";
 *           ERR_STOPPED, ERR_SCHEMA, ERR_NO_MEMORY
 */
_must_use_ int block_execute(struct block_run *run);
