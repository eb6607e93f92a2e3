/* SPDX-License-Identifier: MIT */
#include "services/step.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>

static const struct {
	const char *name;
	int exit_code;
} steps[] = {
	[STEP_NONE] = { "nothing", 0 },
	[STEP_SIGNALS] = { "signal mask", 207 },
	[STEP_CGROUP] = { "cgroup", 219 },
	[STEP_SESSION] = { "setsid()", 220 },
	[STEP_DESCRIPTORS] = { "close_range()", 202 },
	[STEP_MOUNTS] = { "PrivateMounts=", 226 },
	[STEP_USER] = { "User=", 217 },
	[STEP_GROUP] = { "Group=", 216 },
	[STEP_RUNTIME_DIRECTORY] = { "RuntimeDirectory=", 233 },
	[STEP_STATE_DIRECTORY] = { "StateDirectory=", 238 },
	[STEP_CACHE_DIRECTORY] = { "CacheDirectory=", 239 },
	[STEP_LOGS_DIRECTORY] = { "LogsDirectory=", 240 },
	[STEP_CONFIGURATION_DIRECTORY] = { "ConfigurationDirectory=", 241 },
	[STEP_STDIN] = { "StandardInput=", 208 },
	[STEP_STDOUT] = { "StandardOutput=", 209 },
	[STEP_STDERR] = { "StandardError=", 222 },
	[STEP_LIMITS] = { "Limit*=", 205 },
	[STEP_NICE] = { "Nice=", 201 },
	[STEP_OOM_SCORE_ADJUST] = { "OOMScoreAdjust=", 206 },
	[STEP_COREDUMP_FILTER] = { "CoredumpFilter=", 205 },
	[STEP_CPU_SCHEDULING] = { "CPUSchedulingPolicy=", 214 },
	[STEP_CPU_AFFINITY] = { "CPUAffinity=", 215 },
	[STEP_IO_SCHEDULING] = { "IOSchedulingClass=", 211 },
	[STEP_TIMER_SLACK] = { "TimerSlackNSec=", 212 },
	[STEP_PERSONALITY] = { "Personality=", 230 },
	[STEP_ENVIRONMENT] = { "environment", 204 },
	[STEP_ENVIRONMENT_FILE] = { "EnvironmentFile=", 1 },
	[STEP_ROOT_DIRECTORY] = { "RootDirectory=", 210 },
	[STEP_BOUNDING_SET] = { "CapabilityBoundingSet=", 218 },
	[STEP_SET_GROUPS] = { "setgroups() for User=", 216 },
	[STEP_SET_USER] = { "setresuid() for User=", 217 },
	[STEP_AMBIENT_CAPABILITIES] = { "AmbientCapabilities=", 218 },
	[STEP_SECURE_BITS] = { "SecureBits=", 213 },
	[STEP_NO_NEW_PRIVILEGES] = { "NoNewPrivileges=", 227 },
	[STEP_WORKING_DIRECTORY] = { "WorkingDirectory=", 200 },
	[STEP_READY_FD] = { "ReadyWhen=fd:", 202 },
	[STEP_EXEC] = { "execve()", 203 },
};

static const char *const limits[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = "LimitCPU=",
	[RLIMIT_FSIZE] = "LimitFSIZE=",
	[RLIMIT_DATA] = "LimitDATA=",
	[RLIMIT_STACK] = "LimitSTACK=",
	[RLIMIT_CORE] = "LimitCORE=",
	[RLIMIT_RSS] = "LimitRSS=",
	[RLIMIT_NOFILE] = "LimitNOFILE=",
	[RLIMIT_AS] = "LimitAS=",
	[RLIMIT_NPROC] = "LimitNPROC=",
	[RLIMIT_MEMLOCK] = "LimitMEMLOCK=",
	[RLIMIT_SIGPENDING] = "LimitSIGPENDING=",
	[RLIMIT_MSGQUEUE] = "LimitMSGQUEUE=",
	[RLIMIT_NICE] = "LimitNICE=",
	[RLIMIT_RTPRIO] = "LimitRTPRIO=",
	[RLIMIT_RTTIME] = "LimitRTTIME=",
};

const char *step_name(enum spawn_step step, size_t item)
{
	if (step == STEP_LIMITS && item < RLIM_NLIMITS) {
		return limits[item];
	}
	if (step == STEP_SET_GROUPS && item) {
		return "setgroups() for Group=";
	}
	return (size_t)step < sizeof(steps) / sizeof(steps[0]) ? steps[step].name : "unknown step";
}

int step_exit_code(enum spawn_step step, int error)
{
	if (step == STEP_EXEC) {
		return error == ENOENT || error == ENOTDIR ? 127 : 126;
	}
	return steps[step].exit_code;
}
