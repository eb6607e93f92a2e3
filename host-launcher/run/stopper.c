/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/stopper.h"

#include <signal.h>

void stopper_init(struct stopper *stopper, int64_t now_ms, int64_t build_ms, int64_t grace_ms)
{
	*stopper = (struct stopper) {
		.grace_ms = grace_ms,
		.deadline_ms = build_ms > 0 ? now_ms + build_ms : -1,
	};
}

static enum stopper_action enter(struct stopper *stopper, enum stopper_stage stage, int64_t now_ms)
{
	stopper->stage = stage;
	switch (stage) {
	case STOPPER_RUNNING:
		return STOPPER_NOTHING;
	case STOPPER_STOPPING:
		stopper->deadline_ms = now_ms + stopper->grace_ms;
		return STOPPER_ASK;
	case STOPPER_KILLED:
		stopper->deadline_ms = now_ms + STOPPER_KILL_MS;
		return STOPPER_KILL;
	case STOPPER_DETACHED:
		stopper->deadline_ms = -1;
		return STOPPER_DETACH;
	}
	return STOPPER_NOTHING;
}

enum stopper_action stopper_on_signal(struct stopper *stopper, int signal, int64_t now_ms)
{
	stopper->signals++;
	if (!stopper->signal) {
		stopper->signal = signal;
	}
	switch (stopper->stage) {
	case STOPPER_RUNNING:
		return enter(
			stopper, signal == SIGQUIT ? STOPPER_KILLED : STOPPER_STOPPING, now_ms);
	case STOPPER_STOPPING:
		return enter(stopper, STOPPER_KILLED, now_ms);
	case STOPPER_KILLED:
		return enter(stopper, STOPPER_DETACHED, now_ms);
	case STOPPER_DETACHED:
		return STOPPER_NOTHING;
	}
	return STOPPER_NOTHING;
}

enum stopper_action stopper_on_time(struct stopper *stopper, int64_t now_ms)
{
	if (stopper->deadline_ms < 0 || now_ms < stopper->deadline_ms) {
		return STOPPER_NOTHING;
	}
	switch (stopper->stage) {
	case STOPPER_RUNNING:
		stopper->timed_out = true;
		return enter(stopper, STOPPER_STOPPING, now_ms);
	case STOPPER_STOPPING:
		return enter(stopper, STOPPER_KILLED, now_ms);
	case STOPPER_KILLED:
		return enter(stopper, STOPPER_DETACHED, now_ms);
	case STOPPER_DETACHED:
		return STOPPER_NOTHING;
	}
	return STOPPER_NOTHING;
}

int stopper_wait_ms(const struct stopper *stopper, int64_t now_ms, int longest_ms)
{
	if (stopper->deadline_ms < 0) {
		return longest_ms;
	}
	int64_t left_ms = stopper->deadline_ms - now_ms;
	if (left_ms < 0) {
		return 0;
	}
	return left_ms < longest_ms ? (int)left_ms : longest_ms;
}

void stopper_give_up(struct stopper *stopper, int signal)
{
	if (!stopper->signal) {
		stopper->signal = signal;
	}
	stopper->stage = STOPPER_DETACHED;
	stopper->deadline_ms = -1;
}
