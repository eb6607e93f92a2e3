/* SPDX-License-Identifier: MIT */
#include "services/environment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/value.h"
#include "services/directories.h"
#include "services/environment_file.h"
#include "services/glob.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct list {
	struct conf_arena *arena;
	struct conf_strings strings;
};

/* The item itself: all of them live as long as the list. */
static int append(struct list *list, char *item)
{
	return conf_strings_push(list->arena, &list->strings, item);
}

static size_t name_length(const char *assignment)
{
	return strcspn(assignment, "=");
}

static size_t find(const struct list *list, const char *name, size_t length)
{
	char *const *items = list->strings.items;

	for (size_t i = 0; i < list->strings.count; i++) {
		if (strncmp(items[i], name, length) == 0 && items[i][length] == '=') {
			return i;
		}
	}
	return list->strings.count;
}

/* Appends, or replaces the value that the variable had. */
static int set(struct list *list, char *assignment)
{
	size_t at = find(list, assignment, name_length(assignment));

	if (at == list->strings.count) {
		return append(list, assignment);
	}
	list->strings.items[at] = assignment;
	return 0;
}

/* By its name, or by NAME=VALUE if that is its value. */
static void unset(struct list *list, const char *what)
{
	struct conf_strings *strings = &list->strings;
	size_t length = name_length(what);
	size_t at = find(list, what, length);

	if (at < strings->count && (!what[length] || strcmp(strings->items[at], what) == 0)) {
		strings->items[at] = strings->items[--strings->count];
		strings->items[strings->count] = NULL;
	}
}

/* Puts the parts behind each other, in the arena. */
static char *join(struct list *list, const char *const *parts, size_t count)
{
	size_t size = 1;

	for (size_t i = 0; i < count; i++) {
		size += strlen(parts[i]);
	}
	char *text = conf_arena_alloc(list->arena, size);
	char *end = text;
	for (size_t i = 0; text && i < count; i++) {
		end = stpcpy(end, parts[i]);
	}
	return text;
}

static int set_pair(struct list *list, const char *name, const char *value)
{
	const char *const parts[] = { name, "=", value };
	char *assignment = join(list, parts, 3);

	return assignment ? set(list, assignment) : -ENOMEM;
}

/* NOTIFY_SOCKET and its kin were meant for PID 1 itself. */
int environment_inherit(struct conf_arena *arena, char *const *received, char ***ret_environment)
{
	static const char *const own[] = { "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
		"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };
	static char default_path[] = "PATH=" DEFAULT_PATH;
	struct list list = { .arena = arena };
	int r = 0;

	for (; r == 0 && *received; received++) {
		if (strchr(*received, '=')) {
			r = append(&list, *received);
		}
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		unset(&list, own[i]);
	}
	if (r == 0 && find(&list, "PATH", strlen("PATH")) == list.strings.count) {
		r = append(&list, default_path);
	}
	if (r == 0) {
		*ret_environment = list.strings.items;
	}
	return r;
}

static int add_user(struct list *list, const struct credentials *credentials)
{
	int r = 0;

	if (credentials->transient) {
		unset(list, "HOME");
		unset(list, "SHELL");
	} else {
		r = set_pair(list, "HOME", credentials->home[0] ? credentials->home : "/");
	}
	if (r == 0 && credentials->user[0]) {
		r = set_pair(list, "USER", credentials->user);
	}
	if (r == 0 && credentials->user[0]) {
		r = set_pair(list, "LOGNAME", credentials->user);
	}
	if (r == 0 && !credentials->transient) {
		r = set_pair(list, "SHELL", credentials->shell[0] ? credentials->shell : "/bin/sh");
	}
	return r;
}

/* RUNTIME_DIRECTORY=/run/a:/run/b and so on. */
static int add_directories_of(
	struct list *list, const struct conf_strings *names, enum exec_directory_kind kind)
{
	char *value = NULL;

	for (size_t i = 0; i < names->count; i++) {
		const char *const parts[] = { value ? value : "", value ? ":" : "",
			directories_root(kind), "/", names->items[i] };

		value = join(list, parts, 5);
		if (!value) {
			return -ENOMEM;
		}
	}
	return value ? set_pair(list, directories_variable(kind), value) : 0;
}

static int add_directories(struct list *list, const struct exec_context *exec)
{
	int r = 0;

	for (int kind = 0; r == 0 && kind < DIRECTORY_KINDS; kind++) {
		r = add_directories_of(
			list, &exec->directories[kind].names, (enum exec_directory_kind)kind);
	}
	return r;
}

char *environment_search_path(struct conf_arena *arena, const struct exec_context *exec)
{
	struct list list = { .arena = arena };
	char *value = NULL;

	for (size_t i = 0; exec->extras && i < exec->extras->search_path.count; i++) {
		const char *const parts[] = { value ? value : "", value ? ":" : "",
			exec->extras->search_path.items[i] };

		value = join(&list, parts, 3);
		if (!value) {
			return NULL;
		}
	}
	return value;
}

static int add_search_path(struct list *list, const struct exec_context *exec)
{
	if (!exec->extras || !exec->extras->search_path.count) {
		return 0;
	}
	const char *value = environment_search_path(list->arena, exec);

	return value ? set_pair(list, "PATH", value) : -ENOMEM;
}

/* sd_watchdog_enabled(3): it counts for the process with this pid alone. */
static int add_watchdog(struct list *list, int64_t watchdog_ms)
{
	char number[24];

	if (watchdog_ms <= 0 || watchdog_ms > INT64_MAX / 1000) {
		return 0;
	}
	snprintf(number, sizeof(number), "%lld", (long long)watchdog_ms * 1000);
	int r = set_pair(list, "WATCHDOG_USEC", number);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	return r < 0 ? r : set_pair(list, "WATCHDOG_PID", number);
}

static int add_from_file(void *user, const char *assignment)
{
	struct list *list = user;
	char *copy = conf_arena_strdup(list->arena, assignment);

	return copy ? set(list, copy) : -ENOMEM;
}

static bool collect(void *user, const char *path)
{
	struct list *found = user;

	/* Without memory it ends, and what was found so far is too little. */
	return conf_strings_add(found->arena, &found->strings, path) < 0;
}

static void sort(struct conf_strings *list)
{
	for (size_t i = 1; i < list->count; i++) {
		char *item = list->items[i];
		size_t at = i;

		for (; at && strcmp(list->items[at - 1], item) > 0; at--) {
			list->items[at] = list->items[at - 1];
		}
		list->items[at] = item;
	}
}

/* All files that a pattern finds, in the order of their names. */
static int add_matching(struct list *list, const char *pattern)
{
	struct list found = { .arena = list->arena };
	int r = glob_each(pattern, collect, &found) ? -ENOMEM : 0;

	if (r == 0 && !found.strings.count) {
		r = -ENOENT;
	}
	sort(&found.strings);
	for (size_t i = 0; r == 0 && i < found.strings.count; i++) {
		r = environment_file_read(found.strings.items[i], add_from_file, list);
	}
	return r;
}

static int add_files(struct list *list, const struct conf_strings *files, size_t *ret_file)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->items[i];
		bool optional = path[0] == '-';

		path += optional;
		int r = glob_is_pattern(path) ? add_matching(list, path)
					      : environment_file_read(path, add_from_file, list);
		if (r < 0 && !(optional && r == -ENOENT)) {
			*ret_file = i;
			return r;
		}
	}
	return 0;
}

/* What this run of the service is like. */
static int add_run(struct list *list, const struct environment_source *source)
{
	char number[16];
	int r = source->pid_file ? set_pair(list, "PIDFILE", source->pid_file) : 0;

	for (size_t i = 0; r == 0 && source->variables && source->variables[i]; i++) {
		r = set(list, source->variables[i]);
	}
	if (r == 0 && source->main_pid > 0) {
		snprintf(number, sizeof(number), "%d", (int)source->main_pid);
		r = set_pair(list, "MAINPID", number);
	}
	return r;
}

int environment_build(struct conf_arena *arena, const struct exec_context *exec,
	const struct environment_source *source, char ***ret_environment, size_t *ret_file)
{
	struct list list = { .arena = arena };
	int r = conf_strings_share(arena, source->inherited, &list.strings);

	*ret_file = exec->environment_files.count;
	if (r == 0 && source->credentials) {
		r = add_user(&list, source->credentials);
	}
	if (r == 0 && source->notify_socket) {
		r = set_pair(&list, "NOTIFY_SOCKET", source->notify_socket);
	}
	if (r == 0) {
		r = add_watchdog(&list, source->watchdog_ms);
	}
	if (r == 0) {
		r = add_run(&list, source);
	}
	if (r == 0) {
		r = add_directories(&list, exec);
	}
	if (r == 0) {
		r = add_search_path(&list, exec);
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
		*ret_environment = list.strings.items;
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

/* Adds the words of a variable's value. They lie behind each other: together they are no longer. */
static int append_split(struct list *list, const char *value)
{
	char *word = value ? conf_arena_alloc(list->arena, strlen(value) + 1) : NULL;

	if (value && !word) {
		return -ENOMEM;
	}
	while (value && conf_next_word_of_value(&value, word)) {
		if (append(list, word) < 0) {
			return -ENOMEM;
		}
		word += strlen(word) + 1;
	}
	return 0;
}

/* Takes one piece off `*word`: a ${NAME}, a $$, or plain text up to the next dollar. Behind a ${
 * that is not closed nothing has a meaning. */
static const char *take_piece(const char **word, char *const *environment, size_t *ret_length)
{
	const char *at = *word;
	const char *close = strncmp(at, "${", 2) == 0 ? strchr(at, '}') : NULL;

	if (close) {
		const char *value = get(environment, at + 2, (size_t)(close - at) - 2);

		*word = close + 1;
		*ret_length = value ? strlen(value) : 0;
		return value ? value : "";
	}
	if (strncmp(at, "${", 2) == 0) {
		*ret_length = strlen(at);
		*word += *ret_length;
		return at;
	}
	if (*at == '$') {
		*word += at[1] == '$' ? 2 : 1;
		*ret_length = 1;
		return at;
	}
	*ret_length = strcspn(at, "$");
	*word += *ret_length;
	return at;
}

static int append_expanded(struct list *list, const char *word, char *const *environment)
{
	size_t length;
	size_t size = 1;

	for (const char *rest = word; *rest;) {
		take_piece(&rest, environment, &length);
		size += length;
	}
	char *expanded = conf_arena_alloc(list->arena, size);
	if (!expanded) {
		return -ENOMEM;
	}
	char *end = expanded;
	for (const char *rest = word; *rest;) {
		const char *piece = take_piece(&rest, environment, &length);

		end = mempcpy(end, piece, length);
	}
	return append(list, expanded);
}

/* A dollar alone is one without a name: it vanishes. */
static bool is_bare_variable(const char *word)
{
	return word[0] == '$' && word[1] != '{' && word[1] != '$';
}

int environment_expand_argv(
	struct conf_arena *arena, char *const *argv, char *const *environment, char ***ret_argv)
{
	struct list list = { .arena = arena };
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
		*ret_argv = list.strings.items;
	}
	return r;
}
