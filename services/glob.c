/* SPDX-License-Identifier: MIT */
#include "services/glob.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "services/wildcard.h"

struct search {
	char path[PATH_MAX]; /* as far as it is found */
	size_t length;
	bool (*take)(void *user, const char *path);
	void *user;
};

bool glob_is_pattern(const char *text)
{
	return strpbrk(text, "*?[\\") != NULL;
}

static bool descend(struct search *s, const char *pattern);

/* On with one component more. */
static bool step(struct search *s, const char *name, const char *rest)
{
	size_t before = s->length;
	size_t length = strlen(name);
	bool done = false;

	if (before + 1 + length < sizeof(s->path)) {
		s->path[before] = '/';
		memcpy(s->path + before + 1, name, length + 1);
		s->length += 1 + length;
		done = descend(s, rest);
		s->length = before;
		s->path[before] = '\0';
	}
	return done;
}

static bool step_into_all(struct search *s, const char *component, const char *rest)
{
	DIR *directory = opendir(s->length ? s->path : "/");
	const struct dirent *entry;
	bool done = false;

	while (!done && directory && (entry = readdir(directory))) {
		/* A star is not meant to find . and .. or what is hidden. */
		if ((entry->d_name[0] != '.' || component[0] == '.') &&
			wildcard_matches(component, entry->d_name)) {
			done = step(s, entry->d_name, rest);
		}
	}
	if (directory) {
		closedir(directory);
	}
	return done;
}

static bool descend(struct search *s, const char *pattern)
{
	char component[NAME_MAX + 1];

	pattern += strspn(pattern, "/");
	size_t length = strcspn(pattern, "/");
	if (!length) {
		const char *path = s->length ? s->path : "/";

		return access(path, F_OK) == 0 && s->take(s->user, path);
	}
	if (length > NAME_MAX) {
		return false;
	}
	memcpy(component, pattern, length);
	component[length] = '\0';
	return glob_is_pattern(component) ? step_into_all(s, component, pattern + length)
					  : step(s, component, pattern + length);
}

bool glob_each(const char *pattern, bool (*take)(void *user, const char *path), void *user)
{
	struct search s = { .length = 0, .take = take, .user = user };

	return descend(&s, pattern);
}
