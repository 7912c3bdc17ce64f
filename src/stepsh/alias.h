// Aliases (XCU 2.3.1).
#ifndef STEPSH_ALIAS_H
#define STEPSH_ALIAS_H

#include <stddef.h>

const char *alias_value(const char *name, size_t n);
int alias_any(void); // are there any, and are they expanded?
void alias_forget(void);

#endif
