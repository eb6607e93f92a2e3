/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/report.h"
#include "conf/value.h"
#include "init/dropin.h"
#include "init/manager.h"
#include "init/self.h"

#define DEFAULT_FILE "/etc/berth/init.ini"

static const char help[] =
	"Usage:\n"
	"  berth-init [-c FILE]...                supervise the services of INI files\n"
	"                                         (default " DEFAULT_FILE ")\n"
	"  berth-init [-g] [-s] [-p SIGNAL] [-e CODE]... [-r FROM:TO]... -- COMMAND "
	"[ARGUMENT...]\n"
	"                                         run one command, as tini does\n"
	"  berth-init check [--strict] FILE...    tell every mistake in INI files\n"
	"  berth-init --help | --version\n"
	"\n"
	"Options:\n"
	"  -c, --config FILE  an INI file; several are merged in their order\n"
	"  -g                 forward signals to the command's process group\n"
	"  -s                 not PID 1 on purpose: reap orphans as their subreaper\n"
	"  -p SIGNAL          have this signal forwarded when our own parent ends\n"
	"  -r FROM:TO         forward signal FROM as TO; 0 drops it\n"
	"  -e CODE            exit with 0 where the command exits with CODE\n"
	"      --strict       take warnings for errors\n"
	"\n"
	"Exit status: that of the service Main= or of the command; 128+n after signal n.\n"
	"64 usage, 69 a required service failed, 71 system error, 75 start timed out,\n"
	"78 configuration, 126/127 cannot be run. See berth-init(8), berth-init.ini(5).\n";

struct arguments {
	struct conf_strings files;
	struct conf_arena arena;
	struct dropin_options dropin;
	char **command; /* behind --, or NULL */
	bool strict;
	bool done; /* --help or --version: nothing more to do */
};

static int usage_error(const char *text, const char *argument)
{
	fprintf(stderr, "berth-init: %s%s%s; see berth-init --help\n", text, argument ? " " : "",
		argument ? argument : "");
	return EX_USAGE;
}

static int add_code(struct dropin_options *dropin, const char *text)
{
	int64_t code;

	if (conf_parse_integer(text, 0, 255, &code) < 0) {
		return usage_error("-e wants an exit code from 0 to 255, not", text);
	}
	dropin->codes[code / 8] |= (uint8_t)(1U << (code % 8));
	return 0;
}

static int set_parent_death(struct dropin_options *dropin, const char *text)
{
	if (conf_parse_signal(text, &dropin->parent_death) < 0) {
		return usage_error("-p wants a signal such as SIGTERM, not", text);
	}
	return 0;
}

/* FROM:TO, by name or number; 0 is no signal. */
static int add_rewrite(struct dropin_options *dropin, const char *text)
{
	const char *to = strchrnul(text, ':');
	char from[16] = "";
	int signal, becomes = DROPIN_DROP;

	if ((size_t)(to - text) < sizeof(from)) {
		memcpy(from, text, (size_t)(to - text));
	}
	to += *to == ':';
	if (conf_parse_signal(from, &signal) < 0 ||
		(strcmp(to, "0") != 0 && conf_parse_signal(to, &becomes) < 0)) {
		return usage_error("-r wants two signals such as TERM:QUIT, not", text);
	}
	dropin->rewrite[signal] = (int8_t)becomes;
	return 0;
}

static int take_option(struct arguments *a, int option, const char *given)
{
	switch (option) {
	case 'c':
		return conf_strings_add(&a->arena, &a->files, optarg) < 0 ? EX_OSERR : 0;
	case 'g':
		a->dropin.signal_group = true;
		return 0;
	case 's':
		a->dropin.subreaper = true;
		return 0;
	case 'e':
		return add_code(&a->dropin, optarg);
	case 'p':
		return set_parent_death(&a->dropin, optarg);
	case 'r':
		return add_rewrite(&a->dropin, optarg);
	case 'S':
		a->strict = true;
		return 0;
	case 'h':
		fputs(help, stdout);
		a->done = true;
		return 0;
	case 'V':
		puts("berth-init " BERTH_VERSION);
		a->done = true;
		return 0;
	case ':':
		return usage_error("a value is missing behind", given);
	default:
		return usage_error("unknown option", given);
	}
}

/* Returns 0 or an exit code. */
static int parse_options(int argc, char **argv, struct arguments *a)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "rewrite", required_argument, NULL, 'r' },
		{ "strict", no_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};

	opterr = 0;
	for (;;) {
		const char *given = argv[optind];
		int option = getopt_long(argc, argv, "+:c:e:p:r:gshV", options, NULL);

		if (option < 0) {
			break;
		}
		int r = take_option(a, option, given);
		if (r != 0 || a->done) {
			return r;
		}
	}
	if (optind > 1 && strcmp(argv[optind - 1], "--") == 0 && argv[optind]) {
		a->command = argv + optind;
	}
	return 0;
}

static void load_files(
	char *const *files, size_t count, struct conf_set *set, struct conf_problems *problems)
{
	for (size_t i = 0; i < count; i++) {
		conf_load_file(files[i], set, problems);
	}
	/* What could not be read would only be told again as missing. */
	if (!problems->errors || set->count) {
		conf_check(set, problems);
	}
}

/* `check`: all problems of all files, without running anything. */
static int check(char *const *files, size_t count, bool strict)
{
	struct conf_set set = { 0 };
	struct conf_problems problems = { 0 };
	struct supervisor supervisor;

	load_files(files, count, &set, &problems);
	if (set.count) {
		supervisor_init(&supervisor, &set, &problems);
	}
	conf_problems_print(&problems, stderr);
	bool good = !problems.errors && !(strict && problems.count);
	conf_problems_finish(&problems);
	conf_set_finish(&set);
	return good ? 0 : 1;
}

static int run(struct conf_set *set, struct conf_problems *problems, const struct spawn_host *host)
{
	struct manager manager;
	int code;

	int r = problems->errors ? 0 : manager_init(&manager, set, host, problems);
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
	code = manager_run(&manager);
	manager_finish(&manager);
	return code;
}

static int supervise(char *const *files, size_t count)
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
	load_files(files, count, &set, &problems);
	self_settle(&host);
	int code = run(&set, &problems, &host);
	conf_problems_finish(&problems);
	conf_set_finish(&set);
	return code;
}

static int run_command(struct arguments *a)
{
	struct spawn_host host;

	/* As tini takes them: being there is enough. */
	a->dropin.subreaper |= getenv("TINI_SUBREAPER") != NULL;
	a->dropin.signal_group |= getenv("TINI_KILL_PROCESS_GROUP") != NULL;
	self_prepare(&host);
	return dropin_run(&host, &a->dropin, a->command);
}

static int dispatch(struct arguments *a, char **rest)
{
	static char default_file[] = DEFAULT_FILE;
	char *default_files[] = { default_file };

	if (a->command) {
		return a->files.count ? usage_error("-c and a command exclude each other", NULL)
				      : run_command(a);
	}
	if (*rest && strcmp(*rest, "check") == 0) {
		bool strict = a->strict || (rest[1] && strcmp(rest[1], "--strict") == 0);
		char **files = rest + 1 + (strict && !a->strict);
		size_t count = 0;

		while (files[count]) {
			count++;
		}
		return count ? check(files, count, strict)
			     : usage_error("check wants a file", NULL);
	}
	if (*rest) {
		return usage_error("unknown command", *rest);
	}
	return a->files.count ? supervise(a->files.items, a->files.count)
			      : supervise(default_files, 1);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	int code = parse_options(argc, argv, &arguments);

	if (code == 0 && !arguments.done) {
		code = dispatch(&arguments, argv + optind);
	}
	conf_arena_finish(&arguments.arena);
	return code;
}
