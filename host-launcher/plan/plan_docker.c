/* SPDX-License-Identifier: MIT */
#include "host-launcher/plan/plan_docker.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/words.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static void add_option(struct string_list *words, const char *option, const char *value)
{
	string_list_take(words, alloc_printf("--%s=%s", option, value));
}

static void add_each(struct string_list *words, const char *option, const json_t *array)
{
	size_t index;
	const json_t *item;
	json_array_foreach(array, index, item)
	{
		add_option(words, option, json_string_value(item));
	}
}

/* An option for each member of an object, as KEY, `joint`, VALUE. */
static void add_members(
	struct string_list *words, const char *option, const json_t *object, char joint)
{
	/* jansson's iterators take no const object, and change nothing. */
	union {
		const json_t *given;
		json_t *wanted;
	} members = { object };
	const char *key;
	json_t *value;
	json_object_foreach(members.wanted, key, value)
	{
		autofree char *pair = alloc_printf("%s%c%s", key, joint, json_string_value(value));
		add_option(words, option, pair);
	}
}

/* docker reads the value of --mount as a line of CSV: a field with a comma or quote is quoted. */
static void add_field(struct buffer *csv, const char *key, const char *value)
{
	autofree char *field = alloc_printf("%s=%s", key, value);
	buffer_append_text(csv, csv->length ? "," : "");
	if (!strpbrk(field, ",\"\n")) {
		buffer_append_text(csv, field);
		return;
	}
	buffer_append_text(csv, "\"");
	for (const char *c = field; *c; c++) {
		buffer_append(csv, "\"", *c == '"');
		buffer_append(csv, c, 1);
	}
	buffer_append_text(csv, "\"");
}

static void add_mount(struct string_list *words, const json_t *mount)
{
	struct buffer csv = { 0 };
	const char *type = text_of(mount, "Type");
	add_field(&csv, "type", type);
	if (*text_of(mount, "Source")) {
		add_field(&csv, "source", text_of(mount, "Source"));
	}
	add_field(&csv, "target", text_of(mount, "Target"));
	if (json_is_true(json_object_get(mount, "ReadOnly"))) {
		buffer_append_text(&csv, ",readonly");
	}
	const json_t *volume = json_object_get(mount, "VolumeOptions");
	if (json_is_true(json_object_get(volume, "NoCopy"))) {
		buffer_append_text(&csv, ",volume-nocopy");
	}
	const json_t *bind = json_object_get(mount, "BindOptions");
	if (json_is_true(json_object_get(bind, "NonRecursive"))) {
		buffer_append_text(&csv, ",bind-nonrecursive");
	}
	add_option(words, "mount", buffer_text(&csv));
	buffer_finish(&csv);
}

static void add_mounts(
	struct string_list *words, const json_t *mounts, const struct asset_list *assets)
{
	size_t index;
	const json_t *mount;
	json_array_foreach(mounts, index, mount)
	{
		add_mount(words, mount);
	}
	for (size_t i = 0; i < assets->count; i++) {
		json_auto_t *asset = json_pack("{s:s, s:s, s:s, s:b}", "Type", "bind", "Source",
			assets->items[i].source, "Target", assets->items[i].target, "ReadOnly", 1);
		add_mount(words, asset);
	}
}

static bool is_mounted(const struct asset_list *assets, const char *target)
{
	for (size_t i = 0; i < assets->count; i++) {
		if (strcmp(assets->items[i].target, target) == 0) {
			return true;
		}
	}
	return false;
}

/* Pairs of -c FILE; a file that berth makes up is not on this host and is left out. */
static void add_command(
	struct string_list *words, const json_t *command, const struct asset_list *assets)
{
	for (size_t i = 0; i + 1 < json_array_size(command); i += 2) {
		const char *file = json_string_value(json_array_get(command, i + 1));
		if (is_mounted(assets, file)) {
			string_list_add(words, json_string_value(json_array_get(command, i)));
			string_list_add(words, file);
		}
	}
}

static void add_limits(struct string_list *words, const json_t *host)
{
	json_int_t cpus = json_integer_value(json_object_get(host, "NanoCpus"));
	json_int_t memory = json_integer_value(json_object_get(host, "Memory"));
	if (cpus) {
		string_list_take(words, alloc_printf("--cpus=%lld", (long long)cpus / 1000000000));
	}
	if (memory) {
		string_list_take(words, alloc_printf("--memory=%lld", (long long)memory));
	}
}

char *plan_docker_line(const json_t *create, const char *container, const struct asset_list *assets)
{
	const json_t *host = json_object_get(create, "HostConfig");
	const json_t *log = json_object_get(host, "LogConfig");
	struct string_list words = { 0 };
	string_list_add(&words, "docker");
	string_list_add(&words, "run");
	add_option(&words, "name", container);
	add_option(&words, "hostname", text_of(create, "Hostname"));
	add_option(&words, "user", text_of(create, "User"));
	add_option(&words, "workdir", text_of(create, "WorkingDir"));
	add_option(&words, "network", text_of(host, "NetworkMode"));
	add_option(&words, "cgroupns", text_of(host, "CgroupnsMode"));
	add_option(&words, "ipc", text_of(host, "IpcMode"));
	add_option(&words, "stop-signal", text_of(create, "StopSignal"));
	add_option(&words, "log-driver", text_of(log, "Type"));
	add_members(&words, "log-opt", json_object_get(log, "Config"), '=');
	string_list_take(&words,
		alloc_printf("--stop-timeout=%lld",
			(long long)json_integer_value(json_object_get(create, "StopTimeout"))));
	add_limits(&words, host);
	add_each(&words, "cap-drop", json_object_get(host, "CapDrop"));
	add_each(&words, "cap-add", json_object_get(host, "CapAdd"));
	add_each(&words, "security-opt", json_object_get(host, "SecurityOpt"));
	add_members(&words, "label", json_object_get(create, "Labels"), '=');
	add_mounts(&words, json_object_get(host, "Mounts"), assets);
	add_each(&words, "volume", json_object_get(host, "Binds"));
	add_members(&words, "tmpfs", json_object_get(host, "Tmpfs"), ':');
	add_each(&words, "env", json_object_get(create, "Env"));
	add_option(&words, "entrypoint",
		json_string_value(json_array_get(json_object_get(create, "Entrypoint"), 0)));
	string_list_add(&words, text_of(create, "Image"));
	add_command(&words, json_object_get(create, "Cmd"), assets);

	struct buffer line = { 0 };
	quote_words(&line, (const char *const *)words.items, words.count);
	string_list_finish(&words);
	return buffer_steal(&line);
}
