// Writing the table of entries (format: store/index.h). For unpack only.
#ifndef STORE_INDEXW_H
#define STORE_INDEXW_H

#include "store/treehash.h"

// After tree_sort(). Metadata is what the filters make of it.
int index_write(int fd, const struct tree *t, const struct filters *f, struct err *e);

#endif
