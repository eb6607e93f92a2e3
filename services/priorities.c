/* SPDX-License-Identifier: MIT */
#include "services/priorities.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ioprio_set(2), which glibc does not wrap. */
enum {
	IOPRIO_WHO_PROCESS = 1,
	IOPRIO_CLASS_SHIFT = 13,
	IOPRIO_CLASS_NONE = 0,
	IOPRIO_CLASS_BEST_EFFORT = 2,
	IOPRIO_CLASS_IDLE = 3,
	IOPRIO_DEFAULT = 4,
};

/* Unlike systemd, which takes what is nearest: a service that asks for more files than it can get
 * should not find out under load. */
/* For a unit that was written for a machine: as near as a container may come, as systemd has it. */
static int set_nearest_limit(__rlimit_resource_t kind, const struct rlimit *wanted)
{
	struct rlimit highest;

	if (getrlimit(kind, &highest) < 0) {
		return -1;
	}
	rlim_t most = highest.rlim_max;
	const struct rlimit nearest = {
		.rlim_cur = wanted->rlim_cur < most ? wanted->rlim_cur : most,
		.rlim_max = wanted->rlim_max < most ? wanted->rlim_max : most,
	};
	return setrlimit(kind, &nearest);
}

static int set_limit(__rlimit_resource_t kind, const struct exec_limit *limit)
{
	int r = setrlimit(kind, &limit->limit);

	return r < 0 && errno == EPERM && limit->nearest ? set_nearest_limit(kind, &limit->limit)
							 : r;
}

static int set_limits(const struct exec_context *exec, struct step_place *at)
{
	for (int kind = 0; kind < RLIM_NLIMITS; kind++) {
		if (exec->limits[kind] && set_limit(kind, exec->limits[kind]) < 0) {
			*at = (struct step_place) { STEP_LIMITS, (size_t)kind };
			return -errno;
		}
	}
	return 0;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0) {
		return -errno;
	}
	if (write(fd, text, strlen(text)) < 0) {
		r = -errno;
	}
	close(fd);
	return r;
}

static int set_oom_score(int adjust)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", adjust);
	return write_file("/proc/self/oom_score_adj", text);
}

/* Without the right to it a dump is as it was, as systemd has it. */
static int set_coredump_filter(uint64_t filter)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)filter);
	int r = write_file("/proc/self/coredump_filter", text);
	return r == -EACCES || r == -EPERM ? 0 : r;
}

static int apply_extras(const struct exec_extras *extras, struct step_place *at)
{
	int r = 0;

	if (extras->coredump_filter_set) {
		at->step = STEP_COREDUMP_FILTER;
		r = set_coredump_filter(extras->coredump_filter);
	}
	if (r == 0 && extras->timer_slack_ns != EXEC_UNSET) {
		at->step = STEP_TIMER_SLACK;
		r = prctl(PR_SET_TIMERSLACK, extras->timer_slack_ns, 0, 0, 0) < 0 ? -errno : 0;
	}
	if (r == 0 && extras->personality != EXEC_UNSET) {
		at->step = STEP_PERSONALITY;
		r = personality((unsigned long)extras->personality) < 0 ? -errno : 0;
	}
	return r;
}

static int set_cpu_scheduling(const struct exec_context *exec)
{
	int policy = exec->cpu_policy == EXEC_UNSET ? SCHED_OTHER : exec->cpu_policy;
	struct sched_param parameter = { .sched_priority = exec->cpu_priority };

	/* systemd.exec(5): a real-time policy has the lowest priority unless told. */
	if (exec->cpu_priority == EXEC_UNSET) {
		parameter.sched_priority = sched_get_priority_min(policy);
	}
	policy |= exec->cpu_reset_on_fork ? SCHED_RESET_ON_FORK : 0;
	return sched_setscheduler(0, policy, &parameter) < 0 ? -errno : 0;
}

static int set_io_scheduling(const struct exec_context *exec)
{
	int class = exec->io_class == EXEC_UNSET ? IOPRIO_CLASS_BEST_EFFORT : exec->io_class;
	int priority = exec->io_priority == EXEC_UNSET ? IOPRIO_DEFAULT : exec->io_priority;

	/* These two have no levels. */
	if (class == IOPRIO_CLASS_NONE || class == IOPRIO_CLASS_IDLE) {
		priority = 0;
	}
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
		       class << IOPRIO_CLASS_SHIFT | priority) < 0
		       ? -errno
		       : 0;
}

static bool has_cpu_scheduling(const struct exec_context *exec)
{
	return exec->cpu_policy != EXEC_UNSET || exec->cpu_priority != EXEC_UNSET ||
	       exec->cpu_reset_on_fork;
}

static bool has_io_scheduling(const struct exec_context *exec)
{
	return exec->io_class != EXEC_UNSET || exec->io_priority != EXEC_UNSET;
}

int priorities_apply(const struct exec_context *exec, struct step_place *at)
{
	int r = 0;

	if (exec->oom_score_adjust_set) {
		*at = (struct step_place) { .step = STEP_OOM_SCORE_ADJUST };
		r = set_oom_score(exec->oom_score_adjust);
		r = exec->oom_score_adjust_optional && (r == -EACCES || r == -EPERM) ? 0 : r;
	}
	if (r == 0 && exec->nice_set) {
		*at = (struct step_place) { .step = STEP_NICE };
		r = setpriority(PRIO_PROCESS, 0, exec->nice) < 0 ? -errno : 0;
	}
	if (r == 0 && has_cpu_scheduling(exec)) {
		*at = (struct step_place) { .step = STEP_CPU_SCHEDULING };
		r = set_cpu_scheduling(exec);
	}
	if (r == 0 && exec->cpu_affinity) {
		*at = (struct step_place) { .step = STEP_CPU_AFFINITY };
		r = sched_setaffinity(0, sizeof(*exec->cpu_affinity), exec->cpu_affinity) < 0
			    ? -errno
			    : 0;
	}
	if (r == 0 && has_io_scheduling(exec)) {
		*at = (struct step_place) { .step = STEP_IO_SCHEDULING };
		r = set_io_scheduling(exec);
	}
	if (r == 0 && exec->extras) {
		r = apply_extras(exec->extras, at);
	}
	return r < 0 ? r : set_limits(exec, at);
}
