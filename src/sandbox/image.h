// The shell's program as a sealed, unlinked copy in memory: what runs in the box is never
// a file that the box could reach and change (CVE-2019-5736).
#ifndef SANDBOX_IMAGE_H
#define SANDBOX_IMAGE_H

struct err;

// A read-only descriptor to execute; the caller closes it. The copy is kept for the next
// box as long as the file stays the same.
int image_seal(int fd, struct err *e);

#endif
