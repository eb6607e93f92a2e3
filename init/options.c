/* SPDX-License-Identifier: MIT */
#include "init/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/value.h"
#include "init/license.h"

enum {
	OPTION_STRICT = 256,
	OPTION_SINGLE_CHILD,
};

static const char help[] =
	"Usage:\n"
	"  berth-init [-o FORMAT] [-c FILE]...    supervise the services of INI files\n"
	"                                         (default " OPTIONS_DEFAULT_FILE ")\n"
	"  berth-init [OPTION]... -- COMMAND [ARGUMENT...]\n"
	"                                         run one command, as tini does\n"
	"  berth-init check [--strict] [--json] [--root DIR] FILE...\n"
	"                                         tell every mistake in INI files and units\n"
	"  berth-init show [--json] FILE...       what counts in the end, and from where\n"
	"  berth-init graph FILE...               the dependencies, for dot(1)\n"
	"  berth-init import supervisord FILE     an INI file made of supervisord's\n"
	"  berth-init --help | --version | -l\n"
	"\n"
	"Options:\n"
	"  -c, --config FILE  an INI file; several are merged in their order\n"
	"  -o, --output FORMAT  lines of the log: short, as by default, or json\n"
	"      --strict       take warnings for errors\n"
	"and for a command:\n"
	"  -g                 forward signals to the command's process group\n"
	"  -s                 not PID 1 on purpose: reap orphans as their subreaper\n"
	"  -p SIGNAL          have this signal forwarded when our own parent ends\n"
	"  -r FROM:TO         forward signal FROM as TO; 0 drops it\n"
	"  -e CODE            exit with 0 where the command exits with CODE\n"
	"  -v, --verbose      tell of start and end; twice, of signals; thrice, of orphans\n"
	"  -w                 tell of each orphan that is reaped\n"
	"  -l                 show the licence\n"
	"\n"
	"Called as tini, docker-init, catatonit or dumb-init it takes what these take.\n"
	"Exit status: that of the service Main= or of the command; 128+n after signal n.\n"
	"64 usage, 69 a required service failed, 71 system error, 75 start timed out,\n"
	"78 configuration, 126/127 cannot be run. See berth-init(8), berth-init.ini(5).\n";

int options_complain(const char *text, const char *argument)
{
	fprintf(stderr, "berth-init: %s%s%s; see berth-init --help\n", text, argument ? " " : "",
		argument ? argument : "");
	return EX_USAGE;
}

/* --- values ---------------------------------------------------------------------------------- */

static int add_code(struct dropin_options *dropin, const char *text)
{
	int64_t code;

	if (conf_parse_integer(text, 0, 255, &code) < 0) {
		return options_complain("-e wants an exit code from 0 to 255, not", text);
	}
	dropin->codes[code / 8] |= (uint8_t)(1U << (code % 8));
	return 0;
}

static int set_parent_death(struct dropin_options *dropin, const char *text)
{
	if (conf_parse_signal(text, &dropin->parent_death) < 0) {
		return options_complain("-p wants a signal such as SIGTERM, not", text);
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
		return options_complain("-r wants two signals such as TERM:QUIT, not", text);
	}
	dropin->rewrite[signal] = (int8_t)becomes;
	return 0;
}

static int set_format(struct options *o, const char *text)
{
	o->format = strcmp(text, "json") == 0 ? LOG_JSON : LOG_SHORT;
	o->format_given = true;
	return o->format == LOG_JSON || strcmp(text, "short") == 0
		       ? 0
		       : options_complain("-o wants short or json, not", text);
}

/* --- names ----------------------------------------------------------------------------------- */

/* As whom we were called. */
struct personality {
	const char *name;
	const char *letters; /* for getopt(3) */
	bool is_dumb_init;
};

static const struct personality personalities[] = {
	{ "tini", "+:p:e:sgvwlhV", false },
	{ "tini-static", "+:p:e:sgvwlhV", false },
	{ "docker-init", "+:p:e:sgvwlhV", false },
	{ "catatonit", "+:gLhV", false },
	{ "podman-init", "+:gLhV", false },
	{ "dumb-init", "+:r:cvhV", true },
};

static const struct personality *find_personality(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(personalities) / sizeof(personalities[0]); i++) {
		if (strcmp(name, personalities[i].name) == 0) {
			return &personalities[i];
		}
	}
	return NULL;
}

static bool is_variable(const char *name, const char *value)
{
	const char *set = getenv(name);

	return set && strcmp(set, value) == 0;
}

static void begin_as_dumb_init(struct dropin_options *dropin)
{
	dropin->as_dumb_init = true;
	dropin->subreaper = true;
	dropin->signal_group = !is_variable("DUMB_INIT_SETSID", "0");
	dropin->verbosity = is_variable("DUMB_INIT_DEBUG", "1") ? DROPIN_TELL_SIGNALS : 0;
}

/* A whole group is stopped by what none of it can catch, unless told otherwise. */
static void end_as_dumb_init(struct dropin_options *dropin)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };

	for (size_t i = 0; dropin->signal_group && i < sizeof(stops) / sizeof(stops[0]); i++) {
		if (!dropin->rewrite[stops[i]]) {
			dropin->rewrite[stops[i]] = SIGSTOP;
		}
	}
}

/* tini's, for which being there is enough; its lowest level of words but fatal ones is 1. */
static void take_variables(struct dropin_options *dropin)
{
	const char *verbosity = getenv("TINI_VERBOSITY");
	int64_t level;

	dropin->subreaper |= getenv("TINI_SUBREAPER") != NULL;
	dropin->signal_group |= getenv("TINI_KILL_PROCESS_GROUP") != NULL;
	if (verbosity && conf_parse_integer(verbosity, 0, 100, &level) == 0) {
		dropin->verbosity = (int)level - 1;
	}
}

/* --- options --------------------------------------------------------------------------------- */

static int print(struct options *o, const char *text)
{
	fputs(text, stdout);
	o->done = true;
	return 0;
}

static int take_option_of_command(struct options *o, int option)
{
	switch (option) {
	case 'g':
		o->dropin.signal_group = true;
		return 0;
	case OPTION_SINGLE_CHILD:
		o->dropin.signal_group = false;
		return 0;
	case 's':
		o->dropin.subreaper = true;
		return 0;
	case 'e':
		return add_code(&o->dropin, optarg);
	case 'p':
		return set_parent_death(&o->dropin, optarg);
	case 'r':
		return add_rewrite(&o->dropin, optarg);
	case 'v':
		o->dropin.verbosity++;
		return 0;
	case 'w':
		o->dropin.tell_orphans = true;
		return 0;
	default:
		return -1;
	}
}

static int take_option(struct options *o, int option, const char *given)
{
	int r = take_option_of_command(o, option);

	if (r >= 0) {
		return r;
	}
	switch (option) {
	case 'c':
		return conf_strings_add(&o->arena, &o->files, optarg) < 0 ? EX_OSERR : 0;
	case 'o':
		return set_format(o, optarg);
	case OPTION_STRICT:
		o->strict = true;
		return 0;
	case 'h':
		return print(o, help);
	case 'V':
		return print(o, "berth-init " BERTH_VERSION "\n");
	case 'l':
	case 'L': /* catatonit's */
		return print(o, license_text);
	case ':':
		return options_complain("a value is missing behind", given);
	default:
		return options_complain("unknown option", given);
	}
}

/* dumb-init's -c has no value; nor has ours where a command follows it. */
static bool means_single_child(const struct personality *as, int option)
{
	return option == 'c' && (as ? as->is_dumb_init : strcmp(optarg, "--") == 0);
}

static int parse(int argc, char **argv, const struct personality *as, struct options *o)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "rewrite", required_argument, NULL, 'r' },
		{ "single-child", no_argument, NULL, OPTION_SINGLE_CHILD },
		{ "strict", no_argument, NULL, OPTION_STRICT },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};

	for (;;) {
		const char *given = argv[optind];
		int option = getopt_long(argc, argv, as ? as->letters : "+:c:e:o:p:r:gsvwlhV",
			as ? options + 2 : options, NULL);

		if (option < 0) {
			return 0;
		}
		bool single = means_single_child(as, option);
		int r = take_option(o, single ? OPTION_SINGLE_CHILD : option, given);
		if (r != 0 || o->done || (single && !as)) {
			return r;
		}
	}
}

/* That of all whose place we take. */
static int usage_code(const struct personality *as, int code)
{
	return as && code == EX_USAGE ? EXIT_FAILURE : code;
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
	struct options *o = ret_options;
	const struct personality *as = argc > 0 ? find_personality(argv[0]) : NULL;

	*o = (struct options) { 0 };
	if (as && as->is_dumb_init) {
		begin_as_dumb_init(&o->dropin);
	} else {
		take_variables(&o->dropin);
	}
	opterr = 0;
	int r = parse(argc, argv, as, o);
	if (r != 0 || o->done) {
		return usage_code(as, r);
	}
	if (as && as->is_dumb_init) {
		end_as_dumb_init(&o->dropin);
	}
	o->rest = argv + optind;
	bool separated = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
	if (*o->rest && (as || separated)) {
		o->command = o->rest;
	} else if (as) {
		return usage_code(as, options_complain("a command is missing", NULL));
	}
	return 0;
}

void options_finish(struct options *options)
{
	conf_arena_finish(&options->arena);
}
