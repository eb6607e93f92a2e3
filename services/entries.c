/* SPDX-License-Identifier: MIT */
#include "services/entries.h"

#include <dirent.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* getdents64(2) */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

void entries_for_each(int directory_fd,
	void (*visit)(const char *name, bool is_directory, void *data), void *data)
{
	_Alignas(struct entry) char text[4096];
	long length;

	while ((length = syscall(SYS_getdents64, directory_fd, text, sizeof(text))) > 0) {
		for (long at = 0; at < length;) {
			const struct entry *entry = (const void *)(text + at);

			if (entry->name[0] != '.') {
				visit(entry->name, entry->type == DT_DIR, data);
			}
			at += entry->length;
		}
	}
}
