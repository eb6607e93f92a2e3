/* SPDX-License-Identifier: MIT */
/* What the host, the container and our own process are. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "conf/value.h"
#include "services/condition_tests.h"
#include "services/credentials.h"
#include "services/environment.h"
#include "services/wildcard.h"

enum {
	TEXT_MAX = 8192, /* COMMAND_LINE_SIZE of the kernel is less */
	SYSTEM_UID_MAX = 999,
};

void condition_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, size - 1);

	if (fd >= 0) {
		close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
}

static bool is(const char *text, const char *expected)
{
	return strcmp(text, expected) == 0;
}

/* NAME: it is set. NAME=VALUE: it has that value. */
int condition_environment(const char *parameter, char *const *environment)
{
	if (!strchr(parameter, '=')) {
		return environment_get(environment, parameter) != NULL;
	}
	for (; *environment; environment++) {
		if (is(*environment, parameter)) {
			return 1;
		}
	}
	return 0;
}

int condition_user(const char *parameter, char *const *environment)
{
	const struct exec_context exec = { .user = parameter };
	struct credentials credentials;

	if (is(parameter, "@system")) {
		return getuid() <= SYSTEM_UID_MAX;
	}
	return credentials_resolve(&exec, &credentials) == 0 &&
	       (credentials.uid == getuid() || credentials.uid == geteuid());
}

int condition_group(const char *parameter, char *const *environment)
{
	const struct exec_context exec = { .group = parameter };
	struct credentials credentials;

	return credentials_resolve(&exec, &credentials) == 0 &&
	       (credentials.gid == getgid() || credentials.gid == getegid() ||
		       group_member(credentials.gid));
}

/* A word of the command line, or what is left of its `=`. */
int condition_kernel_command_line(const char *parameter, char *const *environment)
{
	char text[TEXT_MAX];
	bool whole = strchr(parameter, '=') != NULL;
	char *rest = NULL;

	condition_read("/proc/cmdline", text, sizeof(text));
	for (char *word = strtok_r(text, " \t\n", &rest); word;
		word = strtok_r(NULL, " \t\n", &rest)) {
		size_t length = whole ? strlen(word) : strcspn(word, "=");

		if (length == strlen(parameter) && strncmp(word, parameter, length) == 0) {
			return 1;
		}
	}
	return 0;
}

/* --- virtualization -------------------------------------------------------------------------- */

/* By the marks that container managers leave; NULL outside of a container. */
static const char *container_name(char *const *environment)
{
	const char *name = environment_get(environment, "container");

	if (name && *name) {
		return name;
	}
	if (access("/run/.containerenv", F_OK) == 0) {
		return "podman";
	}
	return access("/.dockerenv", F_OK) == 0 ? "docker" : NULL;
}

static bool is_virtual_machine(void)
{
	char text[TEXT_MAX];

	condition_read("/proc/cpuinfo", text, sizeof(text));
	return strstr(text, " hypervisor") != NULL;
}

/* The first user namespace maps all numbers to themselves. */
static bool has_private_users(void)
{
	char text[TEXT_MAX];
	char *at = text;

	condition_read("/proc/self/uid_map", text, sizeof(text));
	unsigned long inside = strtoul(at, &at, 10);
	unsigned long outside = strtoul(at, &at, 10);
	unsigned long count = strtoul(at, &at, 10);
	return count && (inside || outside || count != UINT32_MAX);
}

int condition_virtualization(const char *parameter, char *const *environment)
{
	const char *name = container_name(environment);
	bool wanted;

	if (conf_parse_boolean(parameter, &wanted) == 0) {
		return (name || is_virtual_machine()) == wanted;
	}
	if (is(parameter, "private-users")) {
		return has_private_users();
	}
	if (is(parameter, "container")) {
		return name != NULL;
	}
	if (is(parameter, "vm")) {
		return !name && is_virtual_machine();
	}
	return name && is(parameter, name);
}

/* --- the rest -------------------------------------------------------------------------------- */

int condition_capability(const char *parameter, char *const *environment)
{
	int capability;
	int r = conf_parse_capability(parameter, &capability);

	return r < 0 ? r : prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1;
}

int condition_architecture(const char *parameter, char *const *environment)
{
	struct utsname host;

	if (is(parameter, "native")) {
		return 1;
	}
	if (uname(&host) < 0) {
		return -errno;
	}
	return is(parameter, conf_architecture(host.machine));
}

static void to_lower(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; from[i] && i + 1 < size; i++) {
		to[i] = (char)tolower((unsigned char)from[i]);
	}
	to[i] = '\0';
}

int condition_host(const char *parameter, char *const *environment)
{
	char text[TEXT_MAX];
	char pattern[NAME_MAX];
	struct utsname host;

	to_lower(pattern, parameter, sizeof(pattern));
	condition_read("/etc/machine-id", text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	if (*text && is(pattern, text)) {
		return 1;
	}
	if (uname(&host) < 0) {
		return -errno;
	}
	to_lower(text, host.nodename, sizeof(text));
	return wildcard_matches(pattern, text);
}
