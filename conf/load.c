/* SPDX-License-Identifier: MIT */
#include "conf/load.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/directives.h"
#include "conf/reader.h"
#include "conf/value.h"

#define SERVICE_PREFIX "service:"
#define SUFFIX         ".service"
#define NAME_LENGTH    255

enum section_kind {
	SECTION_SKIPPED, /* unknown, told already */
	SECTION_INIT,
	SECTION_SERVICE, /* [service:NAME] of our INI */
	SECTION_UNIT,    /* one of a packaged unit */
};

struct loader {
	struct conf_set *set;
	struct conf_problems *problems;
	bool imported;
	enum section_kind kind;
	const char *section; /* for SECTION_UNIT: systemd's name of it */
	struct service_config *service;
	bool service_touched; /* it has keys already: Unit= comes too late */
	int error;            /* -ENOMEM, once it happened */
};

bool exit_status_set_has_code(const struct exit_status_set *set, int code)
{
	return code >= 0 && code < 256 && (set->codes[code / 8] & (1U << (code % 8)));
}

bool exit_status_set_has_signal(const struct exit_status_set *set, int signal)
{
	return signal > 0 && signal <= 64 && (set->signals & (UINT64_C(1) << (signal - 1)));
}

bool exit_status_set_has(const struct exit_status_set *set, int wait_status)
{
	return WIFSIGNALED(wait_status) ? exit_status_set_has_signal(set, WTERMSIG(wait_status))
					: exit_status_set_has_code(set, WEXITSTATUS(wait_status));
}

static size_t bare_length(const char *name)
{
	size_t length = strlen(name);
	size_t suffix = strlen(SUFFIX);

	if (length > suffix && strcmp(name + length - suffix, SUFFIX) == 0) {
		return length - suffix;
	}
	return length;
}

ssize_t conf_set_find(const struct conf_set *set, const char *name)
{
	size_t length = bare_length(name);

	for (size_t i = 0; i < set->count; i++) {
		const char *candidate = set->services[i]->name;

		if (strncmp(candidate, name, length) == 0 && !candidate[length]) {
			return (ssize_t)i;
		}
	}
	return -1;
}

void conf_set_finish(struct conf_set *set)
{
	free(set->services);
	conf_arena_finish(&set->arena);
	*set = (struct conf_set) { 0 };
}

/* systemd's defaults (systemd-system.conf(5)), but for the 2 s of StopGraceSec=. */
static void set_defaults(struct service_config *service)
{
	service->start_limit_interval_ms = 10000;
	service->start_limit_burst = 5;
	service->restart_ms = 100;
	service->restart_max_delay_ms = CONF_INFINITY;
	service->timeout_start_ms = 90000;
	service->timeout_stop_ms = 90000;
	service->runtime_max_ms = CONF_INFINITY;
	service->stop_grace_ms = 2000;
	service->kill_signal = SIGTERM;
	service->final_kill_signal = SIGKILL;
	service->watchdog_signal = SIGABRT;
	service->send_sigkill = true;
	service->exec.umask = 0022;
	service->exec.cpu_policy = EXEC_UNSET;
	service->exec.cpu_priority = EXEC_UNSET;
	service->exec.io_class = EXEC_UNSET;
	service->exec.io_priority = EXEC_UNSET;
	service->exec.capability_bounding_set = EXEC_ALL_CAPABILITIES;
	for (size_t i = 0; i < DIRECTORY_KINDS; i++) {
		service->exec.directories[i].mode = 0755;
	}
}

static int grow(struct conf_set *set)
{
	if (set->count < set->capacity) {
		return 0;
	}
	size_t capacity = set->capacity ? set->capacity * 2 : 8;
	struct service_config **services =
		reallocarray(set->services, capacity, sizeof(struct service_config *));
	if (!services) {
		return -ENOMEM;
	}
	set->services = services;
	set->capacity = capacity;
	return 0;
}

static struct service_config *add_service(
	struct conf_set *set, const char *name, const struct conf_place *place)
{
	struct service_config *service = conf_arena_alloc(&set->arena, sizeof(*service));
	char *copy = conf_arena_strndup(&set->arena, name, bare_length(name));
	char *file = conf_arena_strdup(&set->arena, place->file);

	if (!service || !copy || !file || grow(set) < 0) {
		return NULL;
	}
	set_defaults(service);
	service->name = copy;
	service->place = (struct conf_place) { file, place->line, place->column };
	set->services[set->count++] = service;
	return service;
}

static bool is_service_name(const char *name)
{
	size_t length = bare_length(name);

	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)name[i]) && !strchr(":-_.\\@", name[i])) {
			return false;
		}
	}
	return length > 0 && length <= NAME_LENGTH;
}

static void open_service(struct loader *l, const struct conf_place *place, const char *name)
{
	if (!is_service_name(name)) {
		conf_problems_add(l->problems, CONF_ERROR, place,
			"[service:%s]: a name has letters, digits and :-_.\\@, at most %d", name,
			NAME_LENGTH);
		return;
	}
	ssize_t index = conf_set_find(l->set, name);
	l->service = index >= 0 ? l->set->services[index] : add_service(l->set, name, place);
	l->service_touched = index >= 0;
	l->kind = SECTION_SERVICE;
	if (!l->service) {
		l->kind = SECTION_SKIPPED;
		l->error = -ENOMEM;
	}
}

static void open_own_section(struct loader *l, const struct conf_place *place, const char *section)
{
	l->kind = SECTION_SKIPPED;
	l->service = NULL;
	if (strcmp(section, "init") == 0) {
		l->kind = SECTION_INIT;
	} else if (strncmp(section, SERVICE_PREFIX, strlen(SERVICE_PREFIX)) == 0) {
		open_service(l, place, section + strlen(SERVICE_PREFIX));
	} else {
		conf_problems_add(l->problems, CONF_ERROR, place,
			"unknown section [%s], expected [init] or [service:NAME]", section);
	}
}

static void open_unit_section(struct loader *l, const struct conf_place *place, const char *section)
{
	static const char *const known[] = { "Unit", "Service", "Install" };

	l->kind = SECTION_SKIPPED;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(section, known[i]) == 0) {
			l->section = known[i];
			l->kind = SECTION_UNIT;
			return;
		}
	}
	/* systemd.syntax(7): X- marks what other programs keep in a unit file. */
	if (strncmp(section, "X-", 2) != 0) {
		conf_problems_add(
			l->problems, CONF_WARNING, place, "section [%s] is not honoured", section);
	}
}

static void on_section(void *user, const struct conf_place *place, const char *section)
{
	struct loader *l = user;

	if (l->imported) {
		open_unit_section(l, place, section);
	} else {
		open_own_section(l, place, section);
	}
}

static void tell_unknown(
	const struct loader *l, const struct conf_entry *entry, const char *section)
{
	enum conf_severity severity = l->imported ? CONF_WARNING : CONF_ERROR;
	const struct directive *elsewhere = directive_find(NULL, entry->key);
	const char *nearest = directive_nearest(section, entry->key);

	if (l->imported && elsewhere) {
		conf_problems_add(l->problems, severity, &entry->place,
			"%s= is ignored: its place is in [%s], not in [%s]", entry->key,
			elsewhere->section, section);
	} else if (nearest) {
		conf_problems_add(l->problems, severity, &entry->place,
			"unknown key %s=, did you mean %s=?", entry->key, nearest);
	} else {
		conf_problems_add(l->problems, severity, &entry->place, "unknown key %s= in [%s]",
			entry->key, entry->section);
	}
}

static void tell_refused(
	const struct loader *l, const struct conf_entry *entry, const struct directive *directive)
{
	conf_problems_add(l->problems, l->imported ? CONF_UNHONOURED : CONF_ERROR, &entry->place,
		l->imported ? "%s= is not honoured: %s" : "%s= cannot be honoured: %s", entry->key,
		directive->doc);
}

static void import_unit(struct loader *l, const struct conf_entry *entry);

static void on_entry(void *user, const struct conf_entry *entry)
{
	struct loader *l = user;
	const char *section = l->kind == SECTION_INIT   ? "init"
			      : l->kind == SECTION_UNIT ? l->section
							: NULL;

	if (l->kind == SECTION_SKIPPED || l->error) {
		return;
	}
	if (l->kind == SECTION_SERVICE && strcmp(entry->key, "Unit") == 0) {
		import_unit(l, entry);
		return;
	}
	l->service_touched = true;
	const struct directive *directive = directive_find(section, entry->key);
	if (!directive) {
		tell_unknown(l, entry, section);
		return;
	}
	if (directive_status(directive) == DIRECTIVE_REFUSED) {
		tell_refused(l, entry, directive);
		return;
	}
	char *file = conf_arena_strdup(&l->set->arena, entry->place.file);
	const struct directive_context context = {
		.set = l->set,
		.service = l->service,
		.problems = l->problems,
		.place = { file, entry->place.line, entry->place.column },
		.imported = l->imported,
	};
	if (!file || directive_parse(&context, directive, entry->value) == -ENOMEM) {
		l->error = -ENOMEM;
	}
}

static int finish(struct loader *l, int r, const char *name)
{
	if (r == 0 && l->error) {
		const struct conf_place place = { .file = name };

		conf_problems_add(
			l->problems, CONF_ERROR, &place, "%s", strerrordesc_np(-l->error));
		r = l->error;
	}
	return r;
}

/* A packaged unit is the base of its service: what stands after Unit= overrides it. */
static void import_unit(struct loader *l, const struct conf_entry *entry)
{
	struct loader unit = {
		.set = l->set,
		.problems = l->problems,
		.imported = true,
		.service = l->service,
	};
	const struct conf_sink sink = { on_section, on_entry, &unit };

	if (l->service_touched) {
		conf_problems_add(l->problems, CONF_ERROR, &entry->place,
			"Unit= must be the first key of its section: what follows it overrides");
		return;
	}
	l->service_touched = true;
	if (entry->value[0] != '/') {
		conf_problems_add(l->problems, CONF_ERROR, &entry->place,
			"Unit=%s: expected an absolute path", entry->value);
		return;
	}
	/* Told where the unit is named, not as a trouble of the file that is not there. */
	if (access(entry->value, R_OK) < 0) {
		conf_problems_add(l->problems, CONF_ERROR, &entry->place, "Unit=%s: %s",
			entry->value, strerror(errno));
		return;
	}
	finish(&unit, conf_read_file(entry->value, &sink, l->problems), entry->value);
	l->error = unit.error;
}

static struct loader start(struct conf_set *set, struct conf_problems *problems)
{
	if (!set->init.timeout_stop_ms) {
		set->init.timeout_stop_ms = 8000;
	}
	return (struct loader) { .set = set, .problems = problems };
}

int conf_load_file(const char *path, struct conf_set *set, struct conf_problems *problems)
{
	struct loader l = start(set, problems);
	const struct conf_sink sink = { on_section, on_entry, &l };

	return finish(&l, conf_read_file(path, &sink, problems), path);
}

int conf_load_text(const char *name, const char *text, size_t length, struct conf_set *set,
	struct conf_problems *problems)
{
	struct loader l = start(set, problems);
	const struct conf_sink sink = { on_section, on_entry, &l };

	return finish(&l, conf_read_text(name, text, length, &sink, problems), name);
}
