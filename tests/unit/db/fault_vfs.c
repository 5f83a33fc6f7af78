#include "fault_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

struct fault_file {
        sqlite3_file base;
        sqlite3_file *real; /* in the same allocation, right behind */
};

static sqlite3_vfs *real_vfs;
static _Atomic int armed, pass, failed;

static sqlite3_file *real_of(sqlite3_file *file) {
        return ((struct fault_file *)file)->real;
}

void fault_set(enum fault fault, int after) {
        atomic_store(&armed, FAULT_NONE);
        atomic_store(&pass, after);
        atomic_store(&failed, 0);
        atomic_store(&armed, fault);
}

int fault_count(void) {
        return atomic_load(&failed);
}

static bool strikes(enum fault fault) {
        if (atomic_load(&armed) != (int)fault || atomic_fetch_sub(&pass, 1) > 0)
                return false;
        (void)atomic_fetch_add(&failed, 1);
        return true;
}

static int fault_close(sqlite3_file *file) {
        return real_of(file)->pMethods->xClose(real_of(file));
}

static int fault_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at) {
        if (strikes(FAULT_READ_ERROR))
                return SQLITE_IOERR_READ;
        return real_of(file)->pMethods->xRead(real_of(file), out, n, at);
}

static int fault_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at) {
        if (strikes(FAULT_WRITE_FULL))
                return SQLITE_FULL;
        if (strikes(FAULT_WRITE_ERROR))
                return SQLITE_IOERR_WRITE;
        if (strikes(FAULT_WRITE_HALF)) {
                (void)real_of(file)->pMethods->xWrite(real_of(file), data, n / 2, at);
                return SQLITE_FULL;
        }
        return real_of(file)->pMethods->xWrite(real_of(file), data, n, at);
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size) {
        return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int fault_sync(sqlite3_file *file, int flags) {
        if (strikes(FAULT_SYNC_ERROR))
                return SQLITE_IOERR_FSYNC;
        return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int fault_size(sqlite3_file *file, sqlite3_int64 *size) {
        return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int fault_lock(sqlite3_file *file, int level) {
        return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int fault_unlock(sqlite3_file *file, int level) {
        return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int fault_check_lock(sqlite3_file *file, int *ret) {
        return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int fault_control(sqlite3_file *file, int op, void *arg) {
        return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int fault_sector(sqlite3_file *file) {
        return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int fault_device(sqlite3_file *file) {
        return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int fault_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret) {
        return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, ret);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int n, int flags) {
        return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void fault_shm_barrier(sqlite3_file *file) {
        real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int fault_shm_unmap(sqlite3_file *file, int remove) {
        return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods fault_methods = {
        .iVersion = 2,
        .xClose = fault_close,
        .xRead = fault_read,
        .xWrite = fault_write,
        .xTruncate = fault_truncate,
        .xSync = fault_sync,
        .xFileSize = fault_size,
        .xLock = fault_lock,
        .xUnlock = fault_unlock,
        .xCheckReservedLock = fault_check_lock,
        .xFileControl = fault_control,
        .xSectorSize = fault_sector,
        .xDeviceCharacteristics = fault_device,
        .xShmMap = fault_shm_map,
        .xShmLock = fault_shm_lock,
        .xShmBarrier = fault_shm_barrier,
        .xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                      int *ret_flags) {
        struct fault_file *f = (struct fault_file *)file;
        int code;

        f->real = (sqlite3_file *)(void *)(f + 1);
        code = real_vfs->xOpen(real_vfs, name, f->real, flags, ret_flags);
        f->base.pMethods = code == SQLITE_OK ? &fault_methods : NULL;
        return code;
}

void fault_vfs_install(void) {
        static sqlite3_vfs vfs;

        real_vfs = sqlite3_vfs_find(NULL);
        vfs = *real_vfs;
        vfs.zName = "fault";
        vfs.szOsFile = (int)sizeof(struct fault_file) + real_vfs->szOsFile;
        vfs.xOpen = fault_open;
        (void)sqlite3_vfs_register(&vfs, 1);
}
