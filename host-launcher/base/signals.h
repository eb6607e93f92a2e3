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

/* For what has nothing yet that could take a signal in good order, but leaves something behind if
 * it is just killed: from now on git ends early when one comes, and so do the requests to engines
 * that are opened. Whoever asked for it looks for the signal then. Returns 0 or -errno. */
int signals_watch(void);

/* The descriptor of signals_watch(), which stays open; -1 before that. */
int signals_watched(void);
