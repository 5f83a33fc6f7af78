/* An SQLite VFS that fails on command. It wraps the system's own and becomes the default, so the product's code opens
 * its files through it unchanged. */
#pragma once

#include <stdbool.h>

enum fault {
        FAULT_NONE,
        FAULT_WRITE_FULL,  /* writes find the disk full */
        FAULT_WRITE_ERROR, /* writes fail */
        FAULT_WRITE_HALF,  /* a write stops in its middle, and fails */
        FAULT_SYNC_ERROR,  /* the data is written, but the disk does not confirm it */
        FAULT_READ_ERROR,
};

/* Once, before anything is opened. */
void fault_vfs_install(void);

/* From now on: `after` operations of the kind pass, then all fail, until the next call. */
void fault_set(enum fault fault, int after);

/* Operations that were made to fail since fault_set(). */
int fault_count(void);
