/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/podman.h"

#include <ctype.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

#define TMPFS_EMPTY "notmpcopyup"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static bool is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static void begin_empty(json_t *tmpfs)
{
	const char *target;
	json_t *options;
	json_object_foreach(tmpfs, target, options)
	{
		const char *given = json_string_value(options);
		autofree char *all = alloc_printf(
			"%s%s" TMPFS_EMPTY, given ? given : "", given && *given ? "," : "");
		json_object_set_new(tmpfs, target, json_string(all));
	}
}

static char *volume_bind(const json_t *mount, const char *access)
{
	bool empty = is_true(json_object_get(mount, "VolumeOptions"), "NoCopy");
	return alloc_printf("%s:%s:%s,dev,suid,exec%s", text_of(mount, "Source"),
		text_of(mount, "Target"), access, empty ? ",nocopy" : "");
}

/* `Mounts` are taken apart at commas and quotes, `Binds` at colons. */
static bool fits_mounts(const char *path)
{
	return !strpbrk(path, ",\"");
}

static bool fits_binds(const char *path)
{
	return !strchr(path, ':');
}

bool podman_can_mount(const char *path)
{
	return fits_mounts(path) || fits_binds(path);
}

static char *folder_bind(const json_t *mount, const char *access)
{
	bool flat = is_true(json_object_get(mount, "BindOptions"), "NonRecursive");
	return alloc_printf("%s:%s:%s,%s", text_of(mount, "Source"), text_of(mount, "Target"),
		access, flat ? "bind" : "rbind");
}

/* To where its options can be said. Returns whether it was of that kind. */
static bool move_mount(const json_t *mount, json_t *binds, json_t *tmpfs)
{
	const char *type = text_of(mount, "Type");
	const char *source = text_of(mount, "Source");
	const char *access = is_true(mount, "ReadOnly") ? "ro" : "rw";
	autofree char *bind = NULL;
	if (strcmp(type, "tmpfs") == 0) {
		json_object_set_new(tmpfs, text_of(mount, "Target"), json_string(access));
		return true;
	}
	if (strcmp(type, "volume") == 0) {
		bind = volume_bind(mount, access);
	} else if (!fits_mounts(source) && fits_binds(source)) {
		bind = folder_bind(mount, access);
	}
	return bind && json_array_append_new(binds, json_string(bind)) == 0;
}

void podman_adapt_mounts(json_t *body)
{
	json_t *host_config = json_object_get(body, "HostConfig");
	json_t *mounts = json_object_get(host_config, "Mounts");
	json_t *tmpfs = json_object_get(host_config, "Tmpfs");
	json_t *binds = json_object_get(host_config, "Binds");
	if (!binds) {
		binds = json_array();
		json_object_set_new(host_config, "Binds", binds);
	}
	for (size_t i = 0; i < json_array_size(mounts);) {
		if (move_mount(json_array_get(mounts, i), binds, tmpfs)) {
			json_array_remove(mounts, i);
		} else {
			i++;
		}
	}
}

void podman_adapt_body(json_t *body)
{
	podman_adapt_mounts(body);
	begin_empty(json_object_get(json_object_get(body, "HostConfig"), "Tmpfs"));
}

/* "RLIMIT_NOFILE" is told for what is given as "nofile". */
static void rename_limits(json_t *limits)
{
	static const char prefix[] = "RLIMIT_";
	size_t index;
	json_t *limit;
	json_array_foreach(limits, index, limit)
	{
		const char *name = text_of(limit, "Name");
		if (strncmp(name, prefix, sizeof(prefix) - 1) != 0) {
			continue;
		}
		autofree char *given = alloc_copy(name + sizeof(prefix) - 1);
		for (char *c = given; *c; c++) {
			*c = (char)tolower((unsigned char)*c);
		}
		json_object_set_new(limit, "Name", json_string(given));
	}
}

void podman_adapt_told(json_t *host_config)
{
	rename_limits(json_object_get(host_config, "Ulimits"));
	begin_empty(json_object_get(host_config, "Tmpfs"));
}
