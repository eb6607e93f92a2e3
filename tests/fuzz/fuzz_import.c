/* SPDX-License-Identifier: MIT */
/* A file of supervisord, as anybody may have written it, to ours: what comes out must be text that
 * our own reader takes. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/reader.h"
#include "init/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_problems problems = { 0 };
	const struct conf_sink sink = { 0 };
	char path[32];
	char *text = NULL;
	size_t length = 0;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	FILE *out = open_memstream(&text, &length);

	/* What it includes would be files of this machine. */
	if (!out || fd < 0 || memmem(data, size, "include", 7) ||
		write(fd, data, size) != (ssize_t)size) {
		goto finish;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	import_supervisord(path, out, &problems);
	fflush(out);
	conf_read_text("import", text, length, &sink, &problems);
finish:
	if (out) {
		fclose(out);
	}
	if (fd >= 0) {
		close(fd);
	}
	free(text);
	conf_problems_finish(&problems);
	return 0;
}
