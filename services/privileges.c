/* SPDX-License-Identifier: MIT */
#include "services/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	CAPABILITY_WORDS = _LINUX_CAPABILITY_U32S_3,
};

static uint64_t bit(size_t capability)
{
	return UINT64_C(1) << capability;
}

/* Older kernels know fewer. */
static uint64_t known_capabilities(void)
{
	uint64_t known = 0;

	for (size_t i = 0; i < 64 && prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
		known |= bit(i);
	}
	return known;
}

/* What is not there need not be dropped: then no right to drop is needed either. */
static int limit_bounding_set(uint64_t kept, struct step_place *at)
{
	at->step = STEP_BOUNDING_SET;
	for (at->item = 0; at->item < 64; at->item++) {
		bool present = prctl(PR_CAPBSET_READ, at->item, 0, 0, 0) > 0;

		if (present && !(kept & bit(at->item)) &&
			prctl(PR_CAPBSET_DROP, at->item, 0, 0, 0) < 0) {
			return -errno;
		}
	}
	return 0;
}

static bool has_group(const gid_t *groups, size_t count, gid_t group)
{
	for (size_t i = 0; i < count; i++) {
		if (groups[i] == group) {
			return true;
		}
	}
	return false;
}

/* Then there is no need for the right to set them: a container may run as the very user. */
static bool has_groups_already(const struct credentials *to)
{
	gid_t groups[CREDENTIALS_GROUPS_MAX];
	int count = getgroups(CREDENTIALS_GROUPS_MAX, groups);

	if (count < 0 || getgid() != to->gid) {
		return false;
	}
	for (size_t i = 0; i < to->groups_count; i++) {
		if (to->groups[i] != to->gid && !has_group(groups, (size_t)count, to->groups[i])) {
			return false;
		}
	}
	for (int i = 0; i < count; i++) {
		if (!has_group(to->groups, to->groups_count, groups[i])) {
			return false;
		}
	}
	return true;
}

static int change_user(const struct credentials *to, bool by_group, struct step_place *at)
{
	*at = (struct step_place) { .step = STEP_SET_GROUPS, .item = by_group };
	if (!has_groups_already(to) && setgroups(to->groups_count, to->groups) < 0) {
		return -errno;
	}
	if (setresgid(to->gid, to->gid, to->gid) < 0) {
		return -errno;
	}
	at->step = STEP_SET_USER;
	return setresuid(to->uid, to->uid, to->uid) < 0 ? -errno : 0;
}

static int get_capabilities(struct __user_cap_data_struct data[CAPABILITY_WORDS])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &header, data) < 0 ? -errno : 0;
}

static int set_capabilities(const struct __user_cap_data_struct data[CAPABILITY_WORDS])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

/* Ambient is only what is permitted and inheritable; the latter is within the bounding set. */
static int make_inheritable(uint64_t wanted, struct step_place *at)
{
	struct __user_cap_data_struct data[CAPABILITY_WORDS];
	int r = get_capabilities(data);

	if (r < 0) {
		return r;
	}
	for (at->item = 0; at->item < 64; at->item++) {
		struct __user_cap_data_struct *word = &data[at->item / 32];
		uint32_t mask = UINT32_C(1) << (at->item % 32);

		if (!(wanted & bit(at->item))) {
			continue;
		}
		if (!(word->permitted & mask) || prctl(PR_CAPBSET_READ, at->item, 0, 0, 0) != 1) {
			return -EPERM;
		}
		word->inheritable |= mask;
	}
	return set_capabilities(data);
}

static int raise_ambient(uint64_t wanted, struct step_place *at)
{
	*at = (struct step_place) { .step = STEP_AMBIENT_CAPABILITIES };
	int r = make_inheritable(wanted, at);

	if (r < 0) {
		return r;
	}
	for (at->item = 0; at->item < 64; at->item++) {
		if (wanted & bit(at->item) &&
			prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, at->item, 0, 0) < 0) {
			return -errno;
		}
	}
	return 0;
}

/* The change of the user left what is permitted, see PR_SET_KEEPCAPS, but not in force: with
 * execve() all of it goes. Bits that are as they are need no right to set them. */
static int set_secure_bits(unsigned bits, struct step_place *at)
{
	struct __user_cap_data_struct data[CAPABILITY_WORDS];

	*at = (struct step_place) { .step = STEP_SECURE_BITS };
	int r = get_capabilities(data);
	if (r < 0 || prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) == (int)bits) {
		return r;
	}
	for (size_t i = 0; i < CAPABILITY_WORDS; i++) {
		data[i].effective = data[i].permitted;
	}
	r = set_capabilities(data);
	return r == 0 && prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0 ? -errno : r;
}

int privileges_drop(
	const struct exec_context *exec, const struct credentials *to, struct step_place *at)
{
	uint64_t ambient =
		exec->ambient_capabilities ? exec->ambient_capabilities & known_capabilities() : 0;
	unsigned secure_bits = exec->extras ? exec->extras->secure_bits : 0;
	int r = 0;

	if (exec->capability_bounding_set != EXEC_ALL_CAPABILITIES) {
		r = limit_bounding_set(exec->capability_bounding_set, at);
	}
	if (r == 0 && to) {
		/* Goes with execve(). */
		prctl(PR_SET_KEEPCAPS, ambient || secure_bits, 0, 0, 0);
		r = change_user(to, !exec->user, at);
	}
	if (r == 0 && ambient) {
		r = raise_ambient(ambient, at);
	}
	if (r == 0 && secure_bits) {
		r = set_secure_bits(secure_bits, at);
	}
	if (r == 0 && exec->no_new_privileges) {
		*at = (struct step_place) { .step = STEP_NO_NEW_PRIVILEGES };
		r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
	}
	return r;
}
