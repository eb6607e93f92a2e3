/* SPDX-License-Identifier: MIT */
#include "init/tools.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/report.h"
#include "conf/show.h"
#include "init/import.h"
#include "init/options.h"
#include "services/inspect.h"
#include "services/supervisor.h"

#define UNIT_SUFFIX ".service"

struct tool {
	const char *name;
	bool json;
	bool strict;
	const char *root; /* of --root, or NULL */
	char **files;
};

/* A configuration with all that is wrong with it. */
struct reading {
	struct conf_set set;
	struct conf_problems problems;
	struct conf_origins origins;
};

/* --- loading --------------------------------------------------------------------------------- */

static bool is_unit(const char *path)
{
	size_t length = strlen(path);
	size_t suffix = strlen(UNIT_SUFFIX);

	return length > suffix && strcmp(path + length - suffix, UNIT_SUFFIX) == 0;
}

/* A unit by itself is a service of its name. A template needs an instance, any will do. */
static void load_unit(struct reading *r, const char *path)
{
	const struct conf_place place = { .file = path };
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int length = (int)(strlen(name) - strlen(UNIT_SUFFIX));
	char real[PATH_MAX];
	char *text = NULL;

	if (!realpath(path, real)) {
		conf_problems_add(&r->problems, CONF_ERROR, &place, "%s", strerror(errno));
		return;
	}
	bool is_template = length > 0 && name[length - 1] == '@';
	int size = asprintf(&text, "[service:%.*s%s]\nUnit=%s\n", length, name,
		is_template ? "instance" : "", real);
	if (size < 0) {
		conf_problems_add(&r->problems, CONF_ERROR, &place, "%s", strerror(ENOMEM));
		return;
	}
	conf_load_text(path, text, (size_t)size, &r->set, &r->problems);
	free(text);
}

static void load(struct reading *r, const struct tool *tool)
{
	struct supervisor supervisor;

	*r = (struct reading) { 0 };
	r->set.origins = &r->origins;
	for (char **file = tool->files; *file; file++) {
		if (is_unit(*file)) {
			load_unit(r, *file);
		} else {
			conf_load_file(*file, &r->set, &r->problems);
		}
	}
	/* What could not be read would only be told again as missing. */
	if (!r->problems.errors || r->set.count) {
		conf_check(&r->set, &r->problems);
	}
	conf_origins_check(&r->origins, &r->problems);
	if (r->set.count) {
		supervisor_init(&supervisor, &r->set, &r->problems);
	}
}

static bool is_good(const struct reading *r, const struct tool *tool)
{
	return !r->problems.errors && !(tool->strict && r->problems.count);
}

static void finish(struct reading *r)
{
	conf_problems_finish(&r->problems);
	conf_set_finish(&r->set);
	conf_origins_finish(&r->origins);
}

/* --- the commands ---------------------------------------------------------------------------- */

static int check(const struct tool *tool)
{
	struct reading r;

	load(&r, tool);
	int inspected = tool->root ? inspect_image(&r.set, &r.origins, tool->root, &r.problems) : 0;
	if (inspected < 0) {
		const struct conf_place place = { .file = tool->root };

		conf_problems_add(
			&r.problems, CONF_ERROR, &place, "%s", strerrordesc_np(-inspected));
	}
	if (tool->json) {
		conf_problems_print_json(&r.problems, stdout);
	} else {
		conf_problems_print(&r.problems, stderr);
	}
	bool good = is_good(&r, tool);
	finish(&r);
	return good ? 0 : 1;
}

static int show(const struct tool *tool)
{
	struct reading r;

	load(&r, tool);
	bool good = is_good(&r, tool);
	if (!good) {
		conf_problems_print(&r.problems, stderr);
	} else if (tool->json) {
		conf_show_json(&r.set, &r.origins, stdout);
	} else {
		conf_show(&r.set, &r.origins, stdout);
	}
	finish(&r);
	return good ? 0 : 1;
}

static int graph(const struct tool *tool)
{
	struct reading r;

	load(&r, tool);
	bool good = is_good(&r, tool);
	if (good) {
		conf_show_graph(&r.set, stdout);
	} else {
		conf_problems_print(&r.problems, stderr);
	}
	finish(&r);
	return good ? 0 : 1;
}

static int import(const struct tool *tool)
{
	struct conf_problems problems = { 0 };
	char **files = tool->files;

	if (strcmp(files[0], "supervisord") != 0) {
		return options_complain("import knows supervisord, not", files[0]);
	}
	if (!files[1] || files[2]) {
		return options_complain("import supervisord wants one file", NULL);
	}
	int r = import_supervisord(files[1], stdout, &problems);
	conf_problems_print(&problems, stderr);
	bool good = r == 0 && !problems.errors && !(tool->strict && problems.count);
	conf_problems_finish(&problems);
	return good ? 0 : 1;
}

static const struct {
	const char *name;
	int (*run)(const struct tool *tool);
	bool json;
	bool root;
} tools[] = {
	{ "check", check, true, true },
	{ "show", show, true, false },
	{ "graph", graph, false, false },
	{ "import", import, false, false },
};

#define COUNT (sizeof(tools) / sizeof(tools[0]))

bool tools_know(const char *name)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(name, tools[i].name) == 0) {
			return true;
		}
	}
	return false;
}

/* Options come before the files. Returns 0 or an exit code. */
static int take_options(struct tool *tool, size_t index)
{
	char **at = tool->files;

	for (; *at && strncmp(*at, "--", 2) == 0; at++) {
		if (strcmp(*at, "--strict") == 0) {
			tool->strict = true;
		} else if (tools[index].json && strcmp(*at, "--json") == 0) {
			tool->json = true;
		} else if (tools[index].root && strcmp(*at, "--root") == 0 && at[1]) {
			tool->root = *++at;
		} else if (tools[index].root && strncmp(*at, "--root=", 7) == 0) {
			tool->root = *at + 7;
		} else {
			return options_complain("unknown option", *at);
		}
	}
	tool->files = at;
	return 0;
}

int tools_run(char **arguments, bool strict)
{
	struct tool tool = { .name = arguments[0], .strict = strict, .files = arguments + 1 };
	size_t index = 0;
	char text[32];

	while (strcmp(tools[index].name, tool.name) != 0) {
		index++;
	}
	int r = take_options(&tool, index);
	if (r != 0) {
		return r;
	}
	if (!*tool.files) {
		snprintf(text, sizeof(text), "%s wants a file", tool.name);
		return options_complain(text, NULL);
	}
	r = tools[index].run(&tool);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("berth-init: standard output");
		return 1;
	}
	return r;
}
