// The guard of a box without cgroups: looks at memory and disk from time to time and says
// when a limit is passed. Runs in the warden.
#ifndef SANDBOX_GUARD_H
#define SANDBOX_GUARD_H

#include <stddef.h>
#include <stdint.h>

struct guard {
	int proc;              // root of the generation's procfs
	int store;             // the run folder; -1 = do not watch the disk
	uint64_t memory_bytes; // 0 = no limit
	uint64_t disk_bytes;   // 0 = the default (guard.c)
	uint64_t disk_files;   // set by guard_init()
	uint64_t bytes_at;     // free on the file system when the steps began
	uint64_t bytes_free,
		files_free; // of the file system at the last look at the layers
	uint64_t bytes_used, files_used; // what the layers took then
	uint64_t shmem_at;               // shared memory of the host when the steps began
	int64_t disk_at;                 // when to look at the disk again
	int every_ms;                    // how often to call guard_check()
};

// Before the steps begin.
void guard_init(struct guard *g);

// 1 and why[] when a limit is passed.
int guard_check(struct guard *g, char *why, size_t n);

// Call fn for each process of the generation but its init, with its folder's name.
typedef void guard_proc_fn(int proc, const char *pid, void *arg);
int guard_each_process(int proc, guard_proc_fn *fn, void *arg);
// Read proc/PID/NAME; bytes (NUL added) or -1.
int guard_read(int proc, const char *pid, const char *name, char *buf, size_t n);

#endif
