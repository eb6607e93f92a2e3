/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/report.h"
#include "init/manager.h"
#include "init/options.h"
#include "init/self.h"
#include "init/tools.h"

static int run(struct conf_set *set, struct conf_problems *problems, const struct spawn_host *host,
	enum log_format format, const struct reload_source *source)
{
	struct manager manager;
	int code;

	int r = problems->errors ? 0 : manager_init(&manager, set, host, format, problems);
	if (problems->errors) {
		conf_problems_print(problems, stderr);
	} else {
		conf_problems_print_brief(problems, stderr);
	}
	if (problems->errors) {
		return EX_CONFIG;
	}
	if (r < 0) {
		fprintf(stderr, "berth-init: cannot start: %s\n", strerrordesc_np(-r));
		return EX_OSERR;
	}
	manager.reload.source = *source;
	code = manager_run(&manager);
	manager_finish(&manager);
	return code;
}

/* Where names of files that are not absolute begin; NULL if there is no such. */
static char *working_directory(char *const *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (files[i][0] != '/') {
			return getcwd(NULL, 0);
		}
	}
	return NULL;
}

static int supervise(char *const *files, size_t count, enum log_format format)
{
	struct conf_set set = { 0 };
	struct conf_problems problems = { 0 };
	struct spawn_host host;

	if (!self_prepare(&host)) {
		fputs("berth-init: not PID 1, so orphans are reaped as their subreaper\n", stderr);
	}
	if (!host.null_is_device) {
		fputs("berth-init: there is no /dev/null, what services write there is refused\n",
			stderr);
	}
	self_raise_nofile(&host);
	conf_load_files(files, count, &set, &problems);
	const struct reload_source source = { files, count, working_directory(files, count) };
	self_settle(&host);
	int code = run(&set, &problems, &host, format, &source);
	free(source.directory);
	conf_problems_finish(&problems);
	conf_set_finish(&set);
	return code;
}

static int run_command(const struct options *o)
{
	struct spawn_host host;

	self_prepare(&host);
	return dropin_run(&host, &o->dropin, o->command);
}

static int dispatch(const struct options *o)
{
	static char default_file[] = OPTIONS_DEFAULT_FILE;
	char *default_files[] = { default_file };
	char **rest = o->rest;

	if (o->command && o->files.count) {
		return options_complain("-c and a command exclude each other", NULL);
	}
	if (o->command && o->format_given) {
		return options_complain("-o and a command exclude each other", NULL);
	}
	if (o->command) {
		return run_command(o);
	}
	if (*rest && tools_know(*rest)) {
		return tools_run(rest, o->strict);
	}
	if (*rest) {
		return options_complain("unknown command", *rest);
	}
	return o->files.count ? supervise(o->files.items, o->files.count, o->format)
			      : supervise(default_files, 1, o->format);
}

int main(int argc, char **argv)
{
	struct options options;
	int code = options_parse(argc, argv, &options);

	if (code == 0 && !options.done) {
		code = dispatch(&options);
	}
	options_finish(&options);
	return code;
}
