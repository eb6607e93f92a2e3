/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_recipe.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/asset.h"
#include "host-launcher/base/digest.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/process.h"
#include "host-launcher/git/git.h"

/* To be raised when image_recipe_command() makes something else of the same lists. */
#define RECIPE_VERSION "1"

/* Manuals and translations are of no use in a build container; licences stay. */
static const char *const dpkg_options[] = {
	"path-exclude=/usr/share/man/*",
	"path-exclude=/usr/share/locale/*/LC_MESSAGES/*.mo",
	"path-exclude=/usr/share/doc/*",
	"path-include=/usr/share/doc/*/copyright",
};

/* Debian Policy 5.6.1. */
static bool is_package_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
	return strlen(name) >= 2 && isalnum((unsigned char)*name) &&
	       strspn(name, allowed) == strlen(name);
}

static bool has(const struct string_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0) {
			return true;
		}
	}
	return false;
}

static int compare(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static void trim_end(char *line)
{
	size_t length = strlen(line);
	while (length && strchr(" \t\r", line[length - 1])) {
		line[--length] = '\0';
	}
}

int image_recipe_add_packages(
	const char *text, const char *name, struct string_list *packages, struct failure *failure)
{
	autofree char *copy = alloc_copy(text);
	char *rest = copy;
	unsigned number = 0;
	for (char *line; (line = strsep(&rest, "\n"));) {
		number++;
		line += strspn(line, " \t\r");
		line[strcspn(line, "#")] = '\0';
		trim_end(line);
		if (*line && !is_package_name(line)) {
			return failure_set(failure, EXIT_SYNTAX,
				"%s:%u: '%s' is not the name of a package", name, number, line);
		}
		if (*line && !has(packages, line)) {
			string_list_add(packages, line);
		}
	}
	if (packages->count) {
		qsort(packages->items, packages->count, sizeof(*packages->items), compare);
	}
	return 0;
}

static int add_list(const char *path, struct string_list *packages, struct failure *failure)
{
	autofree char *text = NULL;
	int rc = file_read_text(path, &text);
	if (rc < 0) {
		return failure_set(failure, EXIT_RESOURCES,
			"cannot read the list of packages %s: %s", path, strerror(-rc));
	}
	return image_recipe_add_packages(text, path, packages, failure);
}

/* The last commit of the source tree that touched its own list; none is no error. */
static int find_commit(const char *source, char **ret_commit, struct failure *failure)
{
	static const char *const arguments[] = { "log", "-1", "--format=%H", "--",
		IMAGE_RECIPE_PATH, NULL };
	struct process_result result;
	if (git_run(source, arguments, &result, failure) < 0) {
		return -1;
	}
	if (result.code == 0 && result.output.length > 1) {
		*ret_commit = alloc_copy_range(result.output.data, result.output.length - 1);
	}
	process_result_finish(&result);
	return 0;
}

static int read_lists(const char *source, struct image_recipe *recipe, struct failure *failure)
{
	autofree char *shipped = asset_data_path("image.packages");
	if (add_list(shipped, &recipe->packages, failure) < 0) {
		return -1;
	}
	autofree char *own = alloc_printf("%s/" IMAGE_RECIPE_PATH, source);
	autofree char *text = NULL;
	int rc = file_read_text(own, &text);
	if (rc == -ENOENT) {
		return 0;
	}
	if (rc < 0) {
		return failure_set(failure, EXIT_SYNTAX, "cannot read %s: %s", own, strerror(-rc));
	}
	return image_recipe_add_packages(text, own, &recipe->packages, failure) < 0
		       ? -1
		       : find_commit(source, &recipe->commit, failure);
}

static int find_architecture(char **ret_architecture, struct failure *failure)
{
	static const char *const argv[] = { "dpkg", "--print-architecture", NULL };
	struct process_spec spec = { .argv = argv, .output = PROCESS_CAPTURE };
	struct process_result result;
	int rc = process_run(&spec, &result);
	if (rc < 0) {
		return failure_set(failure, EXIT_RESOURCES, "cannot run dpkg: %s", strerror(-rc));
	}
	const char *text = buffer_text(&result.output);
	*ret_architecture = alloc_copy_range(text, strcspn(text, "\n"));
	process_result_finish(&result);
	return 0;
}

char *image_recipe_text(const struct image_recipe *recipe, const char *customize)
{
	struct buffer text = { 0 };
	buffer_printf(&text, "recipe %s\narchitecture %s\nsuite %s\n", RECIPE_VERSION,
		recipe->architecture, recipe->sources.suite);
	for (size_t i = 0; i < recipe->packages.count; i++) {
		buffer_printf(&text, "package %s\n", recipe->packages.items[i]);
	}
	buffer_printf(&text, "\n%s", customize);
	return buffer_steal(&text);
}

static int take_digest(struct image_recipe *recipe, struct failure *failure)
{
	autofree char *customize = NULL;
	int rc = file_read_text(recipe->customize, &customize);
	if (rc < 0) {
		return failure_set(failure, EXIT_RESOURCES, "cannot read %s: %s", recipe->customize,
			strerror(-rc));
	}
	autofree char *text = image_recipe_text(recipe, customize);
	char hex[DIGEST_HEX_LENGTH + 1];
	if (digest_of_text(text, strlen(text), hex) < 0) {
		return failure_set(failure, EXIT_INTERNAL, "cannot compute a digest");
	}
	recipe->digest = alloc_printf("sha256:%s", hex);
	return 0;
}

int image_recipe_load(const char *source, struct image_recipe *ret_recipe, struct failure *failure)
{
	struct image_recipe recipe = { .customize = asset_data_path("image.customize") };
	if (read_lists(source, &recipe, failure) < 0 ||
		apt_sources_find(&recipe.sources, failure) < 0 ||
		find_architecture(&recipe.architecture, failure) < 0 ||
		take_digest(&recipe, failure) < 0) {
		image_recipe_finish(&recipe);
		return -1;
	}
	*ret_recipe = recipe;
	return 0;
}

void image_recipe_finish(struct image_recipe *recipe)
{
	free(recipe->architecture);
	apt_sources_finish(&recipe->sources);
	string_list_finish(&recipe->packages);
	free(recipe->customize);
	free(recipe->digest);
	free(recipe->commit);
	*recipe = (struct image_recipe) { 0 };
}

void image_recipe_command(const struct image_recipe *recipe, struct string_list *argv)
{
	struct buffer include = { 0 };
	buffer_append_text(&include, "--include=");
	for (size_t i = 0; i < recipe->packages.count; i++) {
		buffer_printf(&include, "%s%s", i ? "," : "", recipe->packages.items[i]);
	}
	string_list_add(argv, "mmdebstrap");
	string_list_add(argv, "--variant=minbase");
	string_list_add(argv, "--format=tar");
	string_list_take(argv, alloc_printf("--architectures=%s", recipe->architecture));
	string_list_take(argv, buffer_steal(&include));
	string_list_add(argv, "--aptopt=APT::Install-Recommends \"false\";");
	for (size_t i = 0; i < recipe->sources.options.count; i++) {
		string_list_take(
			argv, alloc_printf("--aptopt=%s", recipe->sources.options.items[i]));
	}
	for (size_t i = 0; i < sizeof(dpkg_options) / sizeof(dpkg_options[0]); i++) {
		string_list_take(argv, alloc_printf("--dpkgopt=%s", dpkg_options[i]));
	}
	string_list_take(argv, alloc_printf("--customize-hook=%s", recipe->customize));
	string_list_add(argv, recipe->sources.suite);
	string_list_add(argv, "-");
	for (size_t i = 0; i < recipe->sources.lines.count; i++) {
		string_list_add(argv, recipe->sources.lines.items[i]);
	}
}
