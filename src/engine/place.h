// Where things are: the folder for run folders, the image of stepsh.
#ifndef ENGINE_PLACE_H
#define ENGINE_PLACE_H

struct err;
struct host;

// The folder below which run folders are made: $WARPFORGE_RUNPATH, else a private folder in
// $TMPDIR (/tmp), else one in the root workspace (`inside`). It must be able to carry the
// upper folder of an overlay: not lie on an overlay itself, and keep user.* attributes.
// Made when missing; leftovers of dead runs are swept. malloc()ed, or NULL.
char *place_runs(struct host *h, const char *inside, struct err *e);

// Open the stepsh image for reading: $WFX_STEPSH, else beside this program, else where it
// was installed. -1 on error.
int place_stepsh(struct host *h, struct err *e);

#endif
