/* SPDX-License-Identifier: MIT */
#include "conf/load.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/loader.h"
#include "conf/origins.h"
#include "conf/set.h"

#define SERVICE_PREFIX "service:"
#define NAME_LENGTH    255

static bool is_service_name(const char *name)
{
	size_t length = conf_bare_length(name);

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
	const struct conf_place kept = { l->file, place->line, place->column };
	l->service = index >= 0 ? l->set->services[index] : conf_set_add(l->set, name, &kept);
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
	if (l->install_only && strcmp(section, "Install") != 0) {
		return;
	}
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

/* FNV-1a; the NUL at the end counts, so that texts do not run together. */
static uint64_t add_to_fingerprint(uint64_t fingerprint, const char *text)
{
	do {
		fingerprint = (fingerprint ^ (unsigned char)*text) * UINT64_C(1099511628211);
	} while (*text++);
	return fingerprint;
}

static void note_entry(struct service_config *service, const struct conf_entry *entry)
{
	service->fingerprint = add_to_fingerprint(service->fingerprint, entry->key);
	service->fingerprint = add_to_fingerprint(service->fingerprint, entry->value);
}

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
		loader_import_unit(l, entry);
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
	const struct directive_context context = {
		.set = l->set,
		.service = l->service,
		.problems = l->problems,
		.place = { l->file, entry->place.line, entry->place.column },
		.imported = l->imported,
	};
	if (l->service) {
		note_entry(l->service, entry);
	}
	int r = directive_parse(&context, directive, entry->value);
	if (r == 0 && l->set->origins) {
		r = conf_origins_add(l->set->origins, &context, directive, entry->value);
	}
	if (r == -ENOMEM) {
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

static void begin(struct loader *l, const char *name)
{
	l->kind = SECTION_SKIPPED;
	l->file = conf_arena_strdup(&l->set->arena, name);
	l->error = l->file ? l->error : -ENOMEM;
}

/* What is read for [Install] alone is read again where it is started, and told then. */
static struct conf_sink sink_of(struct loader *l)
{
	return (struct conf_sink) {
		.section = on_section,
		.entry = on_entry,
		.user = l,
		.stray = l->install_only ? CONF_STRAY_SILENT
			 : l->imported   ? CONF_STRAY_WARNING
					 : CONF_STRAY_ERROR,
	};
}

int loader_read_file(struct loader *l, const char *path)
{
	const struct conf_sink sink = sink_of(l);

	begin(l, path);
	return finish(l, l->error ? 0 : conf_read_file(path, &sink, l->problems), path);
}

int loader_read_text(struct loader *l, const char *name, const char *text, size_t length)
{
	const struct conf_sink sink = sink_of(l);

	begin(l, name);
	return finish(
		l, l->error ? 0 : conf_read_text(name, text, length, &sink, l->problems), name);
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

	return loader_read_file(&l, path);
}

int conf_load_text(const char *name, const char *text, size_t length, struct conf_set *set,
	struct conf_problems *problems)
{
	struct loader l = start(set, problems);

	return loader_read_text(&l, name, text, length);
}

void conf_load_files(
	char *const *paths, size_t count, struct conf_set *set, struct conf_problems *problems)
{
	for (size_t i = 0; i < count; i++) {
		conf_load_file(paths[i], set, problems);
	}
	conf_load_units(set, problems);
	/* What could not be read would only be told again as missing. */
	if (!problems->errors || set->count) {
		conf_check(set, problems);
	}
}
