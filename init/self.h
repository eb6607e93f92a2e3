/* SPDX-License-Identifier: MIT */
#pragma once

/* What this process is and has: its place in the process tree, its descriptors, its limits. */

#include "services/spawn.h"

/* Blocks all signals and remembers what was blocked before, has SIGCHLD told, opens closed standard
 * descriptors on /dev/null or what can stand for it, keeps every other descriptor from children,
 * and becomes the reaper of its descendants if it is not PID 1. Returns whether it is PID 1. Never
 * fails. */
bool self_prepare(struct spawn_host *ret_host);

/* Raises the limit of open descriptors to nearly the hard one; the rest is for the set-up of
 * children, which get back what it was. */
void self_raise_nofile(struct spawn_host *host);

/* The working directory and the mask that most services want, so that their children need not set
 * them. To be called when all files are loaded. */
void self_settle(struct spawn_host *host);

/* Gives back the pages of the program that only its start needed; the kernel brings back what is
 * used again. */
void self_drop_pages(void);
