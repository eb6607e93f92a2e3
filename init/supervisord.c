/* SPDX-License-Identifier: MIT */
#include "init/supervisord.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "services/glob.h"

#define BLANKS " \t\r"

enum {
	FILE_SIZE_MAX = 4 << 20,
	NAME_SIZE = 128,
};

struct reader {
	struct supervisord_file *file;
	struct conf_problems *problems;
	struct conf_place place;
	const char *here;
	struct supervisord_section **tail;
	struct supervisord_section *section;
	struct supervisord_entry *entry; /* may be continued */
	int error;
};

static void *take(struct reader *r, size_t size)
{
	void *memory = conf_arena_alloc(&r->file->arena, size);

	r->error = memory ? r->error : -ENOMEM;
	return memory;
}

static char *strip(char *text)
{
	text += strspn(text, BLANKS);
	size_t length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1])) {
		length--;
	}
	text[length] = '\0';
	return text;
}

/* Behind a blank only, for a URL may have a #. */
static void cut_comment(char *line)
{
	for (char *at = line; *at; at++) {
		if ((*at == ';' || *at == '#') && (at == line || strchr(BLANKS, at[-1]))) {
			*at = '\0';
			return;
		}
	}
}

static void complain(const struct reader *r, const char *text)
{
	conf_problems_add(r->problems, CONF_ERROR, &r->place, "%s", text);
}

static struct supervisord_section *find_section(
	const struct supervisord_file *file, const char *name)
{
	struct supervisord_section *s = file->sections;

	while (s && strcmp(s->name, name) != 0) {
		s = s->next;
	}
	return s;
}

static void take_section(struct reader *r, char *line)
{
	char *end = strchr(line, ']');

	r->entry = NULL;
	r->section = NULL;
	if (!end || end == line + 1) {
		complain(r, "expected [SECTION]");
		return;
	}
	*end = '\0';
	r->section = find_section(r->file, line + 1);
	if (r->section) {
		return; /* one that comes again is continued */
	}
	struct supervisord_section *section = take(r, sizeof(*section));
	char *name = conf_arena_strdup(&r->file->arena, line + 1);
	if (!section || !name) {
		r->error = -ENOMEM;
		return;
	}
	*section =
		(struct supervisord_section) { .name = name, .place = r->place, .here = r->here };
	*r->tail = section;
	r->tail = &section->next;
	r->section = section;
}

static struct supervisord_entry *grow(struct reader *r)
{
	struct supervisord_section *s = r->section;

	if ((s->count & (s->count - 1)) == 0) {
		size_t capacity = s->count ? s->count * 2 : 8;
		struct supervisord_entry *entries = take(r, capacity * sizeof(*entries));

		if (!entries) {
			return NULL;
		}
		if (s->count) {
			memcpy(entries, s->entries, s->count * sizeof(*entries));
		}
		s->entries = entries;
	}
	return &s->entries[s->count++];
}

static void take_entry(struct reader *r, char *line)
{
	size_t length = strcspn(line, "=:");

	r->entry = NULL;
	if (!line[length] || !length) {
		complain(r, "expected KEY=VALUE or [SECTION]");
		return;
	}
	if (!r->section) {
		complain(r, "key outside of any section");
		return;
	}
	line[length] = '\0';
	char *key = conf_arena_strdup(&r->file->arena, strip(line));
	char *value = conf_arena_strdup(&r->file->arena, strip(line + length + 1));
	if (!key || !value) {
		r->error = -ENOMEM;
		return;
	}
	for (char *at = key; *at; at++) {
		*at = (char)tolower((unsigned char)*at);
	}
	r->entry = supervisord_find(r->section, key);
	r->entry = r->entry ? r->entry : grow(r);
	if (r->entry) {
		*r->entry = (struct supervisord_entry) { key, value, r->place, false };
	}
}

static void continue_entry(struct reader *r, char *line)
{
	const char *more = strip(line);
	size_t size = strlen(r->entry->value) + strlen(more) + 2;
	char *joined = *more ? take(r, size) : NULL;

	if (joined) {
		snprintf(
			joined, size, "%s%s%s", r->entry->value, *r->entry->value ? " " : "", more);
		r->entry->value = joined;
	}
}

static void take_line(struct reader *r, char *line)
{
	bool indented = *line && strchr(" \t", *line);

	if (*strip(line) == '\0') {
		return;
	}
	cut_comment(line);
	if (indented && r->entry) {
		continue_entry(r, line);
		return;
	}
	line = strip(line);
	if (*line == '[') {
		take_section(r, line);
	} else if (*line) {
		take_entry(r, line);
	}
}

static int slurp(const char *path, char **ret_text)
{
	struct stat status = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r = fd < 0 || fstat(fd, &status) < 0 ? -errno : 0;

	if (r == 0 && !S_ISREG(status.st_mode)) {
		r = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	} else if (r == 0 && status.st_size > FILE_SIZE_MAX) {
		r = -EFBIG;
	}
	char *text = r < 0 ? NULL : calloc(1, (size_t)status.st_size + 1);
	if (r == 0 && !text) {
		r = -ENOMEM;
	}
	ssize_t length = r < 0 ? 0 : read(fd, text, (size_t)status.st_size);
	if (length < 0) {
		r = -errno;
	}
	if (fd >= 0) {
		close(fd);
	}
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	return 0;
}

static int read_one(struct reader *r, const char *path)
{
	char *text = NULL;
	char *copy = conf_arena_strdup(&r->file->arena, path);
	int result = copy ? slurp(path, &text) : -ENOMEM;

	r->place = (struct conf_place) { .file = copy ? copy : "" };
	if (result < 0) {
		complain(r, strerrordesc_np(-result));
		return result;
	}
	const char *slash = strrchr(path, '/');
	r->here = slash ? conf_arena_strndup(&r->file->arena, path, (size_t)(slash - path)) : ".";
	r->section = NULL;
	r->entry = NULL;
	for (char *line = text; line && r->here;) {
		char *end = strchr(line, '\n');

		if (end) {
			*end = '\0';
		}
		r->place.line++;
		take_line(r, line);
		line = end ? end + 1 : NULL;
	}
	free(text);
	return r->error;
}

struct found {
	struct conf_arena *arena;
	struct conf_strings paths;
};

static bool collect(void *user, const char *path)
{
	struct found *found = user;

	return conf_strings_add(found->arena, &found->paths, path) < 0;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of their names, as supervisord has it. */
static int read_pattern(struct reader *r, const char *pattern)
{
	struct found found = { .arena = &r->file->arena };

	if (!glob_is_pattern(pattern)) {
		read_one(r, pattern);
		return r->error;
	}
	if (glob_each(pattern, collect, &found)) {
		return -ENOMEM;
	}
	if (found.paths.count) {
		qsort(found.paths.items, found.paths.count, sizeof(char *), compare_paths);
	}
	for (size_t i = 0; i < found.paths.count && !r->error; i++) {
		read_one(r, found.paths.items[i]);
	}
	return r->error;
}

/* Patterns between blanks, relative to the file's folder. */
static int read_included(struct reader *r, struct supervisord_section *section)
{
	const struct supervisord_entry *files = supervisord_find(section, "files");
	const struct supervisord_names names = { .here = section->here, .number = -1 };
	char *unknown = NULL;
	char *rest = NULL;
	char *text =
		files ? supervisord_expand(&r->file->arena, files->value, &names, false, &unknown)
		      : NULL;

	for (char *word = text ? strtok_r(text, " \t", &rest) : NULL; word;
		word = strtok_r(NULL, " \t", &rest)) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s%s%s", *word == '/' ? "" : section->here,
			*word == '/' ? "" : "/", word);
		int result = read_pattern(r, path);
		if (result < 0) {
			return result;
		}
	}
	return 0;
}

int supervisord_read(
	const char *path, struct supervisord_file *ret_file, struct conf_problems *problems)
{
	char real[PATH_MAX];
	struct reader r = { .file = ret_file, .problems = problems, .tail = &ret_file->sections };

	*ret_file = (struct supervisord_file) { 0 };
	int result = read_one(&r, realpath(path, real) ? real : path);
	struct supervisord_section *section = find_section(ret_file, "include");
	return result < 0 || !section ? result : read_included(&r, section);
}

void supervisord_finish(struct supervisord_file *file)
{
	conf_arena_finish(&file->arena);
	*file = (struct supervisord_file) { 0 };
}

struct supervisord_entry *supervisord_find(
	const struct supervisord_section *section, const char *key)
{
	for (size_t i = 0; section && i < section->count; i++) {
		if (strcmp(section->entries[i].key, key) == 0) {
			section->entries[i].used = true;
			return &section->entries[i];
		}
	}
	return NULL;
}

/* --- %(NAME)s -------------------------------------------------------------------------------- */

static bool put_text(FILE *out, const char *text)
{
	return text && fputs(text, out) != EOF;
}

/* Python's %(process_num)02d, of which only the width matters. */
static bool put_number(FILE *out, long number, const char *format)
{
	long width = strtol(format, NULL, 10);

	if (number < 0 || width < 0 || width > 20) {
		return false;
	}
	return fprintf(out, *format == '0' ? "%0*ld" : "%*ld", (int)width, number) > 0;
}

static bool put_name(FILE *out, const char *name, const char *format,
	const struct supervisord_names *names, bool shell_style)
{
	struct utsname host;

	if (strncmp(name, "ENV_", 4) == 0) {
		return shell_style ? fprintf(out, "${%s}", name + 4) > 0
				   : put_text(out, getenv(name + 4));
	}
	if (strcmp(name, "here") == 0) {
		return put_text(out, names->here);
	}
	if (strcmp(name, "program_name") == 0) {
		return put_text(out, names->program);
	}
	if (strcmp(name, "group_name") == 0) {
		return put_text(out, names->group);
	}
	if (strcmp(name, "process_num") == 0) {
		return put_number(out, names->number, format);
	}
	if (strcmp(name, "host_node_name") == 0) {
		return uname(&host) == 0 && put_text(out, host.nodename);
	}
	return false;
}

/* Expands what begins at a percent sign; returns what follows it, or NULL. */
static const char *take_expansion(FILE *out, const char *at, const struct supervisord_names *names,
	bool shell_style, char name[NAME_SIZE])
{
	const char *close = at[1] == '(' ? strchr(at, ')') : NULL;

	if (at[1] == '%') {
		fputc('%', out);
		return at + 2;
	}
	snprintf(name, NAME_SIZE, "%.*s", close ? (int)(close - at) - 2 : 1, close ? at + 2 : at);
	size_t width = close ? strspn(close + 1, "0123456789") : 0;
	if (!close || !close[1 + width] || !strchr("sd", close[1 + width]) ||
		!put_name(out, name, close + 1, names, shell_style)) {
		return NULL;
	}
	return close + 2 + width;
}

char *supervisord_expand(struct conf_arena *arena, const char *text,
	const struct supervisord_names *names, bool shell_style, char **ret_unknown)
{
	char name[NAME_SIZE] = "";
	char *expanded = NULL;
	char *copy = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&expanded, &size);

	*ret_unknown = NULL;
	while (out && text && *text) {
		if (*text == '%') {
			text = take_expansion(out, text, names, shell_style, name);
		} else if (*text == '$' && shell_style) {
			fputs("$$", out);
			text++;
		} else {
			fputc(*text++, out);
		}
	}
	bool good = out && fclose(out) == 0;
	if (good && text) {
		copy = conf_arena_strdup(arena, expanded);
	} else if (good) {
		*ret_unknown = conf_arena_strdup(arena, name);
	}
	free(expanded);
	return copy;
}
