/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * cgroup2 as the box of a service: nothing that was born in it gets out by fork(), setsid() or a
 * double fork, and one write kills all of it (Linux, Documentation/admin-guide/cgroup-v2.rst). No
 * controller is enabled, so the cgroups only hold together; they limit nothing.
 *
 * The boxes stand in one cgroup, the tree, below that of this process. Nothing here allocates or
 * blocks.
 */

#include <stdbool.h>
#include <stddef.h>

struct cgroup_tree {
	int own_fd; /* our own cgroup, or -1 */
	int fd;     /* the tree, locked as long as we live; -1: there is none */
	unsigned number;
	const char *obstacle; /* without a tree: what did not work, static text */
};

/*
 * Makes the tree: below /sys/fs/cgroup where that may be written to, else through a mount that
 * nobody else sees, which takes CAP_SYS_ADMIN. A tree that a killed predecessor left is taken over.
 * Returns 0, or -errno with tree->obstacle set. Either way cgroup_tree_close() may be called.
 */
int cgroup_tree_open(struct cgroup_tree *tree);

/* Kills whoever is left in it, removes it and all boxes. */
void cgroup_tree_close(struct cgroup_tree *tree);

/* Makes the box `name` (a service's) or takes the one that is there. Returns a descriptor that the
 * caller owns, or -errno. */
int cgroup_create(const struct cgroup_tree *tree, const char *name);

/* Closes the descriptor `fd` and removes the box, if it is empty. Returns whether it was; else it
 * is as before. */
bool cgroup_remove(const struct cgroup_tree *tree, const char *name, int fd);

/* Moves a process into the box; 0 is the calling one. Returns 0 or -errno. */
int cgroup_move(int fd, int pid);

/* Whether no process lives in it. Zombies do not count. */
bool cgroup_is_empty(int fd);

/* Opens its file of events: it polls as POLLPRI when it may have become empty, until it is read
 * with cgroup_read_empty(). Returns a descriptor that the caller owns, or -errno. */
int cgroup_open_events(int fd);
bool cgroup_read_empty(int events_fd);

/* Kills every process in it at once, those that are being forked too. Returns 0 or -errno. */
int cgroup_kill(int fd);

/*
 * Calls `visit` for each process in it, up to `max`; those in cgroups below are left out. Several
 * may be named twice. Returns how many it visited.
 */
size_t cgroup_for_each(int fd, size_t max, void (*visit)(int pid, void *data), void *data);
