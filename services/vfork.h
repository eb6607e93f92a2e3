/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cheap way to a process: it shares our memory until it runs its program, as in posix_spawn(3)
 * of glibc, so nothing is copied to be thrown away. Less than half of the cost of fork().
 */

#include <stdbool.h>
#include <sys/types.h>

/*
 * Starts a child that calls `run`, which must not return, on a stack of its own; with a
 * `cgroup_fd` that is not -1, inside that cgroup; with `share_files`, on our table of descriptors,
 * which it must leave before it changes one. Blocks until the child has executed a program or
 * ended. What the child writes to memory is seen here afterwards; its signal mask, descriptors,
 * limits and identity are its own. Returns its pid, -ENOSYS where there is no such way (then fork()
 * is one), or -errno. For one thread at a time.
 */
pid_t vfork_run(int cgroup_fd, bool share_files, int (*run)(void *argument), void *argument);
