/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A shell, or another command, where a build is: in its container while that runs, else in a new
 * one made of what the container left, with the same volumes.
 */

#include "host-launcher/engine/engine.h"
#include "host-launcher/options/options.h"

/* The command `berth shell [RUN] [-- COMMAND...]`. Ends with the command's own code. */
int shell_command(const struct options *options, struct failure *failure);

/* A shell in what the ended container `id` of the run left; what it takes is removed again. Returns
 * the shell's code, or -1. */
int shell_after(struct engine *engine, const char *run, const char *id,
	const struct string_list *command, struct failure *failure);
