/* SPDX-License-Identifier: MIT */
/* How much the machine has, which versions run, and what its kernel was given to guard it. A
 * container's share counts where it is told of it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "conf/order.h"
#include "conf/os_release.h"
#include "conf/value.h"
#include "services/condition_tests.h"
#include "services/environment.h"
#include "services/wildcard.h"

#define BLANKS     " \t\n\r"
#define CGROUP     "/sys/fs/cgroup"
#define SEPARATORS " \t,"

enum {
	WORD_MAX = 1024,
	SMALL_MAX = 512,
};

static bool is(const char *text, const char *expected)
{
	return strcmp(text, expected) == 0;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* --- how much -------------------------------------------------------------------------------- */

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* What the whole container may have; "max" and no file at all set no limit. */
static uint64_t memory_limit(const char *path)
{
	char text[SMALL_MAX];
	char *end;

	condition_read(path, text, sizeof(text));
	errno = 0;
	unsigned long long limit = strtoull(text, &end, 10);
	return end == text || errno ? UINT64_MAX : limit;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t memory_here(void)
{
	uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

	all = lesser(all, memory_limit(CGROUP "/memory.max"));
	return lesser(all, memory_limit(CGROUP "/memory/memory.limit_in_bytes"));
}

/* Without an operator so much is wanted at least. */
static enum conf_order take_amount(const char **parameter)
{
	enum conf_order order = conf_take_order(parameter);

	*parameter += strspn(*parameter, BLANKS);
	return order == ORDER_NONE ? ORDER_GREATER_OR_EQUAL : order;
}

bool condition_memory(const char *parameter, char *const *environment)
{
	enum conf_order order = take_amount(&parameter);
	uint64_t wanted;

	return conf_parse_size(parameter, &wanted) == 0 &&
	       conf_order_holds(order, compare(memory_here(), wanted));
}

bool condition_cpus(const char *parameter, char *const *environment)
{
	enum conf_order order = take_amount(&parameter);
	int64_t wanted;
	cpu_set_t cpus;

	return conf_parse_integer(parameter, 0, INT32_MAX, &wanted) == 0 &&
	       sched_getaffinity(0, sizeof(cpus), &cpus) == 0 &&
	       conf_order_holds(order, compare((uint64_t)CPU_COUNT(&cpus), (uint64_t)wanted));
}

/* --- versions -------------------------------------------------------------------------------- */

static const char *strip(char *text)
{
	size_t length = strlen(text);

	while (length && strchr(BLANKS, text[length - 1])) {
		text[--length] = '\0';
	}
	return text + strspn(text, BLANKS);
}

/* Each word a pattern, or an operator and a version, which may stand apart in the first one. */
bool condition_kernel_version(const char *parameter, char *const *environment)
{
	char word[WORD_MAX];
	struct utsname host;

	if (strlen(parameter) >= sizeof(word) || uname(&host) < 0) {
		return false;
	}
	for (bool first = true; conf_next_word_of_value(&parameter, word); first = false) {
		const char *text = strip(word);
		enum conf_order order = conf_take_order(&text);

		if (order == ORDER_NONE) {
			if (!wildcard_matches(text, host.release)) {
				return false;
			}
			continue;
		}
		text += strspn(text, BLANKS);
		if (!*text) {
			if (!first || !conf_next_word_of_value(&parameter, word)) {
				return false;
			}
			text = word;
		}
		if (!conf_order_holds(order, conf_compare_versions(host.release, text))) {
			return false;
		}
	}
	return true;
}

/* One NAME=VALUE or the like. What is not for sure a version is the same or not. */
static bool os_release_is(char *word)
{
	char text[CONF_OS_RELEASE_MAX];
	size_t length = strcspn(word, "!<=>");
	const char *wanted = word + length;
	enum conf_order order = conf_take_order(&wanted);
	const char *value = NULL;

	if (!length || order == ORDER_NONE || !*wanted || strchr(BLANKS, *wanted)) {
		return false;
	}
	word[length] = '\0';
	if (conf_os_release(word, text, &value) < 0) {
		return false;
	}
	if (order == ORDER_EQUAL || order == ORDER_UNEQUAL) {
		return (value && is(value, wanted)) == (order == ORDER_EQUAL);
	}
	return conf_order_holds(order, conf_compare_versions(value ? value : "", wanted));
}

bool condition_os_release(const char *parameter, char *const *environment)
{
	char word[WORD_MAX];

	if (strlen(parameter) >= sizeof(word)) {
		return false;
	}
	while (conf_next_word_of_value(&parameter, word)) {
		if (!os_release_is(word)) {
			return false;
		}
	}
	return true;
}

/* --- what is there --------------------------------------------------------------------------- */

bool condition_first_boot(const char *parameter, char *const *environment)
{
	bool wanted;

	return conf_parse_boolean(parameter, &wanted) == 0 &&
	       is_there("/run/systemd/first-boot") == wanted;
}

static bool has_audit(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT);

	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0;
}

static bool has_apparmor(void)
{
	char text[SMALL_MAX];

	condition_read("/sys/module/apparmor/parameters/enabled", text, sizeof(text));
	return *text == 'Y';
}

/* How the machine was booted is not a container's to know: uefi-secureboot does not hold. */
bool condition_security(const char *parameter, char *const *environment)
{
	static const struct {
		const char *name;
		const char *path;
	} marks[] = {
		{ "selinux", "/sys/fs/selinux/enforce" },
		{ "smack", "/sys/fs/smackfs/" },
		{ "ima", "/sys/kernel/security/ima/" },
		{ "tomoyo", "/sys/kernel/security/tomoyo/version" },
		{ "tpm2", "/dev/tpmrm0" },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (is(parameter, marks[i].name)) {
			return is_there(marks[i].path);
		}
	}
	return is(parameter, "apparmor") ? has_apparmor() : is(parameter, "audit") && has_audit();
}

static bool has_word(const char *text, const char *word, size_t length)
{
	while (*(text += strspn(text, BLANKS))) {
		size_t taken = strcspn(text, BLANKS);

		if (taken == length && strncmp(text, word, length) == 0) {
			return true;
		}
		text += taken;
	}
	return false;
}

static bool is_known_controller(const char *word, size_t length)
{
	static const char known[] = "cpu cpuacct cpuset io blkio memory devices pids bpf-firewall "
				    "bpf-devices bpf-foreign bpf-socket-bind "
				    "bpf-restrict-network-interfaces";

	return has_word(known, word, length);
}

/* The second version accounts for processors everywhere. */
static bool has_controller(bool unified, const char *word, size_t length)
{
	char text[SMALL_MAX];

	if (unified) {
		condition_read(CGROUP "/cgroup.controllers", text, sizeof(text));
		return has_word(text, word, length) || has_word("cpuacct", word, length);
	}
	snprintf(text, sizeof(text), CGROUP "/%.*s", (int)length, word);
	return is_there(text);
}

/* Names that are not known do not count, as in systemd. */
bool condition_control_group_controller(const char *parameter, char *const *environment)
{
	struct statfs status;
	bool there = statfs(CGROUP, &status) == 0;
	bool unified = there && status.f_type == CGROUP2_SUPER_MAGIC;

	if (is(parameter, "v2")) {
		return unified;
	}
	if (is(parameter, "v1")) {
		return there && status.f_type == TMPFS_MAGIC;
	}
	while (*(parameter += strspn(parameter, SEPARATORS))) {
		size_t length = strcspn(parameter, SEPARATORS);

		if (is_known_controller(parameter, length) &&
			!has_controller(unified, parameter, length)) {
			return false;
		}
		parameter += length;
	}
	return true;
}

/* A file of a folder of credentials that berth-init was itself started with. */
bool condition_credential(const char *parameter, char *const *environment)
{
	static const char *const variables[] = { "CREDENTIALS_DIRECTORY",
		"ENCRYPTED_CREDENTIALS_DIRECTORY" };
	char path[PATH_MAX];

	if (strchr(parameter, '/') || *parameter == '.') {
		return false;
	}
	for (size_t i = 0; i < 2; i++) {
		const char *folder = environment_get(environment, variables[i]);

		if (folder && *folder == '/' &&
			snprintf(path, sizeof(path), "%s/%s", folder, parameter) <
				(int)sizeof(path) &&
			is_there(path)) {
			return true;
		}
	}
	return false;
}
