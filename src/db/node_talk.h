/* What the nodes of one database tell one another now and then, and could do without: a message reaches those who listen
 * at the moment, as a rule within milliseconds, and is lost for all others. Nothing is stored, and nothing waits for it.
 *
 * It travels as NOTIFY over the connection of db/listener.h, whose thread calls all of this; nobody is told anything
 * where no other node listens. An embedded database has one process, which talks to nobody. */
#pragma once

#include "base/str.h"

enum { NODE_TALK_MAX = 7900 /* bytes of a message; PostgreSQL takes less than 8000 */ };

struct node_talk {
        int64_t every_ms; /* how often to ask whether there is something to say */

        /* Listens, for the first time or again: what was to be said before is old. */
        void (*begin)(void *data);

        /* What to tell the others: lower-case letters, digits, spaces, plus and minus signs.
         *
         * text      NODE_TALK_MAX bytes
         * ret_more  whether to ask again at once
         * returns   the length; 0 for nothing */
        size_t (*say)(void *data, char *text, bool *ret_more);

        /* What another node said, whoever that may be: to be checked as any input. */
        void (*hear)(void *data, struct str text);

        void *data;
};
