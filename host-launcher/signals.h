/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The signals that stop a build, as something to poll.
 */

/* Blocks INT, TERM, HUP and QUIT and gives a descriptor that is readable when one came. HUP stays
 * ignored where it was, as under nohup(1). Returns 0 or -errno. */
int signals_open(int *ret_fd);

/* The same with one more signal, or 0. */
int signals_open_with(int extra, int *ret_fd);

/* The next one that came, or 0. */
int signals_read(int fd);
