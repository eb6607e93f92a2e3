/* SPDX-License-Identifier: MIT */
#include "services/credentials.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool parse_id(const char *text, unsigned *ret_id)
{
	char *end;

	if (!*text || strspn(text, "0123456789") != strlen(text)) {
		return false;
	}
	errno = 0;
	unsigned long id = strtoul(text, &end, 10);
	/* The highest number means "unchanged" to setresuid(2). */
	if (errno || id >= UINT_MAX) {
		return false;
	}
	*ret_id = (unsigned)id;
	return true;
}

static void copy(char *to, const char *from)
{
	size_t length = strlen(from);

	if (length < CREDENTIALS_TEXT_MAX) {
		memcpy(to, from, length + 1);
	}
}

static bool find_user(const char *name, bool by_id, unsigned id, struct credentials *c)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry = NULL;

	while (file && (entry = fgetpwent(file))) {
		if (by_id ? entry->pw_uid == id : strcmp(entry->pw_name, name) == 0) {
			break;
		}
	}
	if (entry) {
		c->uid = entry->pw_uid;
		c->gid = entry->pw_gid;
		copy(c->user, entry->pw_name);
		copy(c->home, entry->pw_dir);
		copy(c->shell, entry->pw_shell);
	}
	if (file) {
		fclose(file);
	}
	return entry != NULL;
}

/* systemd.exec(5): a user of that name that is there is taken in place of a dynamic one. */
static int resolve_user(const struct exec_context *exec, struct credentials *c)
{
	const char *name = exec->user;
	unsigned id = 0;
	bool by_id = parse_id(name, &id);

	if (find_user(name, by_id, id, c)) {
		return 0;
	}
	if (!by_id && exec->dynamic_id) {
		id = exec->dynamic_id;
		c->transient = true;
		copy(c->user, name);
	} else if (!by_id) {
		return -ENOENT;
	}
	c->uid = id;
	c->gid = id;
	copy(c->home, c->transient ? "" : "/");
	return 0;
}

static int resolve_group(const char *name, gid_t *ret_gid)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *entry = NULL;
	unsigned id;
	int r = -ESRCH;

	while (file && (entry = fgetgrent(file))) {
		if (strcmp(entry->gr_name, name) == 0) {
			*ret_gid = entry->gr_gid;
			r = 0;
			break;
		}
	}
	if (file) {
		fclose(file);
	}
	if (r < 0 && parse_id(name, &id)) {
		*ret_gid = id;
		r = 0;
	}
	return r;
}

static int add_group(struct credentials *c, gid_t gid)
{
	for (size_t i = 0; i < c->groups_count; i++) {
		if (c->groups[i] == gid) {
			return 0;
		}
	}
	if (c->groups_count == CREDENTIALS_GROUPS_MAX) {
		return -E2BIG;
	}
	c->groups[c->groups_count++] = gid;
	return 0;
}

static bool has_member(const struct group *group, const char *user)
{
	for (char *const *member = group->gr_mem; *member; member++) {
		if (strcmp(*member, user) == 0) {
			return true;
		}
	}
	return false;
}

/* What initgroups(3) does. */
static int add_groups_of_user(struct credentials *c)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *entry;
	int r = add_group(c, c->gid);

	while (r == 0 && file && (entry = fgetgrent(file))) {
		if (c->user[0] && has_member(entry, c->user)) {
			r = add_group(c, entry->gr_gid);
		}
	}
	if (file) {
		fclose(file);
	}
	return r;
}

int credentials_resolve(const struct exec_context *exec, struct credentials *ret_credentials)
{
	struct credentials *c = ret_credentials;
	int r = 0;

	*c = (struct credentials) { .uid = getuid(), .gid = getgid() };
	if (exec->user) {
		r = resolve_user(exec, c);
	}
	/* A group that is nowhere either is the one that came with the dynamic user. */
	if (r == 0 && exec->group && resolve_group(exec->group, &c->gid) < 0) {
		r = exec->dynamic_id ? 0 : -ESRCH;
	}
	/* As systemd has it: a group alone brings no others, nor does root's. */
	if (r == 0 && exec->user && c->gid != 0) {
		r = add_groups_of_user(c);
	}
	for (size_t i = 0; r == 0 && i < exec->supplementary_groups.count; i++) {
		gid_t gid;

		r = resolve_group(exec->supplementary_groups.items[i], &gid);
		if (r == 0) {
			r = add_group(c, gid);
		}
	}
	return r;
}

void credentials_of_self(struct credentials *ret_credentials)
{
	*ret_credentials = (struct credentials) { 0 };
	find_user(NULL, true, getuid(), ret_credentials);
	ret_credentials->uid = getuid();
	ret_credentials->gid = getgid();
}
