/* SPDX-License-Identifier: MIT */
#include "tests/integration/probe_tell.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static DIR *open_directory(const char *path)
{
	DIR *list = opendir(path);

	if (!list) {
		probe_fail(path);
	}
	return list;
}

static void tell_procs(const char *value)
{
	DIR *list = open_directory("/proc");
	const struct dirent *entry;
	int count = 0;

	while ((entry = readdir(list))) {
		long pid = strtol(entry->d_name, NULL, 10);

		count += pid > 1 && pid != getpid();
	}
	closedir(list);
	printf("procs %d\n", count);
}

static void tell_fds(const char *value)
{
	DIR *list = open_directory("/proc/self/fd");
	const struct dirent *entry;

	fputs("fds", stdout);
	while ((entry = readdir(list))) {
		if (*entry->d_name != '.' && strtol(entry->d_name, NULL, 10) != dirfd(list)) {
			printf(" %s", entry->d_name);
		}
	}
	puts("");
	closedir(list);
}

/* The line of /proc/self/status that begins so (proc(5)). */
static void tell_status(const char *value)
{
	char line[256];
	FILE *in = fopen("/proc/self/status", "re");

	if (!in) {
		probe_fail("/proc/self/status");
	}
	while (fgets(line, sizeof(line), in)) {
		if (strncmp(line, value, strlen(value)) == 0) {
			fputs(line, stdout);
		}
	}
	fclose(in);
}

static void tell_signals(const char *value)
{
	tell_status("SigBlk");
	tell_status("SigIgn");
	tell_status("SigCgt");
}

static void tell_sched(const char *value)
{
	struct sched_param parameter;
	int policy = sched_getscheduler(0);

	sched_getparam(0, &parameter);
	printf("policy %d priority %d%s\n", policy & ~SCHED_RESET_ON_FORK, parameter.sched_priority,
		policy & SCHED_RESET_ON_FORK ? " reset" : "");
}

/* ioprio_get(2): the class above 13 bits of priority. */
static void tell_io(const char *value)
{
	long priority = syscall(SYS_ioprio_get, 1, 0);

	printf("io class %ld priority %ld\n", priority >> 13, priority & 0x1fff);
}

static void tell_ids(const char *value)
{
	gid_t groups[64];
	int count = getgroups(64, groups);

	printf("ids %u %u groups", (unsigned)getuid(), (unsigned)getgid());
	for (int i = 0; i < count; i++) {
		printf(" %u", (unsigned)groups[i]);
	}
	puts("");
}

static void tell_cwd(const char *value)
{
	char path[256];

	printf("cwd %s\n", getcwd(path, sizeof(path)) ? path : "unknown");
}

static void tell_umask(const char *value)
{
	printf("umask %04o\n", (unsigned)umask(0));
}

static void tell_env(const char *value)
{
	const char *set = getenv(value);

	printf("%s%s%s\n", value, set ? "=" : " is not set", set ? set : "");
}

static void tell_environ(const char *value)
{
	for (char **variable = environ; *variable; variable++) {
		printf("environ %s\n", *variable);
	}
}

static void tell_stat(const char *value)
{
	struct stat status;

	if (stat(value, &status) < 0) {
		probe_fail(value);
	}
	printf("stat %s %u:%u %04o\n", value, (unsigned)status.st_uid, (unsigned)status.st_gid,
		(unsigned)(status.st_mode & 07777));
}

static void tell_tty(const char *value)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	printf("tty %s, %s, %s\n", isatty(0) ? "stdin" : "no stdin",
		fd >= 0 ? "controlling" : "not controlling",
		fd >= 0 && tcgetpgrp(fd) == getpgrp() ? "foreground" : "background");
}

static void tell_pid(const char *value)
{
	printf("pid %d of %d, group %d, session %d\n", getpid(), getppid(), getpgrp(), getsid(0));
}

static void tell_cgroup(const char *value)
{
	char line[512];
	FILE *in = fopen("/proc/self/cgroup", "re");

	while (in && fgets(line, sizeof(line), in)) {
		if (strncmp(line, "0::", 3) == 0) {
			printf("cgroup %s", line + 3);
		}
	}
	if (in) {
		fclose(in);
	}
}

const struct probe_word probe_tell_words[] = {
	{ "procs", tell_procs },
	{ "fds", tell_fds },
	{ "signals", tell_signals },
	{ "status", tell_status },
	{ "sched", tell_sched },
	{ "io", tell_io },
	{ "ids", tell_ids },
	{ "cwd", tell_cwd },
	{ "umask", tell_umask },
	{ "env", tell_env },
	{ "environ", tell_environ },
	{ "stat", tell_stat },
	{ "tty", tell_tty },
	{ "pid", tell_pid },
	{ "cgroup", tell_cgroup },
	{ NULL },
};
