/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The terminal as a far shell needs it: every key goes through unchanged. The mode that it had
 * comes back in any case but SIGKILL.
 */

#include <stdbool.h>

/* Standard input and output are one. */
bool terminal_is_there(void);

/* Puts standard input's terminal into raw mode; terminal_restore() or the end of the process undoes
 * it. Returns 0 or -errno. */
int terminal_make_raw(void);

/* Harmless when nothing is to be undone. */
void terminal_restore(void);

/* Standard output's terminal once more, which does not block: O_NONBLOCK would be for everybody who
 * has ours. Where it cannot be opened, as after su(1), one that does. The caller closes it. */
int terminal_open_output(void);

/* Columns of the terminal at `fd`; 80 where nobody knows. */
unsigned terminal_columns(int fd);

/* Rows and columns; 24 and 80 where nobody knows. */
void terminal_size(unsigned *ret_rows, unsigned *ret_columns);
