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

int condition_memory(const char *parameter, char *const *environment)
{
	enum conf_order order = take_amount(&parameter);
	uint64_t wanted;
	int r = conf_parse_size(parameter, &wanted);

	return r < 0 ? r : conf_order_holds(order, compare(memory_here(), wanted));
}

int condition_cpus(const char *parameter, char *const *environment)
{
	enum conf_order order = take_amount(&parameter);
	int64_t wanted;
	cpu_set_t cpus;
	int r = conf_parse_integer(parameter, 0, INT32_MAX, &wanted);

	if (r < 0) {
		return r;
	}
	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0) {
		return -errno;
	}
	return conf_order_holds(order, compare((uint64_t)CPU_COUNT(&cpus), (uint64_t)wanted));
}

/* --- versions -------------------------------------------------------------------------------- */

static bool version_is(const struct conf_comparisons *wanted, const char *version)
{
	if (wanted->order == ORDER_NONE) {
		return wildcard_matches(wanted->value, version);
	}
	return conf_order_holds(wanted->order, conf_compare_versions(version, wanted->value));
}

int condition_kernel_version(const char *parameter, char *const *environment)
{
	struct conf_comparisons wanted;
	struct utsname host;
	int r = conf_comparisons_begin(&wanted, parameter);

	if (r < 0 || uname(&host) < 0) {
		return -EINVAL;
	}
	while ((r = conf_next_version(&wanted)) > 0) {
		if (!version_is(&wanted, host.release)) {
			return 0;
		}
	}
	return r < 0 ? r : 1;
}

/* What is not for sure a version is the same or not. */
static int os_release_is(const struct conf_comparisons *wanted)
{
	char text[CONF_OS_RELEASE_MAX];
	const char *value = NULL;
	int r = conf_os_release(wanted->name, text, &value);

	if (r < 0) {
		return r;
	}
	if (wanted->order == ORDER_EQUAL || wanted->order == ORDER_UNEQUAL) {
		return (value && is(value, wanted->value)) == (wanted->order == ORDER_EQUAL);
	}
	return conf_order_holds(
		wanted->order, conf_compare_versions(value ? value : "", wanted->value));
}

int condition_os_release(const char *parameter, char *const *environment)
{
	struct conf_comparisons wanted;
	int r = conf_comparisons_begin(&wanted, parameter);

	if (r < 0) {
		return r;
	}
	while ((r = conf_next_assertion(&wanted)) > 0) {
		int met = os_release_is(&wanted);

		if (met <= 0) {
			return met;
		}
	}
	return r < 0 ? r : 1;
}

/* --- what is there --------------------------------------------------------------------------- */

int condition_first_boot(const char *parameter, char *const *environment)
{
	bool wanted;
	int r = conf_parse_boolean(parameter, &wanted);

	return r < 0 ? r : is_there("/run/systemd/first-boot") == wanted;
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
int condition_security(const char *parameter, char *const *environment)
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
int condition_control_group_controller(const char *parameter, char *const *environment)
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
			return 0;
		}
		parameter += length;
	}
	return 1;
}

/* A file of a folder of credentials that berth-init was itself started with. */
int condition_credential(const char *parameter, char *const *environment)
{
	static const char *const variables[] = { "CREDENTIALS_DIRECTORY",
		"ENCRYPTED_CREDENTIALS_DIRECTORY" };
	char path[PATH_MAX];

	if (strchr(parameter, '/') || *parameter == '.') {
		return 0;
	}
	for (size_t i = 0; i < 2; i++) {
		const char *folder = environment_get(environment, variables[i]);

		if (folder && *folder == '/' &&
			snprintf(path, sizeof(path), "%s/%s", folder, parameter) <
				(int)sizeof(path) &&
			is_there(path)) {
			return 1;
		}
	}
	return 0;
}
