/* SPDX-License-Identifier: MIT */
#include "services/mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Of a line, the rest of which are options: enough for all fields before them. */
	LINE_SIZE = 4096,
};

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Copies a field up to its blank; blanks and backslashes in it are \040 and the like. */
static bool take_field(const char *field, char *to, size_t size)
{
	size_t length = 0;

	for (; *field && *field != ' '; field++) {
		char c = *field;

		if (c == '\\' && is_octal(field[1]) && is_octal(field[2]) && is_octal(field[3])) {
			c = (char)(unsigned char)((field[1] - '0') * 64 + (field[2] - '0') * 8 +
						  (field[3] - '0'));
			field += 3;
		}
		if (length + 1 >= size || !c) {
			return false;
		}
		to[length++] = c;
	}
	to[length] = '\0';
	return *field == ' ' && length;
}

static const char *skip_fields(const char *at, int count)
{
	while (at && count-- > 0) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at;
}

bool mountinfo_parse(const char *line, struct mount_line *ret_line)
{
	struct mount_line result;
	char *end;

	if (*line < '0' || *line > '9') {
		return false;
	}
	long id = strtol(line, &end, 10);
	const char *point = skip_fields(line, 4);
	const char *type = point ? strstr(point, " - ") : NULL;

	if (*end != ' ' || id > INT_MAX || !type) {
		return false;
	}
	result.id = (int)id;
	if (!take_field(point, result.point, sizeof(result.point)) || result.point[0] != '/' ||
		!take_field(type + 3, result.type, sizeof(result.type))) {
		return false;
	}
	*ret_line = result;
	return true;
}

int mountinfo_for_each(void (*visit)(const struct mount_line *line, void *data), void *data)
{
	struct mount_line taken;
	char line[LINE_SIZE], text[LINE_SIZE];
	size_t size = 0;
	ssize_t length;
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return -errno;
	}
	while ((length = read(fd, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < length; i++) {
			if (text[i] != '\n') {
				line[size] = text[i];
				size += size < sizeof(line) - 1;
				continue;
			}
			line[size] = '\0';
			size = 0;
			if (mountinfo_parse(line, &taken)) {
				visit(&taken, data);
			}
		}
	}
	close(fd);
	return length < 0 ? -EIO : 0;
}
