/* SPDX-License-Identifier: MIT */
#include "conf/directives.h"

#include <string.h>

#include "conf/value.h"

#define FIELD(field) offsetof(struct service_config, field)
#define EXEC(field)  offsetof(struct service_config, exec.field)
#define INIT(field)  offsetof(struct init_config, field)
#define LIMIT(kind)  EXEC(limits[kind])
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct enum_name types[] = {
	{ "simple", SERVICE_SIMPLE },
	{ "exec", SERVICE_EXEC },
	{ "notify", SERVICE_NOTIFY },
	{ "oneshot", SERVICE_ONESHOT },
	{ "forking", SERVICE_FORKING },
	{ NULL },
};

static const struct enum_name restarts[] = {
	{ "no", RESTART_NO },
	{ "on-success", RESTART_ON_SUCCESS },
	{ "on-failure", RESTART_ON_FAILURE },
	{ "on-abnormal", RESTART_ON_ABNORMAL },
	{ "on-watchdog", RESTART_ON_WATCHDOG },
	{ "on-abort", RESTART_ON_ABORT },
	{ "always", RESTART_ALWAYS },
	{ NULL },
};

static const struct enum_name notify_accesses[] = {
	{ "none", NOTIFY_NONE },
	{ "main", NOTIFY_MAIN },
	{ "exec", NOTIFY_EXEC },
	{ "all", NOTIFY_ALL },
	{ NULL },
};

static const struct enum_name kill_modes[] = {
	{ "control-group", KILL_CONTROL_GROUP },
	{ "mixed", KILL_MIXED },
	{ "process", KILL_PROCESS },
	{ "none", KILL_NONE },
	{ NULL },
};

static const struct enum_name preserves[] = {
	{ "no", PRESERVE_NO },
	{ "restart", PRESERVE_RESTART },
	{ "yes", PRESERVE_YES },
	{ NULL },
};

static const struct enum_name cpu_policies[] = {
	{ "other", SCHED_OTHER },
	{ "batch", SCHED_BATCH },
	{ "idle", SCHED_IDLE },
	{ "fifo", SCHED_FIFO },
	{ "rr", SCHED_RR },
	{ NULL },
};

/* ioprio_set(2) */
static const struct enum_name io_classes[] = {
	{ "none", 0 },
	{ "realtime", 1 },
	{ "best-effort", 2 },
	{ "idle", 3 },
	{ "0", 0 },
	{ "1", 1 },
	{ "2", 2 },
	{ "3", 3 },
	{ NULL },
};

static const struct value_range cpu_priorities = { 0, 99 }, io_priorities = { 0, 7 };
static const uint64_t all_capabilities = EXEC_ALL_CAPABILITIES, no_capabilities = 0;

static const struct enum_name unit_actions[] = {
	{ "none", UNIT_ACTION_NONE },
	{ "exit", UNIT_ACTION_EXIT },
	{ "exit-force", UNIT_ACTION_EXIT_FORCE },
	{ NULL },
};

static const enum dependency_kind after = DEPENDENCY_AFTER, before = DEPENDENCY_BEFORE,
				  wants = DEPENDENCY_WANTS, requires = DEPENDENCY_REQUIRES,
				  binds_to = DEPENDENCY_BINDS_TO, part_of = DEPENDENCY_PART_OF,
				  conflicts = DEPENDENCY_CONFLICTS;

static const char doc_boolean[] = "yes or no";
static const char doc_timespan[] = "a time span such as 5, 1min 30s, 500ms or infinity";
static const char doc_command[] = "a command: an absolute path or a name, then its arguments";
static const char doc_mode[] = "an access mode in octal such as 0755";
static const char doc_services[] = "names of services";
static const char doc_limit[] = "a limit, SOFT:HARD, or infinity";
static const char doc_directory[] = "names of directories, relative and without ..";
static const char doc_exit_status[] = "exit codes and signals";
static const char doc_exit_code[] = "a number from 0 to 255";
static const char doc_signal[] = "a signal such as SIGTERM";
static const char doc_any[] = "accepted, it has no effect in a container";

static const struct directive directives[] = {
	{ "init", "Main", parse_main, INIT(main), NULL, "the name of a service" },
	{ "init", "CleanUp", parse_boolean, INIT(clean_up), NULL, doc_boolean },
	{ "init", "Result", parse_path, INIT(result), NULL, "an absolute path" },
	{ "init", "TimeoutStopSec", parse_timespan, INIT(timeout_stop_ms), NULL, doc_timespan },

	{ "Unit", "Description", parse_string, FIELD(description), NULL, "a text" },
	{ "Unit", "Documentation", parse_accepted, 0, NULL, doc_any },
	{ "Unit", "DefaultDependencies", parse_accepted, 0, NULL, doc_any },
	{ "Unit", "RequiresMountsFor", parse_accepted, 0, NULL, doc_any },
	{ "Unit", "After", parse_dependency, FIELD(dependencies), &after, doc_services },
	{ "Unit", "Before", parse_dependency, FIELD(dependencies), &before, doc_services },
	{ "Unit", "Wants", parse_dependency, FIELD(dependencies), &wants, doc_services },
	{ "Unit", "Requires", parse_dependency, FIELD(dependencies), &requires, doc_services },
	{ "Unit", "BindsTo", parse_dependency, FIELD(dependencies), &binds_to, doc_services },
	{ "Unit", "PartOf", parse_dependency, FIELD(dependencies), &part_of, doc_services },
	{ "Unit", "Conflicts", parse_dependency, FIELD(dependencies), &conflicts, doc_services },
	{ "Unit", "ConditionPathExists", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionPathExistsGlob", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionPathIsDirectory", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionPathIsSymbolicLink", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionPathIsMountPoint", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionPathIsReadWrite", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionDirectoryNotEmpty", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionFileNotEmpty", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionFileIsExecutable", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionEnvironment", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionUser", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionGroup", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionKernelCommandLine", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionVirtualization", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionCapability", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionArchitecture", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "ConditionHost", parse_condition, FIELD(conditions), NULL, "" },
	{ "Unit", "AssertPathExists", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertPathExistsGlob", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertPathIsDirectory", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertPathIsSymbolicLink", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertPathIsMountPoint", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertPathIsReadWrite", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertDirectoryNotEmpty", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertFileNotEmpty", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertFileIsExecutable", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertEnvironment", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertUser", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertGroup", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertKernelCommandLine", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertVirtualization", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertCapability", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertArchitecture", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "AssertHost", parse_condition, FIELD(asserts), NULL, "" },
	{ "Unit", "StartLimitIntervalSec", parse_timespan, FIELD(start_limit_interval_ms), NULL,
		doc_timespan },
	{ "Unit", "StartLimitBurst", parse_count, FIELD(start_limit_burst), NULL, "a number" },

	{ "Unit", "SuccessAction", parse_enum, FIELD(success.action), unit_actions, "" },
	{ "Unit", "FailureAction", parse_enum, FIELD(failure.action), unit_actions, "" },
	{ "Unit", "SuccessActionExitStatus", parse_action_exit_status, FIELD(success), NULL,
		doc_exit_code },
	{ "Unit", "FailureActionExitStatus", parse_action_exit_status, FIELD(failure), NULL,
		doc_exit_code },

	{ "Service", "Type", parse_enum, FIELD(type), types, "" },
	{ "Service", "PIDFile", parse_pid_file, FIELD(pid_file), NULL,
		"a path, absolute or below /run" },
	{ "Service", "GuessMainPID", parse_negation, FIELD(no_guess), NULL, doc_boolean },
	{ "Service", "ExecCondition", parse_exec, FIELD(exec_condition), NULL, doc_command },
	{ "Service", "ExecStartPre", parse_exec, FIELD(exec_start_pre), NULL, doc_command },
	{ "Service", "ExecStart", parse_exec, FIELD(exec_start), NULL, doc_command },
	{ "Service", "ExecStartPost", parse_exec, FIELD(exec_start_post), NULL, doc_command },
	{ "Service", "ExecReload", parse_exec, FIELD(exec_reload), NULL, doc_command },
	{ "Service", "ExecStop", parse_exec, FIELD(exec_stop), NULL, doc_command },
	{ "Service", "ExecStopPost", parse_exec, FIELD(exec_stop_post), NULL, doc_command },
	{ "Service", "Restart", parse_enum, FIELD(restart), restarts, "" },
	{ "Service", "RestartSec", parse_timespan, FIELD(restart_ms), NULL, doc_timespan },
	{ "Service", "RestartSteps", parse_count, FIELD(restart_steps), NULL, "a number" },
	{ "Service", "RestartMaxDelaySec", parse_timespan, FIELD(restart_max_delay_ms), NULL,
		doc_timespan },
	{ "Service", "RestartPreventExitStatus", parse_exit_status_set,
		FIELD(restart_prevent_exit_status), NULL, doc_exit_status },
	{ "Service", "RestartForceExitStatus", parse_exit_status_set,
		FIELD(restart_force_exit_status), NULL, doc_exit_status },
	{ "Service", "SuccessExitStatus", parse_exit_status_set, FIELD(success_exit_status), NULL,
		doc_exit_status },
	{ "Service", "TimeoutStartSec", parse_timeout_start, FIELD(timeout_start_ms), NULL,
		doc_timespan },
	{ "Service", "TimeoutStopSec", parse_timeout_stop, FIELD(timeout_stop_ms), NULL,
		doc_timespan },
	{ "Service", "TimeoutSec", parse_timeout_both, 0, NULL, doc_timespan },
	{ "Service", "RuntimeMaxSec", parse_runtime_max, FIELD(runtime_max_ms), NULL,
		doc_timespan },
	{ "Service", "StopGraceSec", parse_timespan, FIELD(stop_grace_ms), NULL, doc_timespan },
	{ "Service", "RemainAfterExit", parse_boolean, FIELD(remain_after_exit), NULL,
		doc_boolean },
	{ "Service", "NotifyAccess", parse_enum, FIELD(notify_access), notify_accesses, "" },
	{ "Service", "LogOverflow", parse_log_overflow, FIELD(log_drops), NULL, "block or drop" },
	{ "Service", "LogFollow", parse_path, FIELD(log_follow), NULL, "an absolute path" },
	{ "Service", "ReadyWhen", parse_ready_when, FIELD(ready_when), NULL, "" },
	{ "Service", "WatchdogSec", parse_watchdog, FIELD(watchdog_ms), NULL, doc_timespan },
	{ "Service", "WatchdogSignal", parse_signal, FIELD(watchdog_signal), NULL, doc_signal },
	{ "Service", "KillMode", parse_enum, FIELD(kill_mode), kill_modes, "" },
	{ "Service", "KillSignal", parse_signal, FIELD(kill_signal), NULL, doc_signal },
	{ "Service", "RestartKillSignal", parse_signal, FIELD(restart_kill_signal), NULL,
		doc_signal },
	{ "Service", "FinalKillSignal", parse_signal, FIELD(final_kill_signal), NULL, doc_signal },
	{ "Service", "SendSIGKILL", parse_boolean, FIELD(send_sigkill), NULL, doc_boolean },
	{ "Service", "SendSIGHUP", parse_boolean, FIELD(send_sighup), NULL, doc_boolean },

	{ "Service", "User", parse_string, EXEC(user), NULL, "a user's name or number" },
	{ "Service", "Group", parse_string, EXEC(group), NULL, "a group's name or number" },
	{ "Service", "SupplementaryGroups", parse_strings, EXEC(supplementary_groups), NULL,
		"groups" },
	{ "Service", "WorkingDirectory", parse_working_directory, EXEC(working_directory), NULL,
		"an absolute path, - before it if it may be missing" },
	{ "Service", "Environment", parse_environment, EXEC(environment), NULL, "NAME=VALUE ..." },
	{ "Service", "EnvironmentFile", parse_environment_file, EXEC(environment_files), NULL,
		"an absolute path, - before it if it may be missing" },
	{ "Service", "PassEnvironment", parse_pass_environment, 0, NULL, "names of variables" },
	{ "Service", "UnsetEnvironment", parse_strings, EXEC(unset_environment), NULL,
		"names of variables" },
	{ "Service", "UMask", parse_mode, EXEC(umask), NULL, doc_mode },
	{ "Service", "Nice", parse_nice, EXEC(nice), NULL, "a number from -20 to 19" },
	{ "Service", "OOMScoreAdjust", parse_oom_score_adjust, EXEC(oom_score_adjust), NULL,
		"a number from -1000 to 1000" },
	{ "Service", "CPUAffinity", parse_cpu_affinity, EXEC(cpu_affinity), NULL,
		"numbers of processors and ranges such as 0-3" },
	{ "Service", "CPUSchedulingPolicy", parse_enum, EXEC(cpu_policy), cpu_policies, "" },
	{ "Service", "CPUSchedulingPriority", parse_number, EXEC(cpu_priority), &cpu_priorities,
		"a number from 1 to 99, or 0 for the policies other, batch and idle" },
	{ "Service", "CPUSchedulingResetOnFork", parse_boolean, EXEC(cpu_reset_on_fork), NULL,
		doc_boolean },
	{ "Service", "IOSchedulingClass", parse_enum, EXEC(io_class), io_classes, "" },
	{ "Service", "IOSchedulingPriority", parse_number, EXEC(io_priority), &io_priorities,
		"a number from 0 to 7" },
	{ "Service", "CapabilityBoundingSet", parse_capabilities, EXEC(capability_bounding_set),
		&all_capabilities, "" },
	{ "Service", "AmbientCapabilities", parse_capabilities, EXEC(ambient_capabilities),
		&no_capabilities, "" },
	{ "Service", "IgnoreSIGPIPE", parse_sigpipe, 0, NULL, doc_boolean },
	{ "Service", "RootDirectory", parse_path, EXEC(root_directory), NULL, "an absolute path" },
	{ "Service", "NoNewPrivileges", parse_boolean, EXEC(no_new_privileges), NULL, doc_boolean },
	{ "Service", "PrivateMounts", parse_boolean, EXEC(private_mounts), NULL, doc_boolean },
	{ "Service", "StandardInput", parse_stream, EXEC(input), NULL,
		"null, inherit, tty, tty-force, tty-fail or file:PATH" },
	{ "Service", "StandardOutput", parse_stream, EXEC(output), NULL,
		"null, inherit, log, tty, file:PATH, append:PATH or truncate:PATH" },
	{ "Service", "StandardError", parse_stream, EXEC(error), NULL,
		"null, inherit, log, tty, file:PATH, append:PATH or truncate:PATH" },
	{ "Service", "TTYPath", parse_path, EXEC(tty_path), NULL, "an absolute path" },
	{ "Service", "TTYReset", parse_boolean, EXEC(tty_reset), NULL, doc_boolean },
	{ "Service", "TTYVHangup", parse_boolean, EXEC(tty_vhangup), NULL, doc_boolean },
	{ "Service", "SyslogIdentifier", parse_string, EXEC(log_name), NULL, "a name" },
	{ "Service", "RuntimeDirectory", parse_directories,
		EXEC(directories[DIRECTORY_RUNTIME].names), NULL, doc_directory },
	{ "Service", "RuntimeDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_RUNTIME].mode),
		NULL, doc_mode },
	{ "Service", "RuntimeDirectoryPreserve", parse_enum, EXEC(runtime_preserve), preserves,
		"" },
	{ "Service", "StateDirectory", parse_directories, EXEC(directories[DIRECTORY_STATE].names),
		NULL, doc_directory },
	{ "Service", "StateDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_STATE].mode),
		NULL, doc_mode },
	{ "Service", "CacheDirectory", parse_directories, EXEC(directories[DIRECTORY_CACHE].names),
		NULL, doc_directory },
	{ "Service", "CacheDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_CACHE].mode),
		NULL, doc_mode },
	{ "Service", "LogsDirectory", parse_directories, EXEC(directories[DIRECTORY_LOGS].names),
		NULL, doc_directory },
	{ "Service", "LogsDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_LOGS].mode), NULL,
		doc_mode },
	{ "Service", "LimitCPU", parse_limit, LIMIT(RLIMIT_CPU), NULL, doc_limit },
	{ "Service", "LimitFSIZE", parse_limit, LIMIT(RLIMIT_FSIZE), NULL, doc_limit },
	{ "Service", "LimitDATA", parse_limit, LIMIT(RLIMIT_DATA), NULL, doc_limit },
	{ "Service", "LimitSTACK", parse_limit, LIMIT(RLIMIT_STACK), NULL, doc_limit },
	{ "Service", "LimitCORE", parse_limit, LIMIT(RLIMIT_CORE), NULL, doc_limit },
	{ "Service", "LimitRSS", parse_limit, LIMIT(RLIMIT_RSS), NULL, doc_limit },
	{ "Service", "LimitNOFILE", parse_limit, LIMIT(RLIMIT_NOFILE), NULL, doc_limit },
	{ "Service", "LimitAS", parse_limit, LIMIT(RLIMIT_AS), NULL, doc_limit },
	{ "Service", "LimitNPROC", parse_limit, LIMIT(RLIMIT_NPROC), NULL, doc_limit },
	{ "Service", "LimitMEMLOCK", parse_limit, LIMIT(RLIMIT_MEMLOCK), NULL, doc_limit },
	{ "Service", "LimitLOCKS", parse_accepted, 0, NULL, doc_any },
	{ "Service", "LimitSIGPENDING", parse_limit, LIMIT(RLIMIT_SIGPENDING), NULL, doc_limit },
	{ "Service", "LimitMSGQUEUE", parse_limit, LIMIT(RLIMIT_MSGQUEUE), NULL, doc_limit },
	{ "Service", "LimitRTPRIO", parse_limit, LIMIT(RLIMIT_RTPRIO), NULL, doc_limit },

	{ "Install", "WantedBy", parse_accepted, 0, NULL, doc_any },
	{ "Install", "RequiredBy", parse_accepted, 0, NULL, doc_any },
	{ "Install", "Also", parse_accepted, 0, NULL, doc_any },
	{ "Install", "Alias", parse_accepted, 0, NULL, doc_any },
	{ "Install", "DefaultInstance", parse_accepted, 0, NULL, doc_any },
};

/* In our INI a service has one section for all of systemd's; [init] stays apart. */
static bool in_section(const struct directive *directive, const char *section)
{
	return section ? strcmp(directive->section, section) == 0
		       : strcmp(directive->section, "init") != 0;
}

const struct directive *directive_find(const char *section, const char *name)
{
	for (size_t i = 0; i < COUNT(directives); i++) {
		if (strcmp(directives[i].name, name) == 0 && in_section(&directives[i], section)) {
			return &directives[i];
		}
	}
	return NULL;
}

const char *directive_nearest(const char *section, const char *name)
{
	const char *names[COUNT(directives)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(directives); i++) {
		if (in_section(&directives[i], section)) {
			names[count++] = directives[i].name;
		}
	}
	return conf_nearest_name(name, names, count);
}

int directive_parse(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	return directive->parse(context, directive, value);
}
