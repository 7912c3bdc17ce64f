// Arithmetic with the shell's variables.
#ifndef STEPSH_MATH_H
#define STEPSH_MATH_H

#include <stddef.h>
#include <stdint.h>

// A number as text in buf, with NUL; returns its length.
size_t math_text(char buf[24], int64_t value);

// Evaluate an expression whose words are expanded already: 0, or -1 after a complaint.
int math_eval(const char *text, size_t n, int64_t *value);

#endif
