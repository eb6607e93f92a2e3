/* SPDX-License-Identifier: MIT */
/* What systemd.exec(5) has. */
#include "conf/directives_table.h"

#include <sched.h>

/* Why not. */
#define SANDBOX     "the container is the sandbox"
#define MOUNTS      "berth-init makes no mounts for a service"
#define IMAGES      "there are no disk images in a container"
#define CREDENTIALS "there is no store of credentials"
#define NO_JOURNAL  "there is no journal"
#define LOG_RATE    "no line is dropped, see LogOverflow="
#define NO_LEVELS   "lines of the log have no level"
#define NO_UTMP     "there is no utmp in a container"
#define NO_CLEAN    "nothing asks to clean"
#define NO_VT       "there are no virtual terminals"
#define NO_PAM      "PAM does not work in a static program"
#define NO_NUMA     "memory policies are not set"
#define REMOVE_IPC  "IPC objects are not looked after"

#define LIMIT(kind) EXEC(limits[kind])
#define A_LIMIT     "a limit, SOFT:HARD, or infinity"
#define DIRECTORIES "names of directories, relative and without .."
#define LINKED      DIRECTORIES ", each with :LINK behind it or not"

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

/* Where within struct exec_extras. */
static const size_t tty_rows = offsetof(struct exec_extras, tty_rows),
		    tty_columns = offsetof(struct exec_extras, tty_columns);

static const struct directive directives[] = {
	{ "Service", "AmbientCapabilities", parse_capabilities, EXEC(ambient_capabilities),
		&no_capabilities, "" },
	{ "Service", "AppArmorProfile", NULL, 0, NULL, SANDBOX },
	{ "Service", "BindPaths", NULL, 0, NULL, MOUNTS },
	{ "Service", "BindReadOnlyPaths", NULL, 0, NULL, MOUNTS },
	{ "Service", "CPUAffinity", parse_cpu_affinity, EXEC(cpu_affinity), NULL,
		"numbers of processors and ranges such as 0-3" },
	{ "Service", "CPUSchedulingPolicy", parse_enum, EXEC(cpu_policy), cpu_policies, "" },
	{ "Service", "CPUSchedulingPriority", parse_number, EXEC(cpu_priority), &cpu_priorities,
		"a number from 1 to 99, or 0 for the policies other, batch and idle" },
	{ "Service", "CPUSchedulingResetOnFork", parse_boolean, EXEC(cpu_reset_on_fork), NULL,
		A_BOOLEAN },
	{ "Service", "CacheDirectory", parse_directories, EXEC(directories[DIRECTORY_CACHE].names),
		NULL, LINKED },
	{ "Service", "CacheDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_CACHE].mode),
		NULL, A_MODE },
	{ "Service", "CapabilityBoundingSet", parse_capabilities, EXEC(capability_bounding_set),
		&all_capabilities, "" },
	{ "Service", "ConfigurationDirectory", parse_directories,
		EXEC(directories[DIRECTORY_CONFIGURATION].names), NULL, DIRECTORIES },
	{ "Service", "ConfigurationDirectoryMode", parse_mode,
		EXEC(directories[DIRECTORY_CONFIGURATION].mode), NULL, A_MODE },
	{ "Service", "CoredumpFilter", parse_coredump_filter, EXEC(extras), NULL,
		"kinds of memory such as private-anonymous, default, all or a mask in "
		"hexadecimal" },
	{ "Service", "DynamicUser", parse_boolean, EXEC(dynamic_user), NULL, A_BOOLEAN },
	{ "Service", "Environment", parse_environment, EXEC(environment), NULL, "NAME=VALUE ..." },
	{ "Service", "EnvironmentFile", parse_environment_file, EXEC(environment_files), NULL,
		"an absolute path, - before it if it may be missing" },
	{ "Service", "ExecPaths", NULL, 0, NULL, SANDBOX },
	{ "Service", "ExecSearchPath", parse_search_path, EXEC(extras), NULL,
		"absolute paths with colons between them" },
	{ "Service", "ExtensionDirectories", NULL, 0, NULL, IMAGES },
	{ "Service", "ExtensionImages", NULL, 0, NULL, IMAGES },
	{ "Service", "Group", parse_string, EXEC(group), NULL, "a group's name or number" },
	{ "Service", "IOSchedulingClass", parse_enum, EXEC(io_class), io_classes, "" },
	{ "Service", "IOSchedulingPriority", parse_number, EXEC(io_priority), &io_priorities,
		"a number from 0 to 7" },
	{ "Service", "IPCNamespacePath", NULL, 0, NULL, MOUNTS },
	{ "Service", "IgnoreSIGPIPE", parse_sigpipe, 0, NULL, A_BOOLEAN },
	{ "Service", "InaccessibleDirectories", NULL, 0, NULL, SANDBOX },
	{ "Service", "InaccessiblePaths", NULL, 0, NULL, SANDBOX },
	{ "Service", "KeyringMode", NULL, 0, NULL, SANDBOX },
	{ "Service", "LimitAS", parse_limit, LIMIT(RLIMIT_AS), NULL, A_LIMIT },
	{ "Service", "LimitCORE", parse_limit, LIMIT(RLIMIT_CORE), NULL, A_LIMIT },
	{ "Service", "LimitCPU", parse_limit, LIMIT(RLIMIT_CPU), NULL, A_LIMIT },
	{ "Service", "LimitDATA", parse_limit, LIMIT(RLIMIT_DATA), NULL, A_LIMIT },
	{ "Service", "LimitFSIZE", parse_limit, LIMIT(RLIMIT_FSIZE), NULL, A_LIMIT },
	{ "Service", "LimitLOCKS", parse_accepted, 0, NULL, "it has no effect in Linux" },
	{ "Service", "LimitMEMLOCK", parse_limit, LIMIT(RLIMIT_MEMLOCK), NULL, A_LIMIT },
	{ "Service", "LimitMSGQUEUE", parse_limit, LIMIT(RLIMIT_MSGQUEUE), NULL, A_LIMIT },
	{ "Service", "LimitNICE", parse_limit, LIMIT(RLIMIT_NICE), NULL, A_LIMIT },
	{ "Service", "LimitNOFILE", parse_limit, LIMIT(RLIMIT_NOFILE), NULL, A_LIMIT },
	{ "Service", "LimitNPROC", parse_limit, LIMIT(RLIMIT_NPROC), NULL, A_LIMIT },
	{ "Service", "LimitRSS", parse_limit, LIMIT(RLIMIT_RSS), NULL, A_LIMIT },
	{ "Service", "LimitRTPRIO", parse_limit, LIMIT(RLIMIT_RTPRIO), NULL, A_LIMIT },
	{ "Service", "LimitRTTIME", parse_limit, LIMIT(RLIMIT_RTTIME), NULL, A_LIMIT },
	{ "Service", "LimitSIGPENDING", parse_limit, LIMIT(RLIMIT_SIGPENDING), NULL, A_LIMIT },
	{ "Service", "LimitSTACK", parse_limit, LIMIT(RLIMIT_STACK), NULL, A_LIMIT },
	{ "Service", "LoadCredential", NULL, 0, NULL, CREDENTIALS },
	{ "Service", "LoadCredentialEncrypted", NULL, 0, NULL, CREDENTIALS },
	{ "Service", "LockPersonality", NULL, 0, NULL, SANDBOX },
	{ "Service", "LogExtraFields", NULL, 0, NULL, NO_JOURNAL },
	{ "Service", "LogLevelMax", NULL, 0, NULL, NO_JOURNAL },
	{ "Service", "LogNamespace", NULL, 0, NULL, NO_JOURNAL },
	{ "Service", "LogRateLimitBurst", NULL, 0, NULL, LOG_RATE },
	{ "Service", "LogRateLimitIntervalSec", NULL, 0, NULL, LOG_RATE },
	{ "Service", "LogsDirectory", parse_directories, EXEC(directories[DIRECTORY_LOGS].names),
		NULL, LINKED },
	{ "Service", "LogsDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_LOGS].mode), NULL,
		A_MODE },
	{ "Service", "MemoryDenyWriteExecute", NULL, 0, NULL, SANDBOX },
	{ "Service", "MountAPIVFS", NULL, 0, NULL, MOUNTS },
	{ "Service", "MountFlags", NULL, 0, NULL, MOUNTS },
	{ "Service", "MountImages", NULL, 0, NULL, IMAGES },
	{ "Service", "NUMAMask", NULL, 0, NULL, NO_NUMA },
	{ "Service", "NUMAPolicy", NULL, 0, NULL, NO_NUMA },
	{ "Service", "NetworkNamespacePath", NULL, 0, NULL, MOUNTS },
	{ "Service", "Nice", parse_nice, EXEC(nice), NULL, "a number from -20 to 19" },
	{ "Service", "NoExecPaths", NULL, 0, NULL, SANDBOX },
	{ "Service", "NoNewPrivileges", parse_boolean, EXEC(no_new_privileges), NULL, A_BOOLEAN },
	{ "Service", "OOMScoreAdjust", parse_oom_score_adjust, EXEC(oom_score_adjust), NULL,
		"a number from -1000 to 1000" },
	{ "Service", "PAMName", NULL, 0, NULL, NO_PAM },
	{ "Service", "PassEnvironment", parse_pass_environment, 0, NULL, "names of variables" },
	{ "Service", "Personality", parse_personality, EXEC(extras), NULL, "" },
	{ "Service", "PrivateDevices", NULL, 0, NULL, SANDBOX },
	{ "Service", "PrivateIPC", NULL, 0, NULL, SANDBOX },
	{ "Service", "PrivateMounts", parse_boolean, EXEC(private_mounts), NULL, A_BOOLEAN },
	{ "Service", "PrivateNetwork", NULL, 0, NULL, SANDBOX },
	{ "Service", "PrivateTmp", NULL, 0, NULL, SANDBOX },
	{ "Service", "PrivateUsers", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProcSubset", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectClock", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectControlGroups", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectHome", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectHostname", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectKernelLogs", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectKernelModules", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectKernelTunables", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectProc", NULL, 0, NULL, SANDBOX },
	{ "Service", "ProtectSystem", NULL, 0, NULL, SANDBOX },
	{ "Service", "ReadOnlyDirectories", NULL, 0, NULL, SANDBOX },
	{ "Service", "ReadOnlyPaths", NULL, 0, NULL, SANDBOX },
	{ "Service", "ReadWriteDirectories", NULL, 0, NULL, SANDBOX },
	{ "Service", "ReadWritePaths", NULL, 0, NULL, SANDBOX },
	{ "Service", "RemoveIPC", NULL, 0, NULL, REMOVE_IPC },
	{ "Service", "RestrictAddressFamilies", NULL, 0, NULL, SANDBOX },
	{ "Service", "RestrictFileSystems", NULL, 0, NULL, SANDBOX },
	{ "Service", "RestrictNamespaces", NULL, 0, NULL, SANDBOX },
	{ "Service", "RestrictRealtime", NULL, 0, NULL, SANDBOX },
	{ "Service", "RestrictSUIDSGID", NULL, 0, NULL, SANDBOX },
	{ "Service", "RootDirectory", parse_path, EXEC(root_directory), NULL, A_PATH },
	{ "Service", "RootHash", NULL, 0, NULL, IMAGES },
	{ "Service", "RootHashSignature", NULL, 0, NULL, IMAGES },
	{ "Service", "RootImage", NULL, 0, NULL, IMAGES },
	{ "Service", "RootImageOptions", NULL, 0, NULL, IMAGES },
	{ "Service", "RootVerity", NULL, 0, NULL, IMAGES },
	{ "Service", "RuntimeDirectory", parse_directories,
		EXEC(directories[DIRECTORY_RUNTIME].names), NULL, LINKED },
	{ "Service", "RuntimeDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_RUNTIME].mode),
		NULL, A_MODE },
	{ "Service", "RuntimeDirectoryPreserve", parse_enum, EXEC(runtime_preserve), preserves,
		"" },
	{ "Service", "SELinuxContext", NULL, 0, NULL, SANDBOX },
	{ "Service", "SecureBits", parse_secure_bits, EXEC(extras), NULL,
		"keep-caps, no-setuid-fixup or noroot, each with -locked behind it or not" },
	{ "Service", "SetCredential", NULL, 0, NULL, CREDENTIALS },
	{ "Service", "SetCredentialEncrypted", NULL, 0, NULL, CREDENTIALS },
	{ "Service", "SmackProcessLabel", NULL, 0, NULL, SANDBOX },
	{ "Service", "StandardError", parse_stream, EXEC(error), NULL,
		"null, inherit, log, tty, file:PATH, append:PATH or truncate:PATH" },
	{ "Service", "StandardInput", parse_stream, EXEC(input), NULL,
		"null, inherit, tty, tty-force, tty-fail, data or file:PATH" },
	{ "Service", "StandardInputData", parse_input_data, EXEC(extras), NULL, "Base64" },
	{ "Service", "StandardInputText", parse_input_text, EXEC(extras), NULL,
		"a text, with C escapes" },
	{ "Service", "StandardOutput", parse_stream, EXEC(output), NULL,
		"null, inherit, log, tty, file:PATH, append:PATH or truncate:PATH" },
	{ "Service", "StateDirectory", parse_directories, EXEC(directories[DIRECTORY_STATE].names),
		NULL, LINKED },
	{ "Service", "StateDirectoryMode", parse_mode, EXEC(directories[DIRECTORY_STATE].mode),
		NULL, A_MODE },
	{ "Service", "SupplementaryGroups", parse_strings, EXEC(supplementary_groups), NULL,
		"groups" },
	{ "Service", "SyslogFacility", parse_accepted, 0, NULL, NO_LEVELS },
	{ "Service", "SyslogIdentifier", parse_string, EXEC(log_name), NULL, "a name" },
	{ "Service", "SyslogLevel", parse_accepted, 0, NULL, NO_LEVELS },
	{ "Service", "SyslogLevelPrefix", parse_accepted, 0, NULL, NO_LEVELS },
	{ "Service", "SystemCallArchitectures", NULL, 0, NULL, SANDBOX },
	{ "Service", "SystemCallErrorNumber", NULL, 0, NULL, SANDBOX },
	{ "Service", "SystemCallFilter", NULL, 0, NULL, SANDBOX },
	{ "Service", "SystemCallLog", NULL, 0, NULL, SANDBOX },
	{ "Service", "TTYColumns", parse_tty_size, EXEC(extras), &tty_columns, A_NUMBER },
	{ "Service", "TTYPath", parse_path, EXEC(tty_path), NULL, A_PATH },
	{ "Service", "TTYReset", parse_boolean, EXEC(tty_reset), NULL, A_BOOLEAN },
	{ "Service", "TTYRows", parse_tty_size, EXEC(extras), &tty_rows, A_NUMBER },
	{ "Service", "TTYVHangup", parse_boolean, EXEC(tty_vhangup), NULL, A_BOOLEAN },
	{ "Service", "TTYVTDisallocate", parse_accepted, 0, NULL, NO_VT },
	{ "Service", "TemporaryFileSystem", NULL, 0, NULL, SANDBOX },
	{ "Service", "TimeoutCleanSec", parse_accepted, 0, NULL, NO_CLEAN },
	{ "Service", "TimerSlackNSec", parse_timer_slack, EXEC(extras), NULL,
		"a time span such as 50us, without a unit in nanoseconds" },
	{ "Service", "UMask", parse_mode, EXEC(umask), NULL, A_MODE },
	{ "Service", "UnsetEnvironment", parse_strings, EXEC(unset_environment), NULL,
		"names of variables" },
	{ "Service", "User", parse_string, EXEC(user), NULL, "a user's name or number" },
	{ "Service", "UtmpIdentifier", parse_accepted, 0, NULL, NO_UTMP },
	{ "Service", "UtmpMode", parse_accepted, 0, NULL, NO_UTMP },
	{ "Service", "WorkingDirectory", parse_working_directory, EXEC(working_directory), NULL,
		"an absolute path, - before it if it may be missing" },
};

const struct directive_table directives_exec = { directives,
	sizeof(directives) / sizeof(directives[0]) };
