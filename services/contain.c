/* SPDX-License-Identifier: MIT */
#include "services/contain.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The leader may not have come to its setsid() yet: then it is alone and gets the signal itself. */
static bool send(const struct containment_group *group, int signal)
{
	if (kill(-group->leader, signal) == 0 || errno != ESRCH) {
		return true;
	}
	return !group->leader_reaped && kill(group->leader, signal) == 0;
}

static void forget(struct containment *c, size_t at)
{
	c->count--;
	memmove(&c->groups[at], &c->groups[at + 1], (c->count - at) * sizeof(c->groups[0]));
}

bool contain_is_empty(struct containment *c)
{
	for (size_t i = c->count; i > 0; i--) {
		if (!send(&c->groups[i - 1], 0)) {
			forget(c, i - 1);
		}
	}
	return c->count == 0;
}

void contain_add(struct containment *c, pid_t leader)
{
	if (c->count == CONTAIN_GROUPS) {
		contain_is_empty(c);
	}
	if (c->count == CONTAIN_GROUPS) {
		send(&c->groups[0], SIGKILL);
		forget(c, 0);
	}
	c->groups[c->count++] = (struct containment_group) { .leader = leader };
}

void contain_leader_reaped(struct containment *c, pid_t leader)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->groups[i].leader == leader) {
			c->groups[i].leader_reaped = true;
		}
	}
}

bool contain_has(const struct containment *c, pid_t pid)
{
	pid_t group = getpgid(pid);
	pid_t session = getsid(pid);

	for (size_t i = 0; group > 0 && i < c->count; i++) {
		if (c->groups[i].leader == group || c->groups[i].leader == session) {
			return true;
		}
	}
	return false;
}

static bool needs_continue(int signal)
{
	return signal != SIGKILL && signal != SIGCONT && signal != 0;
}

void contain_signal(struct containment *c, int signal)
{
	for (size_t i = 0; i < c->count; i++) {
		send(&c->groups[i], signal);
		if (needs_continue(signal)) {
			send(&c->groups[i], SIGCONT);
		}
	}
}

void contain_signal_one(pid_t pid, int signal)
{
	kill(pid, signal);
	if (needs_continue(signal)) {
		kill(pid, SIGCONT);
	}
}
