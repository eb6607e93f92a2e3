/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_log.h"

#include <string.h>

#include "host-launcher/base/alloc.h"

/* Splits at blanks; drops "./" in front and slashes behind. */
static void split(const char *text, struct string_list *paths)
{
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");
		const char *path = text;
		text += length;
		if (strncmp(path, "./", 2) == 0) {
			path += 2;
			length -= 2;
		}
		while (length > 1 && path[length - 1] == '/') {
			length--;
		}
		string_list_take(paths, alloc_copy_range(path, length));
	}
}

static int add_line(const struct git_place *place, const char *commit, const char *item,
	struct buffer *lines, struct failure *failure)
{
	struct string_list paths = { 0 };
	struct string_list arguments = { 0 };
	static const char *const first[] = { "--literal-pathspecs", "log", "-1", "--format=%H" };
	autofree char *answer = NULL;
	split(item, &paths);
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		string_list_add(&arguments, first[i]);
	}
	string_list_add(&arguments, commit);
	string_list_add(&arguments, "--");
	for (size_t i = 0; i < paths.count; i++) {
		string_list_add(&arguments, paths.items[i]);
	}
	int rc = paths.count
			 ? git_need(place, (const char *const *)arguments.items, &answer, failure)
			 : 0;
	if (answer) {
		buffer_printf(lines, "%s\t", *answer ? answer : "-");
		for (size_t i = 0; i < paths.count; i++) {
			buffer_printf(lines, "%s%s", i ? " " : "", paths.items[i]);
		}
		buffer_append_text(lines, "\n");
	}
	string_list_finish(&paths);
	string_list_finish(&arguments);
	return rc;
}

int git_log_paths(const struct git_place *place, const char *commit,
	const struct string_list *paths, char **ret_lines, struct failure *failure)
{
	struct buffer lines = { 0 };
	for (size_t i = 0; paths && i < paths->count; i++) {
		if (add_line(place, commit, paths->items[i], &lines, failure) < 0) {
			buffer_finish(&lines);
			return -1;
		}
	}
	*ret_lines = buffer_steal(&lines);
	return 0;
}
