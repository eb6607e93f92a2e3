/* SPDX-License-Identifier: MIT */
#include "services/environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/directories.h"
#include "services/environment_file.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct list {
	char **items; /* NULL-terminated */
	size_t count;
	size_t capacity;
};

/* Room for one more item and the NULL. */
static int reserve(struct list *list)
{
	if (list->count + 1 < list->capacity) {
		return 0;
	}
	size_t capacity = list->capacity ? list->capacity * 2 : 64;
	char **items = reallocarray(list->items, capacity, sizeof(*items));
	if (!items) {
		return -ENOMEM;
	}
	list->items = items;
	list->items[list->count] = NULL;
	list->capacity = capacity;
	return 0;
}

static int append(struct list *list, char *item)
{
	int r = reserve(list);

	if (r == 0) {
		list->items[list->count++] = item;
		list->items[list->count] = NULL;
	}
	return r;
}

static size_t name_length(const char *assignment)
{
	return strcspn(assignment, "=");
}

static size_t find(const struct list *list, const char *name, size_t length)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strncmp(list->items[i], name, length) == 0 && list->items[i][length] == '=') {
			return i;
		}
	}
	return list->count;
}

static int set(struct list *list, char *assignment)
{
	size_t at = find(list, assignment, name_length(assignment));

	if (at < list->count) {
		list->items[at] = assignment;
		return 0;
	}
	return append(list, assignment);
}

static void unset(struct list *list, const char *name)
{
	size_t at = find(list, name, strlen(name));

	if (at < list->count) {
		list->items[at] = list->items[--list->count];
		list->items[list->count] = NULL;
	}
}

static int set_pair(struct list *list, const char *name, const char *value)
{
	char *assignment;

	if (asprintf(&assignment, "%s=%s", name, value) < 0) {
		return -ENOMEM;
	}
	return set(list, assignment);
}

/* What the runtime passed to PID 1. NOTIFY_SOCKET and its kin were meant for PID 1 itself. */
static int add_inherited(struct list *list, char *const *inherited)
{
	static const char *const own[] = { "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
		"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };
	int r = reserve(list);

	for (; r == 0 && *inherited; inherited++) {
		if (strchr(*inherited, '=')) {
			r = append(list, *inherited);
		}
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		unset(list, own[i]);
	}
	if (r == 0 && find(list, "PATH", strlen("PATH")) == list->count) {
		r = set_pair(list, "PATH", DEFAULT_PATH);
	}
	return r;
}

static int add_user(struct list *list, const struct credentials *credentials)
{
	int r = set_pair(list, "HOME", credentials->home[0] ? credentials->home : "/");

	if (r == 0 && credentials->user[0]) {
		r = set_pair(list, "USER", credentials->user);
	}
	if (r == 0 && credentials->user[0]) {
		r = set_pair(list, "LOGNAME", credentials->user);
	}
	if (r == 0) {
		r = set_pair(list, "SHELL", credentials->shell[0] ? credentials->shell : "/bin/sh");
	}
	return r;
}

/* RUNTIME_DIRECTORY=/run/a:/run/b and so on. */
static int add_directories(struct list *list, const struct exec_context *exec)
{
	for (int kind = 0; kind < DIRECTORY_KINDS; kind++) {
		const struct conf_strings *names = &exec->directories[kind].names;
		const char *root = directories_root((enum exec_directory_kind)kind);
		char *value = NULL;
		size_t size;
		FILE *out = names->count ? open_memstream(&value, &size) : NULL;

		if (!names->count) {
			continue;
		}
		if (!out) {
			return -ENOMEM;
		}
		for (size_t i = 0; i < names->count; i++) {
			fprintf(out, "%s%s/%s", i ? ":" : "", root, names->items[i]);
		}
		if (fclose(out) != 0 ||
			set_pair(list, directories_variable((enum exec_directory_kind)kind),
				value) < 0) {
			return -ENOMEM;
		}
	}
	return 0;
}

static int add_from_file(void *user, char *assignment)
{
	return set(user, assignment);
}

static int add_files(struct list *list, const struct conf_strings *files, const char **ret_file)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->items[i];
		bool optional = path[0] == '-';
		int r = environment_file_read(path + optional, add_from_file, list);

		if (r < 0 && !(optional && r == -ENOENT)) {
			*ret_file = path + optional;
			return r;
		}
	}
	return 0;
}

int environment_build(const struct exec_context *exec, const struct environment_source *source,
	char ***ret_environment, const char **ret_file)
{
	struct list list = { 0 };
	char number[16];
	int r = add_inherited(&list, source->inherited);

	if (r == 0 && source->credentials) {
		r = add_user(&list, source->credentials);
	}
	if (r == 0 && source->notify_socket) {
		r = set_pair(&list, "NOTIFY_SOCKET", source->notify_socket);
	}
	if (r == 0 && source->main_pid > 0) {
		snprintf(number, sizeof(number), "%d", (int)source->main_pid);
		r = set_pair(&list, "MAINPID", number);
	}
	if (r == 0) {
		r = add_directories(&list, exec);
	}
	for (size_t i = 0; r == 0 && i < exec->environment.count; i++) {
		r = set(&list, exec->environment.items[i]);
	}
	if (r == 0) {
		r = add_files(&list, &exec->environment_files, ret_file);
	}
	for (size_t i = 0; r == 0 && i < exec->unset_environment.count; i++) {
		unset(&list, exec->unset_environment.items[i]);
	}
	if (r == 0) {
		*ret_environment = list.items;
	}
	return r;
}

static const char *get(char *const *environment, const char *name, size_t length)
{
	for (; *environment; environment++) {
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') {
			return *environment + length + 1;
		}
	}
	return NULL;
}

const char *environment_get(char *const *environment, const char *name)
{
	return get(environment, name, strlen(name));
}

/* Adds the blank-separated words of a variable's value; quotes mean nothing in it. */
static int append_split(struct list *list, const char *value)
{
	while (value && *(value += strspn(value, " \t\n"))) {
		size_t length = strcspn(value, " \t\n");
		char *word = strndup(value, length);

		if (!word || append(list, word) < 0) {
			return -ENOMEM;
		}
		value += length;
	}
	return 0;
}

/* Writes `word` with each ${NAME} replaced and each $$ halved. */
static void write_expanded(FILE *out, const char *word, char *const *environment)
{
	while (*word) {
		const char *close = strncmp(word, "${", 2) == 0 ? strchr(word, '}') : NULL;

		if (close) {
			const char *value = get(environment, word + 2, (size_t)(close - word) - 2);

			fputs(value ? value : "", out);
			word = close + 1;
		} else {
			fputc(*word, out);
			word += strncmp(word, "$$", 2) == 0 ? 2 : 1;
		}
	}
}

static int append_expanded(struct list *list, const char *word, char *const *environment)
{
	char *expanded = NULL;
	size_t size;
	FILE *out = open_memstream(&expanded, &size);

	if (!out) {
		return -ENOMEM;
	}
	write_expanded(out, word, environment);
	return fclose(out) == 0 ? append(list, expanded) : -ENOMEM;
}

static bool is_bare_variable(const char *word)
{
	return word[0] == '$' && word[1] && word[1] != '{' && word[1] != '$';
}

int environment_expand_argv(char *const *argv, char *const *environment, char ***ret_argv)
{
	struct list list = { 0 };
	int r = append(&list, argv[0]);

	for (size_t i = 1; r == 0 && argv[i]; i++) {
		if (is_bare_variable(argv[i])) {
			r = append_split(&list, environment_get(environment, argv[i] + 1));
		} else if (strchr(argv[i], '$')) {
			r = append_expanded(&list, argv[i], environment);
		} else {
			r = append(&list, argv[i]);
		}
	}
	if (r == 0) {
		*ret_argv = list.items;
	}
	return r;
}
