/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/rejoin.h"

#include <poll.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/engine/container.h"

enum rejoin_verdict rejoin_judge(enum engine_pulse pulse, const json_t *container, bool was_gone,
	bool outlived, int *ret_code)
{
	const json_t *code = json_object_get(json_object_get(container, "State"), "ExitCode");
	enum container_life life = container_judge_life(container);
	switch (pulse) {
	case ENGINE_ALIVE:
		break;
	case ENGINE_FORGOT:
		return REJOIN_LOST;
	case ENGINE_GONE:
	case ENGINE_UNSURE:
		return REJOIN_AGAIN;
	}
	if (life == CONTAINER_UNSURE || !json_is_integer(code)) {
		return REJOIN_AGAIN;
	}
	if (life == CONTAINER_RUNS) {
		return REJOIN_RUNNING;
	}
	/* Podman has a code of -1 where it lost sight of how it ended. */
	if ((was_gone && !outlived) || json_integer_value(code) < 0) {
		return REJOIN_LOST;
	}
	*ret_code = (int)json_integer_value(code);
	return REJOIN_ENDED;
}

enum rejoin_verdict rejoin_container(
	struct engine *engine, const char *id, int signal_fd, int *ret_code)
{
	autofree char *path = alloc_printf("/containers/%s/json", id);
	bool outlived = engine_facts(engine)->outlived;
	bool patient = outlived || !engine_is_local(engine);
	int64_t deadline_ms = clock_now_ms() + (patient ? REJOIN_OUTLIVED_MS : REJOIN_MS);
	struct pollfd signals = { .fd = signal_fd, .events = POLLIN };
	enum rejoin_verdict verdict = REJOIN_AGAIN;
	bool was_gone = false;
	for (;;) {
		json_auto_t *container = NULL;
		enum engine_pulse pulse = engine_feel_pulse(engine, path, &container);
		was_gone |= pulse == ENGINE_GONE;
		verdict = rejoin_judge(pulse, container, was_gone, outlived, ret_code);
		if (verdict != REJOIN_AGAIN) {
			return verdict;
		}
		if (clock_now_ms() >= deadline_ms) {
			return REJOIN_LOST;
		}
		if (poll(&signals, 1, REJOIN_POLL_MS) > 0) {
			return REJOIN_STOPPED;
		}
	}
}
