// The probable cause of a failing step, in a sentence, and what to try.
#ifndef CAUSE_H
#define CAUSE_H

struct model_failure;
struct model_step;
struct str;

// Append to both; `cause` always gets something, `attempt` perhaps.
void cause_find(const struct model_step *s, int network, struct str *cause,
                struct str *attempt);

#endif
