/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a configuration says, as plain data: the meaning of each field is that of the directive
 * of the same name in systemd.service(5), systemd.exec(5), systemd.kill(5) or systemd.unit(5).
 * Times are milliseconds, CONF_INFINITY for "infinity". All memory belongs to the arena of the
 * `struct conf_set` that holds it.
 */

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "conf/arena.h"
#include "conf/errors.h"

struct conf_origins;
struct ready_when;

enum service_type {
	SERVICE_SIMPLE,
	SERVICE_EXEC,
	SERVICE_NOTIFY,
	SERVICE_ONESHOT,
	SERVICE_FORKING,
};

enum service_restart {
	RESTART_NO,
	RESTART_ON_SUCCESS,
	RESTART_ON_FAILURE,
	RESTART_ON_ABNORMAL,
	RESTART_ON_WATCHDOG,
	RESTART_ON_ABORT,
	RESTART_ALWAYS,
};

/* TimeoutStartFailureMode=, TimeoutStopFailureMode=: what comes when time is up. */
enum timeout_mode {
	TIMEOUT_TERMINATE,
	TIMEOUT_ABORT, /* WatchdogSignal= */
	TIMEOUT_KILL,
};

/* What the end of a service means for the whole. */
enum unit_action {
	UNIT_ACTION_NONE,
	UNIT_ACTION_EXIT,
	UNIT_ACTION_EXIT_FORCE, /* without an ordered stop */
};

/* SuccessAction= or FailureAction=, with its ...ExitStatus=. */
struct unit_end {
	enum unit_action action;
	bool exit_status_set;
	int exit_status;
};

enum notify_access {
	NOTIFY_NONE,
	NOTIFY_MAIN,
	NOTIFY_EXEC,
	NOTIFY_ALL,
};

/* What becomes of lines that the reader of the log is too slow for. */
enum log_overflow {
	LOG_OVERFLOW_BLOCK,
	LOG_OVERFLOW_DROP,
	LOG_OVERFLOW_SPILL, /* to disk */
};

enum kill_mode {
	KILL_CONTROL_GROUP,
	KILL_MIXED,
	KILL_PROCESS,
	KILL_NONE,
};

/* One command of an Exec*= line, with its prefixes. Commands of a directive form a list. */
struct exec_command {
	struct exec_command *next;
	const char *path;
	struct conf_strings argv;
	bool ignore_failure;  /* - */
	bool no_expansion;    /* : */
	bool full_privileges; /* + */
	bool keep_user;       /* !: only User= and its kin are left out */
};

/* Where a standard stream comes from or goes to. */
enum exec_stream_kind {
	STREAM_DEFAULT, /* input: null; output: log; error: as the output */
	STREAM_NULL,
	STREAM_INHERIT,
	STREAM_LOG,
	STREAM_TTY, /* as input: the controlling terminal */
	STREAM_TTY_FORCE,
	STREAM_FILE, /* from the start, without truncation */
	STREAM_APPEND,
	STREAM_TRUNCATE,
	STREAM_DATA, /* as input: what the configuration itself has for it */
};

struct exec_stream {
	enum exec_stream_kind kind;
	const char *path; /* of the three kinds of files */
};

/* A piece of StandardInputText= or StandardInputData=. */
struct exec_input {
	struct exec_input *next;
	size_t size;
	char bytes[];
};

/* What few services have: kept apart, for there may be thousands without. */
struct exec_extras {
	struct conf_strings search_path;
	struct exec_input *input;
	struct exec_input **input_end; /* where the next one goes; NULL: there is none */
	bool input_is_text;            /* all of it came from StandardInputText= */
	int64_t timer_slack_ns;        /* or EXEC_UNSET */
	bool coredump_filter_set;
	uint32_t coredump_filter; /* core(5) */
	unsigned secure_bits;     /* 0: as they are */
	int personality;          /* of personality(2), or EXEC_UNSET */
	int tty_rows;             /* or EXEC_UNSET */
	int tty_columns;          /* or EXEC_UNSET */
};

/* RuntimeDirectory= and its kin: names below a fixed root. */
enum exec_directory_kind {
	DIRECTORY_RUNTIME,
	DIRECTORY_STATE,
	DIRECTORY_CACHE,
	DIRECTORY_LOGS,
	DIRECTORY_CONFIGURATION,
	DIRECTORY_KINDS,
};

/* RuntimeDirectoryPreserve=: when its directories stay. */
enum runtime_preserve {
	PRESERVE_NO,
	PRESERVE_RESTART, /* while it is only restarted */
	PRESERVE_YES,
};

struct exec_directory {
	struct conf_strings names;
	mode_t mode;
};

/* `StateDirectory=NAME:LINK`: a symbolic link beside it, below the same root. */
struct exec_link {
	struct exec_link *next;
	enum exec_directory_kind kind;
	const char *name;
	const char *link;
};

struct exec_limit {
	bool nearest; /* what may be had of it will do: it is of a packaged unit */
	struct rlimit limit;
};

#define EXEC_UNSET            (-1)
#define EXEC_ALL_CAPABILITIES UINT64_MAX

/* IgnoreSIGPIPE=. Unset, a service gets what berth-init was started with. */
enum sigpipe_choice {
	SIGPIPE_AS_RECEIVED,
	SIGPIPE_IGNORED,
	SIGPIPE_DEFAULT,
};

/* What is set up in the child before the program runs. */
struct exec_context {
	const char *user;
	const char *group;
	struct conf_strings supplementary_groups;
	const char *working_directory; /* NULL: / */
	bool working_directory_optional;
	struct conf_strings environment;       /* NAME=VALUE */
	struct conf_strings environment_files; /* a leading - allows a file to be missing */
	struct conf_strings unset_environment;
	mode_t umask;
	const struct exec_limit *limits[RLIM_NLIMITS]; /* NULL: as received */
	bool nice_set;
	int nice;
	bool oom_score_adjust_set;
	bool oom_score_adjust_optional; /* where it may not be set it is left: of a packaged unit */
	int oom_score_adjust;
	int cpu_policy;   /* SCHED_*, or EXEC_UNSET */
	int cpu_priority; /* or EXEC_UNSET */
	bool cpu_reset_on_fork;
	cpu_set_t *cpu_affinity; /* NULL: as received */
	int io_class;            /* of ioprio_set(2), or EXEC_UNSET */
	int io_priority;         /* or EXEC_UNSET */
	uint64_t capability_bounding_set;
	uint64_t ambient_capabilities;
	enum sigpipe_choice ignore_sigpipe;
	const char
		*tty_path; /* NULL: the terminal of berth-init's standard input, or the console */
	bool tty_reset;
	bool tty_vhangup;
	const char *root_directory; /* NULL: / */
	bool no_new_privileges;
	bool dynamic_user;
	uid_t dynamic_id; /* of a user and a group that are in no file, or 0 */
	bool private_mounts;
	struct exec_stream input;
	struct exec_stream output;
	struct exec_stream error;
	struct exec_directory directories[DIRECTORY_KINDS];
	struct exec_link *directory_links;
	enum runtime_preserve runtime_preserve;
	const char *log_name;       /* SyslogIdentifier=; NULL: the service's name */
	struct exec_extras *extras; /* NULL: none of it */
};

/* After=, Before=, Wants= and so on, each name with the place that asked for it. */
enum dependency_kind {
	DEPENDENCY_AFTER,
	DEPENDENCY_BEFORE,
	DEPENDENCY_WANTS,
	DEPENDENCY_REQUIRES,
	DEPENDENCY_BINDS_TO,
	DEPENDENCY_PART_OF,
	DEPENDENCY_CONFLICTS,
	DEPENDENCY_REQUISITE,
	DEPENDENCY_PROPAGATES_STOP_TO,
	DEPENDENCY_STOP_PROPAGATED_FROM,
};

struct dependency {
	struct dependency *next;
	enum dependency_kind kind;
	const char *name; /* without ".service"; other suffixes stay */
	struct conf_place place;
	bool imported; /* from a packaged unit, which may name what a container does not have */
};

/* ConditionPathExists= or AssertPathExists= and their kin, with `!` and `|` taken off. */
enum condition_kind {
	CONDITION_PATH_EXISTS,
	CONDITION_PATH_EXISTS_GLOB,
	CONDITION_PATH_IS_DIRECTORY,
	CONDITION_PATH_IS_SYMBOLIC_LINK,
	CONDITION_PATH_IS_MOUNT_POINT,
	CONDITION_PATH_IS_READ_WRITE,
	CONDITION_DIRECTORY_NOT_EMPTY,
	CONDITION_FILE_NOT_EMPTY,
	CONDITION_FILE_IS_EXECUTABLE,
	CONDITION_ENVIRONMENT,
	CONDITION_USER,
	CONDITION_GROUP,
	CONDITION_KERNEL_COMMAND_LINE,
	CONDITION_VIRTUALIZATION,
	CONDITION_CAPABILITY,
	CONDITION_ARCHITECTURE,
	CONDITION_HOST,
	CONDITION_MEMORY,
	CONDITION_CPUS,
	CONDITION_KERNEL_VERSION,
	CONDITION_OS_RELEASE,
	CONDITION_FIRST_BOOT,
	CONDITION_CPU_FEATURE,
	CONDITION_SECURITY,
	CONDITION_CONTROL_GROUP_CONTROLLER,
	CONDITION_CREDENTIAL,
	CONDITION_KINDS,
};

struct condition {
	struct condition *next;
	enum condition_kind kind;
	bool negated;
	bool triggering;
	const char *parameter;
};

/* "PathExists" and so on, for messages. */
const char *conf_condition_name(enum condition_kind kind);

/* A set of exit codes and signals; where there is a pointer to one, NULL is the empty one. */
struct exit_status_set {
	uint8_t codes[256 / 8];
	uint64_t signals;
};

/* [Install] of a unit: who asks for it, and what else it is called. */
struct unit_install {
	struct conf_strings wanted_by;
	struct conf_strings required_by;
	struct conf_strings also;
	struct conf_strings aliases;
	const char *default_instance; /* NULL: none */
};

struct service_config {
	const char *name;             /* without ".service" */
	const char *unit;             /* the one that Unit= names, without ".service", or NULL */
	struct unit_install *install; /* NULL: it has none */
	struct conf_place place;
	const char *fragment; /* the unit file that it was loaded from, or NULL */
	uint64_t fingerprint; /* of all that was said of it: equal where nothing changed */

	const char *description;
	struct dependency *dependencies;
	struct condition *conditions; /* without them it is skipped */
	struct condition *asserts;    /* without them its start has failed */
	int64_t start_limit_interval_ms;
	int64_t start_limit_burst;
	struct unit_end success;
	struct unit_end failure;

	enum service_type type;
	const char *pid_file; /* of Type=forking; NULL: none */
	bool no_guess;        /* GuessMainPID=no */
	bool permissions_start_only;
	struct exec_command *exec_condition;
	struct exec_command *exec_start_pre;
	struct exec_command *exec_start;
	struct exec_command *exec_start_post;
	struct exec_command *exec_reload;
	struct exec_command *exec_stop;
	struct exec_command *exec_stop_post;
	enum service_restart restart;
	int64_t restart_ms;
	int64_t restart_steps;        /* 0: each wait is restart_ms */
	int64_t restart_max_delay_ms; /* of the last step */
	struct exit_status_set *success_exit_status;
	struct exit_status_set *restart_prevent_exit_status;
	struct exit_status_set *restart_force_exit_status;
	int64_t timeout_start_ms;
	bool timeout_start_set; /* oneshot services have no start time-out unless set */
	int64_t timeout_stop_ms;
	int64_t timeout_abort_ms; /* 0: timeout_stop_ms */
	enum timeout_mode timeout_start_mode;
	enum timeout_mode timeout_stop_mode;
	int64_t runtime_max_ms;
	int64_t output_timeout_ms;
	int64_t stop_grace_ms;
	bool remain_after_exit;
	enum log_overflow log_overflow;
	const char *log_follow; /* a file, or NULL */
	enum notify_access notify_access;
	struct ready_when *ready_when; /* or NULL */
	int64_t watchdog_ms;           /* 0: no watchdog */
	int watchdog_signal;

	enum kill_mode kill_mode;
	int kill_signal;
	int restart_kill_signal; /* 0: kill_signal */
	int final_kill_signal;
	bool send_sigkill;
	bool send_sighup;

	struct exec_context exec;
};

/* [init] */
struct init_config {
	const char *main; /* NULL: none */
	struct conf_place main_place;
	int64_t timeout_stop_ms;
	bool clean_up;      /* of what main leaves */
	const char *result; /* NULL: the default path */
	struct conf_strings unit_path;
	bool unit_path_used; /* by a Unit=: it comes too late now */
};

/* Another name of a service, or of none: then several claim it. */
struct conf_alias {
	const char *name;
	ssize_t index; /* or -1 */
};

/* All that was loaded. Zero-initialise before use. */
struct conf_set {
	struct conf_arena arena;
	struct conf_origins *origins; /* of each value, or NULL where nobody wants to know */
	struct init_config init;
	struct service_config **services; /* in file order */
	size_t count;
	size_t capacity;
	struct conf_alias *aliases;
	size_t alias_count;
	uint32_t *slots; /* of both by name, see set.c */
	size_t slot_count;
};

/* Gives back all memory of a set. */
void conf_set_finish(struct conf_set *set);

/* The index of the service called `name` (with or without ".service"), or -1. Constant time. */
ssize_t conf_set_find(const struct conf_set *set, const char *name);

bool exit_status_set_has_code(const struct exit_status_set *set, int code);
bool exit_status_set_has_signal(const struct exit_status_set *set, int signal);

/* Either, for a wait status (waitpid(2)). */
bool exit_status_set_has(const struct exit_status_set *set, int wait_status);
