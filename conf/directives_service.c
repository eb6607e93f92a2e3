/* SPDX-License-Identifier: MIT */
/* What systemd.service(5) and systemd.kill(5) have, and our own. */
#include "conf/directives_table.h"

/* Why not. */
#define NO_BUS     "there is no system bus"
#define REMOVED    "systemd ignores it, too"
#define NO_SOCKETS "there is no socket activation"
#define NO_REBOOT  "a container does not reboot"
#define NO_JOBS    "there are no jobs but the start, see TimeoutStartSec="
#define USE_PREFIX "give the commands the prefix + instead"
#define OOM_POLICY "who the kernel kills for want of memory is not watched"
#define NO_RANDOM  "times have no random part"
#define NOT_DONE   "it is not looked at here"
#define NEWER      "it is of a newer systemd"

#define COMMAND       "a command: an absolute path or a name, then its arguments"
#define EXIT_STATUSES "exit codes and signals"

static const struct enum_name types[] = {
	{ "simple", SERVICE_SIMPLE },
	{ "idle", SERVICE_SIMPLE }, /* the wait of systemd is for a console */
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

static const struct enum_name log_overflows[] = {
	{ "block", LOG_OVERFLOW_BLOCK },
	{ "drop", LOG_OVERFLOW_DROP },
	{ "spill", LOG_OVERFLOW_SPILL },
	{ NULL, 0 },
};

static const struct enum_name timeout_modes[] = {
	{ "terminate", TIMEOUT_TERMINATE },
	{ "abort", TIMEOUT_ABORT },
	{ "kill", TIMEOUT_KILL },
	{ NULL },
};

static const struct directive directives[] = {
	{ "Service", "BusName", NULL, 0, NULL, NO_BUS },
	{ "Service", "BusPolicy", parse_accepted, 0, NULL, REMOVED },
	{ "Service", "Capabilities", parse_accepted, 0, NULL, REMOVED },
	{ "Service", "CoredumpReceive", NULL, 0, NULL, NEWER },
	{ "Service", "DelegateSubgroup", NULL, 0, NULL, NEWER },
	{ "Service", "ExecCondition", parse_exec, FIELD(exec_condition), NULL, COMMAND },
	{ "Service", "ExecReload", parse_exec, FIELD(exec_reload), NULL, COMMAND },
	{ "Service", "ExecStart", parse_exec, FIELD(exec_start), NULL, COMMAND },
	{ "Service", "ExecStartPost", parse_exec, FIELD(exec_start_post), NULL, COMMAND },
	{ "Service", "ExecStartPre", parse_exec, FIELD(exec_start_pre), NULL, COMMAND },
	{ "Service", "ExecStop", parse_exec, FIELD(exec_stop), NULL, COMMAND },
	{ "Service", "ExecStopPost", parse_exec, FIELD(exec_stop_post), NULL, COMMAND },
	{ "Service", "ExitType", NULL, 0, NULL, NOT_DONE },
	{ "Service", "ExtensionImagePolicy", NULL, 0, NULL, NEWER },
	{ "Service", "FailureAction", parse_enum, FIELD(failure.action), directives_unit_actions,
		"" },
	{ "Service", "FileDescriptorStoreMax", NULL, 0, NULL, NO_SOCKETS },
	{ "Service", "FileDescriptorStorePreserve", NULL, 0, NULL, NEWER },
	{ "Service", "FinalKillSignal", parse_signal, FIELD(final_kill_signal), NULL, A_SIGNAL },
	{ "Service", "GuessMainPID", parse_negation, FIELD(no_guess), NULL, A_BOOLEAN },
	{ "Service", "ImportCredential", NULL, 0, NULL, NEWER },
	{ "Service", "KillMode", parse_enum, FIELD(kill_mode), kill_modes, "" },
	{ "Service", "KillSignal", parse_signal, FIELD(kill_signal), NULL, A_SIGNAL },
	{ "Service", "LogFilterPatterns", NULL, 0, NULL, NEWER },
	{ "Service", "LogFollow", parse_path, FIELD(log_follow), NULL, A_PATH },
	{ "Service", "LogOverflow", parse_enum, FIELD(log_overflow), log_overflows, "" },
	{ "Service", "MemoryKSM", NULL, 0, NULL, NEWER },
	{ "Service", "MemoryPressureThresholdSec", NULL, 0, NULL, NEWER },
	{ "Service", "MemoryPressureWatch", NULL, 0, NULL, NEWER },
	{ "Service", "MemoryZSwapMax", NULL, 0, NULL, NEWER },
	{ "Service", "MemoryZSwapWriteback", NULL, 0, NULL, NEWER },
	{ "Service", "MountImagePolicy", NULL, 0, NULL, NEWER },
	{ "Service", "NFTSet", NULL, 0, NULL, NEWER },
	{ "Service", "NetClass", parse_accepted, 0, NULL, REMOVED },
	{ "Service", "NonBlocking", NULL, 0, NULL, NO_SOCKETS },
	{ "Service", "NotifyAccess", parse_enum, FIELD(notify_access), notify_accesses, "" },
	{ "Service", "OOMPolicy", NULL, 0, NULL, OOM_POLICY },
	{ "Service", "OpenFile", NULL, 0, NULL, NEWER },
	{ "Service", "OutputTimeoutSec", parse_output_timeout, FIELD(output_timeout_ms), NULL,
		A_TIMESPAN },
	{ "Service", "PIDFile", parse_pid_file, FIELD(pid_file), NULL,
		"a path, absolute or below /run" },
	{ "Service", "PermissionsStartOnly", parse_boolean, FIELD(permissions_start_only), NULL,
		A_BOOLEAN },
	{ "Service", "PrivatePIDs", NULL, 0, NULL, NEWER },
	{ "Service", "ReadyWhen", parse_ready_when, FIELD(ready_when), NULL, "" },
	{ "Service", "RebootArgument", parse_accepted, 0, NULL, NO_REBOOT },
	{ "Service", "ReloadSignal", NULL, 0, NULL, NEWER },
	{ "Service", "RemainAfterExit", parse_boolean, FIELD(remain_after_exit), NULL, A_BOOLEAN },
	{ "Service", "Restart", parse_enum, FIELD(restart), restarts, "" },
	{ "Service", "RestartForceExitStatus", parse_exit_status_set,
		FIELD(restart_force_exit_status), NULL, EXIT_STATUSES },
	{ "Service", "RestartKillSignal", parse_signal, FIELD(restart_kill_signal), NULL,
		A_SIGNAL },
	{ "Service", "RestartMaxDelaySec", parse_timespan, FIELD(restart_max_delay_ms), NULL,
		A_TIMESPAN },
	{ "Service", "RestartMode", NULL, 0, NULL, NEWER },
	{ "Service", "RestartPreventExitStatus", parse_exit_status_set,
		FIELD(restart_prevent_exit_status), NULL, EXIT_STATUSES },
	{ "Service", "RestartSec", parse_timespan, FIELD(restart_ms), NULL, A_TIMESPAN },
	{ "Service", "RestartSteps", parse_count, FIELD(restart_steps), NULL, A_NUMBER },
	{ "Service", "RootDirectoryStartOnly", NULL, 0, NULL, USE_PREFIX },
	{ "Service", "RootEphemeral", NULL, 0, NULL, NEWER },
	{ "Service", "RootImagePolicy", NULL, 0, NULL, NEWER },
	{ "Service", "RuntimeMaxSec", parse_runtime_max, FIELD(runtime_max_ms), NULL, A_TIMESPAN },
	{ "Service", "RuntimeRandomizedExtraSec", NULL, 0, NULL, NO_RANDOM },
	{ "Service", "SendSIGHUP", parse_boolean, FIELD(send_sighup), NULL, A_BOOLEAN },
	{ "Service", "SendSIGKILL", parse_boolean, FIELD(send_sigkill), NULL, A_BOOLEAN },
	{ "Service", "SetLoginEnvironment", NULL, 0, NULL, NEWER },
	{ "Service", "Sockets", NULL, 0, NULL, NO_SOCKETS },
	{ "Service", "StartLimitAction", NULL, 0, NULL, NO_JOBS },
	{ "Service", "StartLimitBurst", parse_count, FIELD(start_limit_burst), NULL, A_NUMBER },
	{ "Service", "StartLimitInterval", parse_timespan, FIELD(start_limit_interval_ms), NULL,
		A_TIMESPAN },
	{ "Service", "StartupMemoryHigh", NULL, 0, NULL, NEWER },
	{ "Service", "StartupMemoryLow", NULL, 0, NULL, NEWER },
	{ "Service", "StartupMemoryMax", NULL, 0, NULL, NEWER },
	{ "Service", "StartupMemorySwapMax", NULL, 0, NULL, NEWER },
	{ "Service", "StartupMemoryZSwapMax", NULL, 0, NULL, NEWER },
	{ "Service", "StopGraceSec", parse_timespan, FIELD(stop_grace_ms), NULL, A_TIMESPAN },
	{ "Service", "SuccessExitStatus", parse_exit_status_set, FIELD(success_exit_status), NULL,
		EXIT_STATUSES },
	{ "Service", "SurviveFinalKillSignal", NULL, 0, NULL, NEWER },
	{ "Service", "SysVStartPriority", parse_accepted, 0, NULL, REMOVED },
	{ "Service", "TimeoutAbortSec", parse_timeout_abort, FIELD(timeout_abort_ms), NULL,
		A_TIMESPAN },
	{ "Service", "TimeoutSec", parse_timeout_both, 0, NULL, A_TIMESPAN },
	{ "Service", "TimeoutStartFailureMode", parse_enum, FIELD(timeout_start_mode),
		timeout_modes, "" },
	{ "Service", "TimeoutStartSec", parse_timeout_start, FIELD(timeout_start_ms), NULL,
		A_TIMESPAN },
	{ "Service", "TimeoutStopFailureMode", parse_enum, FIELD(timeout_stop_mode), timeout_modes,
		"" },
	{ "Service", "TimeoutStopSec", parse_timeout_stop, FIELD(timeout_stop_ms), NULL,
		A_TIMESPAN },
	{ "Service", "Type", parse_enum, FIELD(type), types, "" },
	{ "Service", "USBFunctionDescriptors", NULL, 0, NULL, NO_SOCKETS },
	{ "Service", "USBFunctionStrings", NULL, 0, NULL, NO_SOCKETS },
	{ "Service", "WatchdogSec", parse_watchdog, FIELD(watchdog_ms), NULL, A_TIMESPAN },
	{ "Service", "WatchdogSignal", parse_signal, FIELD(watchdog_signal), NULL, A_SIGNAL },
};

const struct directive_table directives_service = { directives,
	sizeof(directives) / sizeof(directives[0]) };
