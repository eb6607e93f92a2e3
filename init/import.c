/* SPDX-License-Identifier: MIT */
/*
 * What the settings of a [program:x] are called here. Each is looked up by name; what nobody asked
 * for in the end has no equal.
 */
#include "init/import.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "conf/value.h"
#include "init/import_values.h"

enum {
	PRIORITY_DEFAULT = 999,
	PROCESSES_MAX = 1000,
};

/* --- the command ----------------------------------------------------------------------------- */

/* One word as shlex splits it: in double quotes a backslash is for itself and the quote, in single
 * quotes for nothing. `word` has room for all of the text. 0 at the end, -EINVAL for an open quote.
 */
static int next_word(const char **text, char *word)
{
	const char *at = *text + strspn(*text, " \t");
	int quote = 0;

	if (!*at) {
		return 0;
	}
	for (; *at && (quote || !strchr(" \t", *at)); at++) {
		if (quote ? *at == quote : *at == '"' || *at == '\'') {
			quote = quote ? 0 : *at;
		} else if (*at == '\\' && at[1] &&
			   (!quote || (quote == '"' && strchr("\\\"", at[1])))) {
			*word++ = *++at;
		} else {
			*word++ = *at;
		}
	}
	*word = '\0';
	*text = at;
	return quote ? -EINVAL : 1;
}

static void put_command(struct import *im, const struct program *p)
{
	const struct supervisord_entry *entry = supervisord_find(p->section, "command");
	const char *value = import_get_styled(im, p, "command", true);
	char *word = value ? conf_arena_alloc(&im->file.arena, strlen(value) + 1) : NULL;
	const char *blank = "";
	int r = 0;

	if (!word) {
		if (!entry) {
			import_warn(im, &p->section->place, p->section->name, "has no command=");
		}
		return;
	}
	if (strncmp(value, "${", 2) == 0) {
		value = import_get(im, p, "command"); /* the program itself may not be a variable */
	}
	fputs("ExecStart=", im->out);
	while (value && (r = next_word(&value, word)) > 0) {
		fputs(blank, im->out);
		if (!*blank && strchr("@-:+!", *word)) {
			fputs(":", im->out);
		}
		conf_format_word(im->out, word);
		blank = " ";
	}
	fputc('\n', im->out);
	if (r < 0) {
		import_warn(im, &entry->place, "command", "a quote is not closed");
	}
}

/* --- the environment: KEY="value",KEY2=value -------------------------------------------------- */

static void put_assignments(struct import *im, const char *text)
{
	char *word = conf_arena_alloc(&im->file.arena, strlen(text) + 1);
	const char *blank = "";

	if (!word) {
		return;
	}
	fputs("Environment=", im->out);
	while (*(text += strspn(text, ", \t"))) {
		char *end = word;
		int quote = 0;

		for (; *text && (quote || !strchr(", \t", *text)); text++) {
			if (quote ? *text == quote : *text == '"' || *text == '\'') {
				quote = quote ? 0 : *text;
			} else if (*text == '\\' && text[1] && quote != '\'') {
				*end++ = *++text;
			} else {
				*end++ = *text;
			}
		}
		*end = '\0';
		fputs(blank, im->out);
		conf_format_word(im->out, word);
		blank = " ";
	}
	fputc('\n', im->out);
}

static void put_environment(struct import *im, const struct program *p)
{
	const char *value = import_get(im, p, "environment");

	for (struct supervisord_section *s = im->file.sections; s; s = s->next) {
		const struct program whole = { .section = s, .names = p->names };
		const char *common = strcmp(s->name, "supervisord") == 0
					     ? import_get(im, &whole, "environment")
					     : NULL;

		if (common) {
			put_assignments(im, common);
		}
	}
	if (value) {
		put_assignments(im, value);
	}
}

/* --- streams --------------------------------------------------------------------------------- */

static const struct {
	const char *path;
	const char *ours;
} streams[] = {
	{ "AUTO", NULL },
	{ "syslog", NULL },
	{ "/dev/stdout", NULL },
	{ "/dev/stderr", NULL },
	{ "/dev/fd/1", NULL },
	{ "/dev/fd/2", NULL },
	{ "/proc/1/fd/1", NULL },
	{ "/proc/1/fd/2", NULL },
	{ "/proc/self/fd/1", NULL },
	{ "/proc/self/fd/2", NULL },
	{ "NONE", "null" },
	{ "/dev/null", "null" },
};

/* Without a file lines go to the log, which is standard output. */
static bool put_stream(
	struct import *im, const struct program *p, const char *key, const char *ours)
{
	const char *value = import_get(im, p, key);

	for (size_t i = 0; value && i < sizeof(streams) / sizeof(streams[0]); i++) {
		if (strcmp(value, streams[i].path) != 0 &&
			!(i < 2 && conf_nearest_name(value, &streams[i].path, 1) &&
				strlen(value) == strlen(streams[i].path) &&
				tolower((unsigned char)value[0]) ==
					tolower((unsigned char)streams[i].path[0]))) {
			continue;
		}
		if (streams[i].ours) {
			fprintf(im->out, "%s=%s\n", ours, streams[i].ours);
		}
		return false;
	}
	if (value) {
		fprintf(im->out, "%s=append:%s%s%s\n", ours, *value == '/' ? "" : p->section->here,
			*value == '/' ? "" : "/", value);
	}
	return value != NULL;
}

static void tell_rotation(struct import *im, const struct program *p, const char *stream)
{
	static const char *const kinds[] = { "maxbytes", "backups" };
	char key[64];

	for (size_t i = 0; i < 2; i++) {
		snprintf(key, sizeof(key), "%s_logfile_%s", stream, kinds[i]);
		const struct supervisord_entry *entry = supervisord_find(p->section, key);

		if (entry && strcmp(entry->value, "0") != 0) {
			import_warn(im, &entry->place, key,
				"files are not rotated here, see logrotate(8)");
		}
	}
}

static void put_streams(struct import *im, const struct program *p)
{
	bool redirected = import_get_boolean(im, p, "redirect_stderr", false);
	const char *out = import_raw(p, "stdout_logfile");

	if (put_stream(im, p, "stdout_logfile", "StandardOutput")) {
		tell_rotation(im, p, "stdout");
	} else {
		supervisord_find(p->section, "stdout_logfile_maxbytes");
		supervisord_find(p->section, "stdout_logfile_backups");
	}
	supervisord_find(p->section, "stderr_logfile_maxbytes");
	supervisord_find(p->section, "stderr_logfile_backups");
	if (redirected) {
		supervisord_find(p->section, "stderr_logfile");
	} else if (put_stream(im, p, "stderr_logfile", "StandardError")) {
		tell_rotation(im, p, "stderr");
	} else if (out) {
		const char *error = import_raw(p, "stderr_logfile");

		fputs(error && strcmp(error, "NONE") == 0 ? "" : "StandardError=log\n", im->out);
	}
}

/* --- restarts and stops ---------------------------------------------------------------------- */

static void put_restarts(struct import *im, const struct program *p)
{
	const char *when = import_get(im, p, "autorestart");
	const char *codes = import_get(im, p, "exitcodes");
	long seconds = import_get_number(im, p, "startsecs", 1);
	long retries = import_get_number(im, p, "startretries", 3);
	bool restarts = true;

	if (!when || strcmp(when, "unexpected") == 0) {
		fputs("Restart=on-failure\nRestartForceExitStatus=SIGHUP SIGINT SIGTERM SIGPIPE\n",
			im->out);
	} else if (conf_parse_boolean(when, &restarts) == 0) {
		fprintf(im->out, "Restart=%s\n", restarts ? "always" : "no");
	} else {
		import_warn(im, &supervisord_find(p->section, "autorestart")->place, "autorestart",
			"expected true, false or unexpected");
	}
	if (codes) {
		fputs("SuccessExitStatus=", im->out);
		for (; *codes; codes++) {
			fputc(*codes == ',' ? ' ' : *codes, im->out);
		}
		fputc('\n', im->out);
	}
	if (restarts) {
		/* As many quick failures in a row end it there, too. */
		fprintf(im->out, "RestartSec=1\nStartLimitBurst=%ld\nStartLimitIntervalSec=%ld\n",
			retries + 1, (retries + 1) * (seconds + 2));
	}
}

static void put_stop(struct import *im, const struct program *p)
{
	const char *signal = import_get(im, p, "stopsignal");
	bool group = import_get_boolean(im, p, "stopasgroup", false);

	import_get_boolean(im, p, "killasgroup", group);
	if (signal) {
		import_put_text(im, "KillSignal", signal);
	}
	fprintf(im->out, "TimeoutStopSec=%ld\n", import_get_number(im, p, "stopwaitsecs", 10));
	if (!group) {
		fputs("KillMode=mixed\n", im->out);
	}
}

/* --- one program ----------------------------------------------------------------------------- */

static void put_setup(struct import *im, const struct program *p)
{
	const char *user = import_get(im, p, "user");
	const char *folder = import_get(im, p, "directory");
	const char *mask = import_get(im, p, "umask");

	if (user) {
		import_put_text(im, "User", user);
	}
	if (folder) {
		import_put_text(im, "WorkingDirectory", folder);
	}
	if (mask) {
		import_put_text(im, "UMask", mask);
	}
}

/* All of the next smaller priority: those are started before. */
static void put_order(const struct import *im, const struct program *p)
{
	const struct program *first = p;
	bool any = false;

	while (first > im->programs && first[-1].priority == p->priority) {
		first--;
	}
	for (const struct program *q = first;
		q > im->programs && q[-1].priority == first[-1].priority; q--) {
		fprintf(im->out, "%s%s", any ? " " : "After=", q[-1].name);
		any = true;
	}
	fputs(any ? "\n" : "", im->out);
}

static void tell_unused(const struct import *im, const struct supervisord_section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		const struct supervisord_entry *entry = &section->entries[i];
		char text[256];

		if (!entry->used) {
			snprintf(text, sizeof(text), "%s=%.150s", entry->key, entry->value);
			import_warn(im, &entry->place, text, "has no equal");
		}
	}
}

static void put_program(struct import *im, const struct program *p)
{
	const struct supervisord_entry *start = supervisord_find(p->section, "autostart");
	bool starts = import_get_boolean(im, p, "autostart", true);

	fputc('\n', im->out);
	if (!starts) {
		for (size_t i = 0; i < p->section->count; i++) {
			p->section->entries[i].used = true;
		}
		import_warn(im, &start->place, p->section->name,
			"autostart=false has no equal, all services are started: left out");
		return;
	}
	fprintf(im->out, "[service:%s]\n", p->name);
	put_order(im, p);
	put_command(im, p);
	put_setup(im, p);
	put_environment(im, p);
	put_restarts(im, p);
	put_stop(im, p);
	put_streams(im, p);
}

/* --- all of them ----------------------------------------------------------------------------- */

static const struct supervisord_section *group_of(const struct import *im, const char *program)
{
	for (const struct supervisord_section *s = im->file.sections; s; s = s->next) {
		const struct supervisord_entry *list =
			strncmp(s->name, "group:", 6) == 0 ? supervisord_find(s, "programs") : NULL;
		size_t length = strlen(program);

		for (const char *at = list ? list->value : ""; *at;) {
			at += strspn(at, ", \t");
			if (strcspn(at, ", \t") == length && strncmp(at, program, length) == 0) {
				return s;
			}
			at += strcspn(at, ", \t");
		}
	}
	return NULL;
}

/* A name that ours may have. */
static char *clean_name(struct import *im, const char *name)
{
	char *copy = conf_arena_strdup(&im->file.arena, name);

	for (char *at = copy; at && *at; at++) {
		if (!isalnum((unsigned char)*at) && !strchr(":-_.", *at)) {
			*at = '-';
		}
	}
	return copy;
}

static int add_process(struct import *im, const struct program *model, long number)
{
	struct program *programs =
		reallocarray(im->programs, im->count + 1, sizeof(struct program));
	struct program *p = programs ? &programs[im->count] : NULL;

	if (!p) {
		return -ENOMEM;
	}
	im->programs = programs;
	*p = *model;
	p->names.number = number;
	const char *name = import_get(im, p, "process_name");
	p->name = clean_name(im, name ? name : p->names.program);
	if (!p->name) {
		return -ENOMEM;
	}
	/* By insertion: those of the same priority keep their order. */
	size_t at = im->count++;
	struct program added = *p;
	for (; at > 0 && programs[at - 1].priority > added.priority; at--) {
		programs[at] = programs[at - 1];
	}
	programs[at] = added;
	return 0;
}

static int add_program(struct import *im, struct supervisord_section *section)
{
	const char *name = section->name + strlen("program:");
	const struct supervisord_section *group = group_of(im, name);
	struct program p = {
		.section = section,
		.names = { .here = section->here, .program = name, .group = name, .number = 0 },
	};
	const struct supervisord_entry *priority =
		group ? supervisord_find(group, "priority") : NULL;
	int r = 0;

	if (group) {
		p.names.group = group->name + strlen("group:");
	}
	p.priority = import_get_number(im, &p, "priority", PRIORITY_DEFAULT);
	p.priority = priority ? strtol(priority->value, NULL, 10) : p.priority;
	long count = import_get_number(im, &p, "numprocs", 1);
	long first = import_get_number(im, &p, "numprocs_start", 0);
	for (long i = 0; i < count && i < PROCESSES_MAX && r == 0; i++) {
		r = add_process(im, &p, first + i);
	}
	return r;
}

/* What a container's init does in any case, or what nobody misses. */
static bool is_needless(const char *section, const char *key)
{
	static const char *const keys[] = { "nodaemon", "pidfile", "logfile", "loglevel",
		"logfile_maxbytes", "logfile_backups", "childlogdir", "identifier", "environment",
		"silent", "nocleanup", "strip_ansi" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(section, "supervisord") == 0 && strcmp(key, keys[i]) == 0) {
			return true;
		}
	}
	return false;
}

static void put_section(struct import *im, const struct supervisord_section *section)
{
	static const char *const programs[] = { "program:", "group:", "include", "supervisord" };

	for (size_t i = 0; i < section->count; i++) {
		struct supervisord_entry *entry = &section->entries[i];

		entry->used = entry->used || is_needless(section->name, entry->key);
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strncmp(section->name, programs[i], strlen(programs[i])) == 0) {
			tell_unused(im, section);
			return;
		}
	}
	import_warn(im, &section->place, section->name, "this section has no equal");
}

int import_supervisord(const char *path, FILE *out, struct conf_problems *problems)
{
	struct import im = { .problems = problems, .out = out };
	int r = supervisord_read(path, &im.file, problems);

	fprintf(out, "; Made of %s by berth-init import.\n", path);
	for (struct supervisord_section *s = im.file.sections; r == 0 && s; s = s->next) {
		if (strncmp(s->name, "program:", strlen("program:")) == 0) {
			r = add_program(&im, s);
		}
	}
	for (size_t i = 0; r == 0 && i < im.count; i++) {
		put_program(&im, &im.programs[i]);
	}
	fputc('\n', out);
	for (struct supervisord_section *s = im.file.sections; r == 0 && s; s = s->next) {
		put_section(&im, s);
	}
	free(im.programs);
	supervisord_finish(&im.file);
	return r;
}
