/* SPDX-License-Identifier: MIT */
/*
 * Linked into a berth-init of its own (-Wl,--wrap=): while the file that $BERTH_SCANT names is
 * there, there is no memory for one of what it names, "unit" or "follow". No limit of the kernel
 * refuses just that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init/follow.h"
#include "init/manager.h"

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static bool is_scant(const char *what)
{
	const char *path = getenv("BERTH_SCANT");
	char text[16] = "";
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0) {
		return false;
	}
	bool scant = read(fd, text, sizeof(text) - 1) > 0 && strcmp(text, what) == 0;
	close(fd);
	return scant;
}

void *__wrap_calloc(size_t count, size_t size)
{
	if (count == 1 && ((size == sizeof(struct unit) && is_scant("unit")) ||
				  (size == sizeof(struct follow) && is_scant("follow")))) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_calloc(count, size);
}
