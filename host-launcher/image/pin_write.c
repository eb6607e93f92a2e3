/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/pin_write.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/buffer.h"
#include "host-launcher/base/file.h"

char *pin_format(const struct pin *pin, int64_t epoch_s)
{
	struct buffer text = { 0 };
	char date[sizeof("-2147483647-01-01T00:00:00Z")];
	time_t time = epoch_s;
	struct tm tm;
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &tm));
	buffer_printf(&text,
		"# The image that this tree is built in, to the byte; berth build takes no other.\n"
		"# Written by berth image build, from Debian's packages of %s. Commit it.\n"
		"[image]\nReference=%s\nConfigDigest=%s\n",
		date, pin->reference, pin->config_digest);
	for (size_t i = 0; i < pin->diff_id_count; i++) {
		buffer_printf(&text, "DiffID=%s\n", pin->diff_ids[i]);
	}
	if (pin->recipe) {
		buffer_printf(&text, "Recipe=%s\n", pin->recipe);
	}
	if (pin->recipe_commit) {
		buffer_printf(&text, "RecipeCommit=%s\n", pin->recipe_commit);
	}
	return buffer_steal(&text);
}

/* Writes beside the old file and renames, so that there is a whole pin at any time. */
static int replace(int directory_fd, const char *name, const char *text)
{
	autofree char *fresh = alloc_printf(".%s.%d", name, getpid());
	int rc = file_create_at(directory_fd, fresh, text, strlen(text));
	if (rc == 0 && renameat(directory_fd, fresh, directory_fd, name) < 0) {
		rc = -errno;
	}
	if (rc < 0 && rc != -EEXIST) {
		unlinkat(directory_fd, fresh, 0);
	}
	return rc;
}

int pin_write(const char *source, const struct pin *pin, int64_t epoch_s, struct failure *failure)
{
	autofree char *path = alloc_printf("%s/" PIN_PATH, source);
	autofree char *copy = alloc_copy(path);
	autofree char *text = pin_format(pin, epoch_s);
	const char *directory = dirname(copy);
	int rc = mkdir(directory, 0777) < 0 && errno != EEXIST ? -errno : 0;
	autoclose int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rc == 0) {
		rc = fd < 0 ? -errno : replace(fd, strrchr(PIN_PATH, '/') + 1, text);
	}
	if (rc < 0) {
		return failure_set(failure, EXIT_WRITE, "cannot write %s: %s", path, strerror(-rc));
	}
	return 0;
}
