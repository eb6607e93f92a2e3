/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What Main= leaves behind: processes when its main process ends, and mounts and loop devices at
 * the very end, each against what was there when it started. They are told, and removed in reverse
 * order with CleanUp=yes. Mounts in a namespace of its own (PrivateMounts=) go by themselves.
 */

#include "init/manager.h"

/* Takes what it needs, if there is a Main=. Returns 0 or -ENOMEM. */
int leaks_init(struct manager *manager);
void leaks_finish(struct manager *manager);

/* Main= may be another one, or none. */
void leaks_update(struct manager *manager);

/* Main= is about to be started. */
void leaks_begin(struct manager *manager);

/* The main process of Main= has ended: tells which processes it left. */
void leaks_tell_processes(struct manager *manager);

/* All services are gone: tells what else is left, and cleans up if that is wanted. */
void leaks_end(struct manager *manager);
