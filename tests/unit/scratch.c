/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/expect.h"

char scratch[] = "/tmp/berth-unit-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void scratch_make(void)
{
	cr_assert(ne(ptr, mkdtemp(scratch), NULL));
}

void scratch_finish(void)
{
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_path(const char *name)
{
	static char paths[8][256];
	static size_t next;
	char *path = paths[next++ % 8];

	int length = snprintf(path, sizeof(paths[0]), "%s/%s", scratch, name);
	cr_assert(length < (int)sizeof(paths[0]));
	for (char *slash = path + strlen(scratch) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		cr_assert(mkdir(path, 0755) == 0 || errno == EEXIST, "%s", path);
		*slash = '/';
	}
	return path;
}

void scratch_write(const char *name, const char *text)
{
	FILE *out = fopen(scratch_path(name), "we");

	cr_assert(ne(ptr, out, NULL));
	fputs(text, out);
	fclose(out);
}

void scratch_link(const char *name, const char *target)
{
	cr_assert(eq(int, symlink(target, scratch_path(name)), 0));
}
