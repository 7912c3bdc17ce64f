// stderr as people see it: colours, one status line that is redrawn, amounts in words.
#ifndef TERM_H
#define TERM_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum term_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
#define COLOR_VALUES "auto|always|never" // in the order of the enum

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_DIM, PAINT_RED, PAINT_GREEN, PAINT_YELLOW };

struct term {
	int live; // the status line may be drawn
	int color;
	int failed;        // stderr cannot be written any more
	struct str status; // what stands in the status line now; empty = nothing
};

// live: the caller wants a status line if stderr can show one.
void term_init(struct term *t, int live, enum term_color color);

// Is stderr a terminal that can move its cursor?
int term_can_move(void);

// Remove the status line and free what it was made of.
void term_finish(struct term *t);

// Write text that ends with a newline, above the status line.
void term_print(struct term *t, const struct str *text);

// Draw the status line (cut to the terminal's width), or remove it (NULL).
void term_status(struct term *t, const char *line);

// Append text in a colour, where colours are on.
void term_paint(const struct term *t, struct str *out, enum paint paint,
                const char *text);

// Append at most `columns` columns of safe text; "..." at the end when it was cut. A text
// of several lines counts as its first line, cut.
void text_cut(struct str *out, const char *text, size_t columns);

// Append "12.3 MiB", "0.4 s" or "2m05s".
void text_bytes(struct str *out, int64_t bytes);
void text_duration(struct str *out, int64_t us);

#endif
