/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Signals that cannot hit a process which got the number of one that is gone: a number is another
 * process's as soon as its owner was reaped, a pidfd (pidfd_open(2)) never is. None of these block.
 * Where the kernel or the number of descriptors does not allow for a pidfd, it is -1 and the number
 * must do.
 */

#include <sys/types.h>

/* A pidfd, close-on-exec, or -errno: -ESRCH if there is no such process. A zombie is one. */
int process_open(pid_t pid);

/* Closes it; -1 is fine. */
void process_close(int pidfd);

/* Sends a signal to a process; SIGCONT follows what a stopped process must get to see
 * (systemd.kill(5)). Returns 0 or -errno. */
int process_signal(int pidfd, pid_t pid, int signal);

/* The same for the group whose leader this is, or was: with a pidfd (Linux 6.9) also once the
 * leader is reaped. -ESRCH: nobody is in it. */
int process_signal_group(int pidfd, pid_t leader, int signal);
