// The last stretch: from the fork in init to the program of the box. Capabilities,
// no_new_privs, limits, seccomp, descriptors, environment; then exec.
#ifndef SANDBOX_ENTRY_H
#define SANDBOX_ENTRY_H

struct plan;
struct box_ends;

// Never returns. Tells REPORT_EXEC and, when exec fails, REPORT_EXEC_FAILED.
_Noreturn void entry_main(const struct plan *plan, struct box_ends *ends);

#endif
