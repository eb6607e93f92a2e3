/* SPDX-License-Identifier: MIT */
#pragma once

/* A folder of one's own, for tests of what lies in files. */

extern char scratch[];

/* To be called first and last. */
void scratch_make(void);
void scratch_finish(void);

/* The folder, a slash, `name`; from a few buffers in turn. Folders on the way are made. */
const char *scratch_path(const char *name);

void scratch_write(const char *name, const char *text);
void scratch_link(const char *name, const char *target);
