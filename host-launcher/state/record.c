/* SPDX-License-Identifier: MIT */
#include "host-launcher/state/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"
#include "host-launcher/state/owner.h"

static const char ending[] = ".json";

char *record_folder(void)
{
	const char *given = getenv("BERTH_STATE");
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	if (given && *given == '/') {
		return alloc_copy(given);
	}
	if (geteuid() == 0) {
		return alloc_copy("/var/lib/berth");
	}
	return state && *state == '/' ? alloc_printf("%s/berth", state)
				      : alloc_printf("%s/.local/state/berth", home ? home : "");
}

/* As `mkdir -p`; what goes wrong shows when something is written there. */
static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	(void)mkdir(path, 0700);
}

char *record_subfolder(const char *name)
{
	autofree char *folder = record_folder();
	char *path = alloc_printf("%s/%s", folder, name);
	make_folders(path);
	return path;
}

/* Names of runs come from labels as well, which anybody can set. */
static bool is_run(const char *run)
{
	return *run && run[strspn(run, "0123456789abcdef")] == '\0' && strlen(run) <= 32;
}

static char *path_of(const char *run)
{
	autofree char *folder = record_subfolder("runs");
	return alloc_printf("%s/%s%s", folder, run, ending);
}

static char *folder_of(const char *run)
{
	autofree char *folder = record_subfolder("runs");
	return alloc_printf("%s/%s.files", folder, run);
}

struct field {
	const char *key;
	size_t offset;
};

#define FIELD(name)                                                                                \
	{                                                                                          \
#name, offsetof(struct record, name)                                               \
	}

static const struct field fields[] = {
	FIELD(run),
	FIELD(state),
	FIELD(owner),
	FIELD(engine),
	FIELD(container),
	FIELD(work_volume),
	FIELD(artifacts),
	FIELD(source),
	FIELD(scratch),
	FIELD(ref),
	FIELD(commit),
	FIELD(image),
	FIELD(on_failure),
};

enum {
	FIELD_COUNT = sizeof(fields) / sizeof(fields[0]),
};

static int write_json(const char *run, const json_t *json)
{
	autofree char *path = path_of(run);
	autofree char *fresh = alloc_printf("%s.new", path);
	autofree char *text = json_dumps(json, JSON_INDENT(2));
	if (!text || !is_run(run)) {
		return -EINVAL;
	}
	(void)unlink(fresh);
	int rc = file_create_at(AT_FDCWD, fresh, text, strlen(text));
	if (rc == 0 && rename(fresh, path) < 0) {
		rc = -errno;
	}
	return rc;
}

int record_write(const struct record *record)
{
	json_auto_t *json =
		json_pack("{s:I, s:I, s:I, s:b, s:o}", "started_s", (json_int_t)record->started_s,
			"stop_timeout_ms", (json_int_t)record->stop_timeout_ms, "build_timeout_ms",
			(json_int_t)record->build_timeout_ms, "keep", record->keep, "environment",
			env_list_to_json(&record->environment));
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *text =
			*(char *const *)(const void *)((const char *)record + fields[i].offset);
		if (text) {
			json_object_set_new(json, fields[i].key, json_string(text));
		}
	}
	return write_json(record->run, json);
}

/* The file of a record, or NULL; owned by the caller. */
static char *load_text(const char *run)
{
	char *text = NULL;
	if (!is_run(run)) {
		return NULL;
	}
	autofree char *path = path_of(run);
	return file_read_text(path, &text) == 0 ? text : NULL;
}

int record_set_state(const char *run, const char *state)
{
	autofree char *text = load_text(run);
	json_auto_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (!json) {
		return -ENOENT;
	}
	json_object_set_new(json, "state", json_string(state));
	return write_json(run, json);
}

/* Where it cannot be kept, nobody else can take it over either. */
bool record_take_over(const char *run, const char *owner)
{
	autofree char *folder = record_subfolder("runs");
	/* Gone with the descriptor. */
	autoclose int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0) {
		(void)flock(lock, LOCK_EX);
	}
	autofree char *text = load_text(run);
	json_auto_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *other = json_string_value(json_object_get(json, "owner"));
	if (owner_judge(other) == OWNER_ALIVE) {
		return false;
	}
	if (json) {
		json_object_set_new(json, "owner", json_string(owner));
		(void)write_json(run, json);
	}
	return true;
}

static void read_environment(const json_t *json, struct env_list *environment)
{
	union {
		const json_t *given;
		json_t *wanted;
	} object = { json };
	const char *key;
	json_t *value;
	json_object_foreach(object.wanted, key, value)
	{
		const char *text = json_string_value(value);
		if (text) {
			env_list_set(environment, key, text);
		}
	}
}

int record_parse(const char *run, const char *text, size_t length, struct record *ret_record)
{
	json_auto_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(json, "run"));
	if (!name || strcmp(name, run) != 0) {
		return 0;
	}
	struct record record = { 0 };
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *value = json_string_value(json_object_get(json, fields[i].key));
		*(char **)(void *)((char *)&record + fields[i].offset) =
			value ? alloc_copy(value) : NULL;
	}
	record.started_s = json_integer_value(json_object_get(json, "started_s"));
	record.stop_timeout_ms = json_integer_value(json_object_get(json, "stop_timeout_ms"));
	record.build_timeout_ms = json_integer_value(json_object_get(json, "build_timeout_ms"));
	record.keep = json_is_true(json_object_get(json, "keep"));
	read_environment(json_object_get(json, "environment"), &record.environment);
	*ret_record = record;
	return 1;
}

int record_read(const char *run, struct record *ret_record)
{
	autofree char *text = load_text(run);
	return text ? record_parse(run, text, strlen(text), ret_record) : 0;
}

void record_list(struct string_list *runs)
{
	autofree char *folder = record_subfolder("runs");
	DIR *stream = opendir(folder);
	for (const struct dirent *entry; stream && (entry = readdir(stream));) {
		size_t length = strlen(entry->d_name);
		size_t tail = strlen(ending);
		if (length <= tail || strcmp(entry->d_name + length - tail, ending) != 0) {
			continue;
		}
		autofree char *run = alloc_copy_range(entry->d_name, length - tail);
		if (is_run(run)) {
			string_list_add(runs, run);
		}
	}
	if (stream) {
		closedir(stream);
	}
}

char *record_make_folder(const char *run)
{
	char *path = folder_of(run);
	/* Of an engine's user, who may have to pass, the umask knows nothing. */
	if (mkdir(path, 0711) < 0 || chmod(path, 0711) < 0) {
		alloc_freep(&path);
		return NULL;
	}
	return path;
}

/* The record last: whoever finds it removes what is left. */
void record_remove(const char *run)
{
	if (is_run(run)) {
		autofree char *folder = folder_of(run);
		autofree char *path = path_of(run);
		(void)folder_remove(AT_FDCWD, folder);
		(void)unlink(path);
	}
}

void record_finish(struct record *record)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		free(*(char **)(void *)((char *)record + fields[i].offset));
	}
	env_list_finish(&record->environment);
	*record = (struct record) { 0 };
}
