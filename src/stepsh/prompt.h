// Prompts: PS1, PS2, and PS4 of set -x.
#ifndef STEPSH_PROMPT_H
#define STEPSH_PROMPT_H

struct str;

void prompt_show(int continued);
// Write a line of set -x: PS4 expanded, then the text.
void prompt_trace(const struct str *line);
// Expand parameters in a prompt; the result lies in sh.arena.
char *prompt_expand(const char *text);

#endif
