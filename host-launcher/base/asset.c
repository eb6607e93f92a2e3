/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/asset.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"

#define CONTAINER_LIBDIR "/usr/lib/berth"

void asset_list_add(struct asset_list *assets, const char *source, const char *target, mode_t mode)
{
	assets->items = alloc_resize(assets->items, assets->count + 1, sizeof(*assets->items));
	assets->items[assets->count++] = (struct asset) {
		.source = alloc_copy(source),
		.target = alloc_copy(target),
		.mode = mode,
	};
}

void asset_list_finish(struct asset_list *assets)
{
	for (size_t i = 0; i < assets->count; i++) {
		free(assets->items[i].source);
		free(assets->items[i].target);
	}
	free(assets->items);
	*assets = (struct asset_list) { 0 };
}

static bool has(const char *directory, const char *name)
{
	autofree char *path = alloc_printf("%s/%s", directory, name);
	return access(path, R_OK) == 0;
}

/* The build directory this program was linked in, if so: its own folder's parent. */
static char *build_directory(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	for (int up = 0; up < 2 && length > 0; up++) {
		while (length > 0 && path[--length] != '/') {
		}
	}
	path[length > 0 ? length : 0] = '\0';
	return alloc_copy(path);
}

/* The first of: the variable's value, the build tree's folder, the installed one. */
static char *choose(
	const char *variable, const char *built, const char *installed, const char *wanted)
{
	const char *given = getenv(variable);
	if (given && *given) {
		return alloc_copy(given);
	}
	autofree char *top = build_directory();
	char *directory = alloc_printf("%s/%s", top, built);
	if (*top && has(directory, wanted)) {
		return directory;
	}
	free(directory);
	return alloc_copy(installed);
}

static char *data_directory(void)
{
	return choose("BERTH_DATADIR", "conf", BERTH_DATADIR, "init.ini");
}

char *asset_data_path(const char *name)
{
	autofree char *directory = data_directory();
	return alloc_printf("%s/%s", directory, name);
}

char *asset_probe_path(void)
{
	autofree char *lib = choose("BERTH_LIBDIR", "host-launcher", BERTH_LIBDIR, "berth-probe");
	return alloc_printf("%s/berth-probe", lib);
}

/* Absolute, because the engine is told of it. */
static int add(struct asset_list *assets, const char *source, const char *target, mode_t mode,
	struct failure *failure)
{
	autofree char *path = realpath(source, NULL);
	if (!path || access(path, R_OK) < 0) {
		return failure_set(failure, EXIT_CANNOT_START,
			"cannot read %s, which the container needs: %s; install berth, or set "
			"BERTH_LIBDIR and BERTH_DATADIR",
			source, strerror(errno));
	}
	asset_list_add(assets, path, target, mode);
	return 0;
}

static int is_helper(const struct dirent *entry)
{
	return strncmp(entry->d_name, "berth-", strlen("berth-")) == 0;
}

static int add_helpers(struct asset_list *assets, const char *directory, struct failure *failure)
{
	struct dirent **entries = NULL;
	int count = scandir(directory, &entries, is_helper, alphasort);
	int rc = 0;
	for (int i = 0; i < count; i++) {
		autofree char *source = alloc_printf("%s/%s", directory, entries[i]->d_name);
		autofree char *target = alloc_printf(CONTAINER_LIBDIR "/%s", entries[i]->d_name);
		if (rc == 0) {
			rc = add(assets, source, target, 0755, failure);
		}
		free(entries[i]);
	}
	free(entries);
	return rc;
}

int asset_find(const char *init_config, struct asset_list *ret_assets, struct failure *failure)
{
	if (init_config && access(init_config, R_OK) < 0) {
		return failure_set(failure, EXIT_CANNOT_START, "cannot read --init-config %s: %s",
			init_config, strerror(errno));
	}
	autofree char *lib = choose("BERTH_LIBDIR", "init", BERTH_LIBDIR, "berth-init");
	autofree char *data = data_directory();
	autofree char *init = alloc_printf("%s/berth-init", lib);
	autofree char *ini =
		init_config ? alloc_copy(init_config) : alloc_printf("%s/init.ini", data);
	autofree char *build = alloc_printf("%s/build-live", data);
	autofree char *git = alloc_printf("%s/git-facts", data);

	struct asset_list assets = { 0 };
	if (add(&assets, init, CONTAINER_LIBDIR "/berth-init", 0755, failure) < 0 ||
		add(&assets, ini, "/etc/berth/init.ini", 0644, failure) < 0 ||
		add(&assets, build, CONTAINER_LIBDIR "/build-live", 0755, failure) < 0 ||
		add(&assets, git, CONTAINER_LIBDIR "/bin/git", 0755, failure) < 0 ||
		add_helpers(&assets, data, failure) < 0) {
		asset_list_finish(&assets);
		return -1;
	}
	*ret_assets = assets;
	return 0;
}
