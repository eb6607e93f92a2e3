/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "services/conditions.h"
#include "tests/unit/expect.h"

static char one[] = "ONE=one";
static char empty[] = "EMPTY=";
static char *const variables[] = { one, empty, NULL };
static char directory[] = "/tmp/conditions.XXXXXX";

static bool met(enum condition_kind kind, const char *parameter)
{
	const struct condition c = { NULL, kind, false, false, parameter };
	const struct condition not_c = { NULL, kind, true, false, parameter };
	bool yes = conditions_unmet(&c, variables) == NULL;

	cr_expect(ne(int, yes, conditions_unmet(&not_c, variables) == NULL), "%s", parameter);
	return yes;
}

/* Neither it nor its opposite holds. */
static bool unknown(enum condition_kind kind, const char *parameter)
{
	const struct condition c = { NULL, kind, false, false, parameter };
	const struct condition not_c = { NULL, kind, true, false, parameter };

	return conditions_unmet(&c, variables) && conditions_unmet(&not_c, variables);
}

/* A file of the scratch directory. */
static const char *at(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void make_file(const char *name, mode_t mode, const char *text)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	cr_assert(eq(sz, (size_t)write(fd, text, strlen(text)), strlen(text)));
	close(fd);
}

static void make_tree(void)
{
	cr_assert(mkdtemp(directory) != NULL);
	cr_assert(eq(int, mkdir(at("empty"), 0755), 0));
	make_file("plain", 0644, "text");
	make_file("script", 0755, "");
	cr_assert(eq(int, symlink("plain", at("link")), 0));
}

static void remove_tree(void)
{
	static const char *const names[] = { "plain", "script", "link" };

	for (size_t i = 0; i < 3; i++) {
		unlink(at(names[i]));
	}
	rmdir(at("empty"));
	rmdir(directory);
}

TestSuite(conditions);
TestSuite(condition_path, .init = make_tree, .fini = remove_tree);

Test(conditions, all_plain_ones_and_one_of_the_triggering)
{
	struct condition set = { NULL, CONDITION_ENVIRONMENT, false, false, "ONE=one" };
	struct condition path = { &set, CONDITION_PATH_EXISTS, true, false, "/nonexistent" };
	struct condition no = { NULL, CONDITION_ENVIRONMENT, false, true, "MISSING" };
	struct condition yes = { &no, CONDITION_ENVIRONMENT, false, true, "ONE" };

	cr_expect(conditions_unmet(NULL, variables) == NULL);
	cr_expect(conditions_unmet(&path, variables) == NULL);
	set.parameter = "ONE=two";
	cr_expect(conditions_unmet(&path, variables) == &set);
	cr_expect(conditions_unmet(&yes, variables) == NULL);
	cr_expect(conditions_unmet(&no, variables) == &no);
}

Test(condition_path, what_is_there_and_of_which_kind)
{
	cr_expect(met(CONDITION_PATH_EXISTS, at("link")));
	cr_expect(not(met(CONDITION_PATH_EXISTS, at("none"))));
	cr_expect(met(CONDITION_PATH_IS_DIRECTORY, directory));
	cr_expect(not(met(CONDITION_PATH_IS_DIRECTORY, at("plain"))));
	cr_expect(met(CONDITION_PATH_IS_SYMBOLIC_LINK, at("link")));
	cr_expect(not(met(CONDITION_PATH_IS_SYMBOLIC_LINK, at("plain"))));
	cr_expect(met(CONDITION_DIRECTORY_NOT_EMPTY, directory));
	cr_expect(not(met(CONDITION_DIRECTORY_NOT_EMPTY, at("empty"))));
	cr_expect(not(met(CONDITION_DIRECTORY_NOT_EMPTY, at("none"))));
	cr_expect(met(CONDITION_FILE_NOT_EMPTY, at("plain")));
	cr_expect(not(met(CONDITION_FILE_NOT_EMPTY, at("script"))));
	cr_expect(not(met(CONDITION_FILE_NOT_EMPTY, directory)));
	cr_expect(met(CONDITION_FILE_IS_EXECUTABLE, at("script")));
	cr_expect(not(met(CONDITION_FILE_IS_EXECUTABLE, at("plain"))));
	cr_expect(not(met(CONDITION_FILE_IS_EXECUTABLE, directory)));
}

Test(condition_path, mounts)
{
	cr_expect(met(CONDITION_PATH_IS_MOUNT_POINT, "/proc"));
	cr_expect(met(CONDITION_PATH_IS_MOUNT_POINT, "/"));
	cr_expect(not(met(CONDITION_PATH_IS_MOUNT_POINT, directory)));
	cr_expect(met(CONDITION_PATH_IS_READ_WRITE, directory));
	cr_expect(not(met(CONDITION_PATH_IS_READ_WRITE, at("none"))));
}

Test(condition_path, wildcards_stand_in_any_component)
{
	cr_expect(met(CONDITION_PATH_EXISTS_GLOB, at("pl*")));
	cr_expect(met(CONDITION_PATH_EXISTS_GLOB, "/tmp/conditions.*/[l]in?"));
	cr_expect(met(CONDITION_PATH_EXISTS_GLOB, at("plain")));
	cr_expect(met(CONDITION_PATH_EXISTS_GLOB, "/"));
	cr_expect(met(CONDITION_PATH_EXISTS_GLOB, at("em*/")));
	cr_expect(not(met(CONDITION_PATH_EXISTS_GLOB, at("pl?"))));
	cr_expect(not(met(CONDITION_PATH_EXISTS_GLOB, at("*/*"))));
	cr_expect(not(met(CONDITION_PATH_EXISTS_GLOB, "/no*/such/*")));
}

Test(conditions, what_we_are)
{
	cr_expect(met(CONDITION_USER, "0"));
	cr_expect(met(CONDITION_USER, "root"));
	cr_expect(met(CONDITION_USER, "@system"));
	cr_expect(not(met(CONDITION_USER, "nobody")));
	cr_expect(not(met(CONDITION_USER, "no-such-user")));
	cr_expect(met(CONDITION_GROUP, "root"));
	cr_expect(not(met(CONDITION_GROUP, "nogroup")));
	cr_expect(unknown(CONDITION_CAPABILITY, "CAP_NONSENSE"));
	cr_expect(met(CONDITION_CAPABILITY, "cap_chown"));
}

Test(conditions, how_much_there_is)
{
	char processors[16];
	cpu_set_t cpus;

	cr_assert(eq(int, sched_getaffinity(0, sizeof(cpus), &cpus), 0));
	snprintf(processors, sizeof(processors), "= %d", CPU_COUNT(&cpus));
	cr_expect(met(CONDITION_CPUS, processors));
	cr_expect(met(CONDITION_CPUS, "1"));
	cr_expect(met(CONDITION_CPUS, "> 0"));
	cr_expect(not(met(CONDITION_CPUS, "<1")));
	cr_expect(unknown(CONDITION_CPUS, "some"));
	cr_expect(met(CONDITION_MEMORY, "1M"));
	cr_expect(met(CONDITION_MEMORY, "<= 1E"));
	cr_expect(not(met(CONDITION_MEMORY, ">1E")));
	cr_expect(unknown(CONDITION_MEMORY, ">="));
}

Test(conditions, which_versions_run)
{
	struct utsname host;
	char same[192];

	uname(&host);
	snprintf(same, sizeof(same), ">=%s '<=  %s'", host.release, host.release);
	cr_expect(met(CONDITION_KERNEL_VERSION, same));
	cr_expect(met(CONDITION_KERNEL_VERSION, host.release));
	cr_expect(met(CONDITION_KERNEL_VERSION, "> 2.6 *"));
	cr_expect(unknown(CONDITION_KERNEL_VERSION, "* > 2.6"));
	cr_expect(not(met(CONDITION_KERNEL_VERSION, "> 2.6 no-*")));
	cr_expect(unknown(CONDITION_KERNEL_VERSION, ">"));
	cr_expect(not(met(CONDITION_OS_RELEASE, "NO_SUCH=1")));
	cr_expect(met(CONDITION_OS_RELEASE, "NO_SUCH!=1 ID!=no-such"));
	cr_expect(unknown(CONDITION_OS_RELEASE, "ID"));
	cr_expect(unknown(CONDITION_OS_RELEASE, "=1"));
	cr_expect(unknown(CONDITION_OS_RELEASE, "NO_SUCH!=1 ID"));
	cr_expect(not(met(CONDITION_OS_RELEASE, "NO_SUCH=1 ID")));
	cr_expect(unknown(CONDITION_OS_RELEASE, "'ID= x'"));
}

Test(conditions, what_the_system_was_given)
{
	static char credentials[] = "CREDENTIALS_DIRECTORY=/proc/self";
	static char *const given[] = { credentials, NULL };
	const struct condition there = { NULL, CONDITION_CREDENTIAL, false, false, "status" };
	const struct condition outside = { NULL, CONDITION_CREDENTIAL, false, false, "../1" };

	cr_expect(conditions_unmet(&there, given) == NULL);
	cr_expect(conditions_unmet(&outside, given) == &outside);
	cr_expect(not(met(CONDITION_CREDENTIAL, "status")));
	cr_expect(met(CONDITION_FIRST_BOOT, "no"));
	cr_expect(unknown(CONDITION_FIRST_BOOT, "perhaps"));
	cr_expect(not(met(CONDITION_SECURITY, "uefi-secureboot")));
	cr_expect(not(met(CONDITION_SECURITY, "none")));
	cr_expect(not(met(CONDITION_CPU_FEATURE, "no-such")));
	cr_expect(met(CONDITION_CONTROL_GROUP_CONTROLLER, "no-such, none-such"));
	cr_expect(not(met(CONDITION_CONTROL_GROUP_CONTROLLER, "no-such bpf-foreign")));
#ifdef __x86_64__
	cr_expect(met(CONDITION_CPU_FEATURE, "fpu"));
	cr_expect(met(CONDITION_CPU_FEATURE, "SSE2"));
	cr_expect(met(CONDITION_CPU_FEATURE, "lm"));
#endif
}

Test(conditions, where_we_are)
{
	static char container[] = "container=podman";
	static char *const in_podman[] = { container, NULL };
	struct condition podman = { NULL, CONDITION_VIRTUALIZATION, false, false, "podman" };
	const struct condition any = { &podman, CONDITION_VIRTUALIZATION, false, false,
		"container" };
	const struct condition vm = { NULL, CONDITION_VIRTUALIZATION, false, false, "vm" };
	struct utsname host;

	cr_expect(conditions_unmet(&any, in_podman) == NULL);
	cr_expect(conditions_unmet(&vm, in_podman) == &vm);
	cr_expect(not(met(CONDITION_VIRTUALIZATION, "private-users")));
	uname(&host);
	cr_expect(met(CONDITION_HOST, host.nodename));
	cr_expect(met(CONDITION_HOST, "*"));
	cr_expect(not(met(CONDITION_HOST, "no-such-host")));
	cr_expect(met(CONDITION_ARCHITECTURE, "native"));
	cr_expect(eq(
		int, met(CONDITION_ARCHITECTURE, "x86-64"), strcmp(host.machine, "x86_64") == 0));
	cr_expect(not(met(CONDITION_ARCHITECTURE, "x86_64")));
	cr_expect(not(met(CONDITION_KERNEL_COMMAND_LINE, "no.such.word")));
	cr_expect(not(met(CONDITION_KERNEL_COMMAND_LINE, "no.such=assignment")));
}
