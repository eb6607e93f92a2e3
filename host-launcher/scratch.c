/* SPDX-License-Identifier: MIT */
#include "host-launcher/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host-launcher/alloc.h"
#include "host-launcher/folder.h"

int scratch_create(char **ret_path, struct failure *failure)
{
	const char *given = getenv("TMPDIR");
	const char *parent = given && *given ? given : "/var/tmp";
	autofree char *top = realpath(parent, NULL);
	char *path = alloc_printf("%s/berth-XXXXXX", top ? top : parent);
	/* The engine's user may have to pass; the name alone is no secret. */
	if (!mkdtemp(path) || chmod(path, 0711) < 0) {
		failure_fill(failure, EXIT_WRITE,
			"cannot create a folder in %s: %s; TMPDIR can name another one", parent,
			strerror(errno));
		free(path);
		return -1;
	}
	*ret_path = path;
	return 0;
}

void scratch_remove(char *path)
{
	if (path) {
		(void)folder_remove(AT_FDCWD, path);
		free(path);
	}
}
