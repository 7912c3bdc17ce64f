// An unpacked tree, down to the disk.
#ifndef STORE_TREESYNC_H
#define STORE_TREESYNC_H

// Get DIRFD/NAME, which the index in index_fd describes, onto the disk. A few files are
// synced one by one: syncfs(2) waits for whatever others wrote to the same file system.
// -1 with errno.
int tree_sync(int dirfd, const char *name, int index_fd);

#endif
