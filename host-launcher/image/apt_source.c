/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/apt_source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/process.h"

/* One index target: the fields of APT_SOURCE_FORMAT. */
struct target {
	char *created_by;
	char *codename;
	char *component;
	char *uri;
	char *origin;
};

static bool split_target(char *line, struct target *target)
{
	char **fields[] = { &target->created_by, &target->codename, &target->component,
		&target->uri };
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		*fields[i] = strsep(&line, " ");
	}
	target->origin = line;
	return line != NULL;
}

static bool is_wanted(const struct target *target, const char *codename)
{
	return strcmp(target->created_by, "Packages") == 0 &&
	       strcmp(target->origin, "Debian") == 0 && strcmp(target->component, "main") == 0 &&
	       strcmp(target->codename, codename) == 0 &&
	       (strncmp(target->uri, "http://", 7) == 0 ||
		       strncmp(target->uri, "https://", 8) == 0);
}

/* The first target that offers `codename`. */
static void add_line(const char *targets, const char *codename, struct string_list *lines)
{
	autofree char *copy = alloc_copy(targets);
	char *rest = copy;
	for (char *line; (line = strsep(&rest, "\n"));) {
		struct target target;
		if (split_target(line, &target) && is_wanted(&target, codename)) {
			string_list_take(lines,
				alloc_printf("deb [signed-by=" APT_SOURCE_KEYRING "] %s %s main",
					target.uri, codename));
			return;
		}
	}
}

void apt_source_lines(const char *targets, const char *suite, struct string_list *lines)
{
	static const char *const parts[] = { "", "-updates", "-security" };
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		autofree char *codename = alloc_printf("%s%s", suite, parts[i]);
		add_line(targets, codename, lines);
	}
}

char *apt_source_os_release(const char *text, const char *key)
{
	size_t length = strlen(key);
	for (const char *line = text; *line; line += strspn(line, "\n")) {
		size_t end = strcspn(line, "\n");
		if (strncmp(line, key, length) == 0 && line[length] == '=') {
			const char *value = line + length + 1;
			size_t size = end - length - 1;
			if (size >= 2 && strchr("\"'", *value) && value[size - 1] == *value) {
				value++;
				size -= 2;
			}
			return alloc_copy_range(value, size);
		}
		line += end;
	}
	return NULL;
}

/* Runs one of APT's programs and gives what it prints, owned by the caller. */
static int ask_apt(const char *const *argv, char **ret_text, struct failure *failure)
{
	struct process_spec spec = {
		.argv = argv,
		.output = PROCESS_CAPTURE,
		.errors = PROCESS_CAPTURE,
	};
	struct process_result result;
	int rc = process_run(&spec, &result);
	if (rc < 0) {
		return failure_set(failure, EXIT_RESOURCES,
			"cannot run %s, which berth image build needs (a Debian machine has it): "
			"%s",
			argv[0], strerror(-rc));
	}
	if (result.code != 0) {
		failure_fill(failure, EXIT_RESOURCES, "%s failed: %s", argv[0],
			buffer_text(&result.errors));
		process_result_finish(&result);
		return -1;
	}
	*ret_text = buffer_steal(&result.output);
	process_result_finish(&result);
	return 0;
}

static int find_suite(char **ret_suite, struct failure *failure)
{
	autofree char *text = NULL;
	int rc = file_read_text("/etc/os-release", &text);
	autofree char *id = rc == 0 ? apt_source_os_release(text, "ID") : NULL;
	char *suite = rc == 0 ? apt_source_os_release(text, "VERSION_CODENAME") : NULL;
	if (!id || strcmp(id, "debian") != 0 || !suite || !*suite) {
		free(suite);
		failure_fill(failure, EXIT_RESOURCES,
			"/etc/os-release does not tell which release of Debian this is: build the "
			"image on a Debian machine and load its archive here");
		return -1;
	}
	*ret_suite = suite;
	return 0;
}

static int find_lines(struct apt_sources *sources, struct failure *failure)
{
	static const char *const argv[] = { "apt-get", "indextargets", "--format",
		APT_SOURCE_FORMAT, NULL };
	autofree char *targets = NULL;
	if (ask_apt(argv, &targets, failure) < 0) {
		return -1;
	}
	apt_source_lines(targets, sources->suite, &sources->lines);
	if (sources->lines.count == 0) {
		return failure_set(failure, EXIT_RESOURCES,
			"APT knows no archive with Debian %s on this machine: look at "
			"/etc/apt/sources.list.d and run apt-get update",
			sources->suite);
	}
	return 0;
}

static int find_options(struct apt_sources *sources, struct failure *failure)
{
	static const char *const argv[] = { "apt-config", "dump", "--no-empty", "Acquire::http",
		"Acquire::https", "Acquire::Check-Valid-Until", "Acquire::Check-Date", NULL };
	autofree char *dump = NULL;
	if (ask_apt(argv, &dump, failure) < 0) {
		return -1;
	}
	char *rest = dump;
	for (char *line; (line = strsep(&rest, "\n"));) {
		if (*line) {
			string_list_add(&sources->options, line);
		}
	}
	return 0;
}

int apt_sources_find(struct apt_sources *ret_sources, struct failure *failure)
{
	struct apt_sources sources = { 0 };
	if (find_suite(&sources.suite, failure) < 0 || find_lines(&sources, failure) < 0 ||
		find_options(&sources, failure) < 0) {
		apt_sources_finish(&sources);
		return -1;
	}
	*ret_sources = sources;
	return 0;
}

void apt_sources_finish(struct apt_sources *sources)
{
	free(sources->suite);
	string_list_finish(&sources->lines);
	string_list_finish(&sources->options);
	*sources = (struct apt_sources) { 0 };
}
