// Locks, and temporary things that their maker holds locked.
//
// All are flock(2): they end with the last descriptor of their holder, also after kill
// -9. Lock files stay; they are empty.
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include <sys/types.h>

#include "store/store.h"

// Lock I/.wfx/locks/NAME. `how` is LOCK_SH or LOCK_EX. Waits, telling `progress`
// (STORE_WAIT) from time to time. Returns the descriptor that holds the lock.
int lock_take(struct store *s, const char *name, int how, store_progress_fn *progress,
              void *arg, struct err *e);

// A new file or directory in dirfd, named .tmp.upload.wfx-..., that temp_sweep() of
// other processes leaves alone as long as the returned descriptor is open.
enum { TEMP_NAME = 64 };
int temp_file(int dirfd, char name[TEMP_NAME], mode_t mode); // -1 with errno
int temp_dir(int dirfd, char name[TEMP_NAME]);               // -1 with errno

// Remove what dead processes left in dirfd.
void temp_sweep(int dirfd);

#endif
