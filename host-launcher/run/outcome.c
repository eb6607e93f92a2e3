/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/outcome.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host-launcher/base/failure.h"

static void set(struct outcome *outcome, bool from_build, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void set(struct outcome *outcome, bool from_build, int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(outcome->cause, sizeof(outcome->cause), format, arguments);
	va_end(arguments);
	outcome->code = code;
	outcome->from_build = from_build;
}

static void decide_end(const struct outcome_facts *facts, struct outcome *outcome)
{
	int code = facts->exit_code;
	if (code == 0 && facts->results_looked_for && facts->results == 0) {
		set(outcome, false, EXIT_NO_ARTIFACTS,
			"the build succeeded but left nothing in /artifacts");
	} else if (code == 0) {
		set(outcome, true, 0, "%s", "");
	} else if (facts->oom_killed) {
		set(outcome, false, EXIT_OOM,
			"the build ran out of memory and ended with code %d: give it more, or "
			"leave "
			"out --ram",
			code);
	} else if (code > EXIT_SIGNAL_BASE && code < EXIT_SIGNAL_BASE + NSIG) {
		const char *name = sigabbrev_np(code - EXIT_SIGNAL_BASE);
		set(outcome, true, code, "the build ended with code %d (signal %s)", code,
			name ? name : "unknown");
	} else {
		set(outcome, true, code, "the build ended with code %d", code);
	}
}

void outcome_decide(const struct outcome_facts *facts, struct outcome *ret_outcome)
{
	const char *left = facts->detached ? "; its container was left behind" : "";
	if (facts->signal) {
		const char *name = sigabbrev_np(facts->signal);
		set(ret_outcome, false, EXIT_SIGNAL_BASE + facts->signal, "stopped by signal %s%s",
			name ? name : "unknown", left);
	} else if (facts->timed_out) {
		set(ret_outcome, false, EXIT_BUILD_TIMEOUT,
			"the build took longer than --build-timeout allows%s", left);
	} else if (!facts->ended) {
		set(ret_outcome, false, EXIT_ENGINE_LOST,
			"lost the container engine during the build");
	} else {
		decide_end(facts, ret_outcome);
	}
}
