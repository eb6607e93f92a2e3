/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The way into the log: one service's pipe, what of it went to disk for want of room, and the lines
 * made of both. Used by log.c only.
 */

#include "init/log.h"

/* Reads once, what came first. Returns whether there was something. Closes a pipe whose end has
 * come, once all of it was passed on; until there is room for that it is not watched. */
bool log_input_fill(struct log_channel *channel);

/* To disk instead, while there is no room; its end is noticed once all else is out. Where the disk
 * has none either, the pipe is not watched any more. */
void log_input_spill(struct log_channel *channel);

/* Passes on the lines that were read and are complete. False: there is no room for the next. */
bool log_input_pass_lines(struct log_channel *channel);

/* The last line may lack its newline. */
bool log_input_pass_rest(struct log_channel *channel);

/* Passes on some of what was read and of what is on disk, so that others get their turn. False:
 * there is more. */
bool log_input_pass_held(struct log_channel *channel);

/* Passes on what the pipe holds now, within a bound: a writer may never end. True: there may be
 * more.
 */
bool log_input_drain(struct log_channel *channel);

/* How much was dropped, before anything that comes behind it. False: there is no room to say it. */
bool log_input_tell_dropped(struct log_channel *channel);

/* Bytes that were read and not passed on. */
size_t log_input_held(const struct log_channel *channel);
