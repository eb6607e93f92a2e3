/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which process a run belongs to, as a text that others can judge: the boot, the PID namespace, the
 * process and when it was started. A PID alone would be somebody else's one day.
 */

enum owner_verdict {
	OWNER_ALIVE,
	OWNER_GONE,
	OWNER_ELSEWHERE, /* on another machine, or in another container of this one: cannot tell */
};

/* This process. Owned by the caller. */
char *owner_self(void);

/* `text` may be NULL or nonsense, which nobody can tell anything of. */
enum owner_verdict owner_judge(const char *text);
