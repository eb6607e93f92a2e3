/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Another set of services in place of the one that runs: those of which nothing changed go on, the
 * others are stopped first and, if they are in the new set, started anew. Pure.
 */

#include "services/supervisor.h"

/* How the services of two sets differ. */
struct reload_difference {
	size_t added;
	size_t removed;
	size_t changed;
	size_t unchanged;
};

/* Begins: asks for the stop of what is not in the `next` set as it is, and of what stops with it.
 * Nothing is started any more until reload_finish() or reload_cancel(). */
struct reload_difference reload_begin(struct supervisor *supervisor, const struct conf_set *next);

/* All that had to stop is over. */
bool reload_is_due(const struct supervisor *supervisor);

/* What goes on: for each service of `next` its index in the running set, or -1 for those that
 * begin anew. `ret_from` has room for next->count. */
void reload_map(
	const struct supervisor *supervisor, const struct conf_set *next, ssize_t *ret_from);

/*
 * Makes `ret_supervisor` from the running one: those that `from` maps are taken over as they are.
 * Memory comes from the arena of `next`, to which all of it points. Cycles go to `problems`.
 * Returns 0, -ELOOP or -ENOMEM, then nothing has changed.
 */
int reload_finish(const struct supervisor *supervisor, struct conf_set *next, const ssize_t *from,
	struct conf_problems *problems, struct supervisor *ret_supervisor);

/* Gives it up: what was stopped is started again as it was. */
void reload_cancel(struct supervisor *supervisor);

/* The command of `next` that stands where `command` stands in `config`; NULL if there is none. */
const struct exec_command *reload_command(const struct exec_command *command,
	const struct service_config *config, const struct service_config *next);
