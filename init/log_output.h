/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The way out of the log: whole lines with their prefix go into a ring, and from there to a
 * descriptor that may be slow, full, shared or gone. Used by log.c only.
 */

#include "init/log.h"

#define OWN_NAME "berth-init"

/* Opens the output anew where it would block. Never fails: it is used as it is then. */
void log_output_adopt(struct log *log, int fd);

/* One line with its prefix; false if there is no room for it now. */
bool log_put_line(struct log *log, const char *name, size_t color, const char *line, size_t length);

/* Writes what the ring holds, until the output takes no more. True when it is empty. */
bool log_output_flush(struct log *log);

/* Watches for the output to take more, or ends that; not while services are paused. */
void log_output_wait(struct log *log, bool wait);

/* What the output refused, once there is room to say it; any next line comes behind that. */
void log_tell_lost(struct log *log);
