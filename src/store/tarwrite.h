// Writing tar headers as upstream does (spec §3.5): ustar, and a pax header before it
// only when ustar cannot hold the entry. No user or group names, no times but mtime.
#ifndef STORE_TARWRITE_H
#define STORE_TARWRITE_H

#include <stddef.h>
#include <stdint.h>

struct node;
struct str;

enum { TARWRITE_BLOCK = 512 };

// Append the header block(s) of a node; its size is the content's for files. The path is
// that in the archive: "./" for a root directory, "." for a single file, "./a/b",
// "./dir/".
void tarwrite_header(struct str *out, const struct node *n, const char *path);

// Zeros that must follow a content of this size.
size_t tarwrite_padding(uint64_t size);

#endif
