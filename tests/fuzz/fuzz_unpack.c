/* SPDX-License-Identifier: MIT */
/* Results of a build, as an engine's archive. Whatever it says, nothing but files and folders may
 * appear, and only in the given folder. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/folder.h"
#include "host-launcher/results/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	const uint8_t *data;
	size_t left;
};

static ssize_t next_piece(void *user, const void **ret_data, struct failure *failure)
{
	struct source *source = user;
	ssize_t length = (ssize_t)source->left;
	(void)failure;
	*ret_data = source->data;
	source->left = 0;
	return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const reserved[] = { "build.log", NULL };
	char folder[] = "/tmp/berth-fuzz-XXXXXX";
	struct source source = { data, size };
	struct unpack_result result;
	struct failure failure;
	struct stat status;

	if (!mkdtemp(folder)) {
		abort();
	}
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct unpack_request request = {
		.directory_fd = fd,
		.top = "artifacts",
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
		.reserved = reserved,
		.source = next_piece,
		.user = &source,
	};
	unpack_archive(&request, &result, &failure);
	unpack_result_finish(&result);
	if (fstatat(fd, "build.log", &status, AT_SYMLINK_NOFOLLOW) == 0 ||
		folder_remove(AT_FDCWD, folder) < 0) {
		abort();
	}
	close(fd);
	return 0;
}
