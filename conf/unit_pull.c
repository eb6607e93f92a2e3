/* SPDX-License-Identifier: MIT */
/* UnitPath=: which of the units of its folders are started, and their order by targets. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/load.h"
#include "conf/set.h"
#include "conf/unit_folder.h"

/* What a machine starts at boot, whatever files there are: bootup(7). */
static const char *const roots[] = { "default.target", "graphical.target", "multi-user.target",
	"basic.target", "sysinit.target", "sockets.target", "timers.target", "paths.target",
	"local-fs.target", "remote-fs.target", "network.target", "network-online.target",
	"nss-lookup.target", "nss-user-lookup.target", "time-sync.target", "getty.target" };

struct puller {
	struct conf_set *set;
	struct unit_folder folder;
	struct unit_node *head; /* whose pulls are still to be followed */
	struct unit_node **tail;
};

/* Names of services may stand without their suffix. */
static struct unit_node *node_of(struct puller *p, const char *name)
{
	char full[2 * UNIT_NAME_SIZE];

	snprintf(full, sizeof(full), "%s%s", name,
		unit_name_type(name) == UNIT_NONE ? ".service" : "");
	return unit_folder_node(&p->folder, full);
}

static void visit(struct puller *p, struct unit_node *node)
{
	if (node && node->alias_of) {
		node = unit_folder_node(&p->folder, node->name);
	}
	if (node && !node->visited && !unit_name_is_template(node->name)) {
		node->visited = true;
		*p->tail = node;
		p->tail = &node->queued;
	}
}

static void visit_requests(struct puller *p, const struct dependency *d)
{
	for (; d; d = d->next) {
		if (d->kind == DEPENDENCY_WANTS || d->kind == DEPENDENCY_REQUIRES ||
			d->kind == DEPENDENCY_BINDS_TO) {
			visit(p, node_of(p, d->name));
		}
	}
}

static struct loader loader_for(
	const struct puller *p, struct conf_set *set, struct service_config *service)
{
	return (struct loader) {
		.set = set,
		.problems = p->folder.problems,
		.imported = true,
		.service = service,
	};
}

/* It is called otherwise, as a folder of systemd says. */
static struct service_config *load_by_alias(
	struct puller *p, struct unit_node *node, const char *name)
{
	node->alias_of = unit_folder_node(&p->folder, name);
	visit(p, node->alias_of);
	return NULL;
}

/* A service of this name that is in the set already, as those of the INI are, stays what it is. */
static struct service_config *load_service(struct puller *p, struct unit_node *node)
{
	struct conf_set *set = p->set;
	ssize_t index = conf_set_find(set, node->name);
	struct unit_file file;

	if (index >= 0) {
		return set->services[index];
	}
	if (unit_path_find(&p->folder.path, node->name, &file) < 0 || file.masked) {
		return NULL;
	}
	if (strcmp(file.name, node->name) != 0) {
		return load_by_alias(p, node, file.name);
	}
	const struct conf_place place = { .file = conf_arena_strdup(&set->arena, file.path) };
	struct service_config *service = place.file ? conf_set_add(set, node->name, &place) : NULL;
	if (!service) {
		p->folder.error = -ENOMEM;
		return NULL;
	}
	struct loader loader = loader_for(p, set, service);
	service->unit = service->name;
	loader_read_unit(&loader, &p->folder.path, &file, NULL);
	p->folder.error = loader.error;
	return service;
}

static void add_dependency(struct puller *p, struct service_config *service,
	enum dependency_kind kind, const char *name)
{
	struct dependency *d = conf_arena_alloc(&p->set->arena, sizeof(*d));
	const char *copy = conf_arena_strdup(&p->set->arena, name);

	if (!d || !copy) {
		p->folder.error = -ENOMEM;
		return;
	}
	*d = (struct dependency) {
		.next = service->dependencies,
		.kind = kind,
		.name = copy,
		.place = service->place,
		.imported = true,
	};
	service->dependencies = d;
}

static void follow_service(struct puller *p, struct unit_node *node)
{
	struct service_config *service = load_service(p, node);

	if (!service) {
		return;
	}
	visit_requests(p, service->dependencies);
	for (const struct unit_pull *pull = node->pulls; pull; pull = pull->next) {
		visit(p, pull->unit);
		add_dependency(p, service, pull->required ? DEPENDENCY_REQUIRES : DEPENDENCY_WANTS,
			pull->unit->name);
	}
}

/* What a target's file asks for counts if it lies in UnitPath=: those of a system bring along what
 * no container wants. */
static void follow_target(struct puller *p, struct unit_node *node)
{
	struct service_config nobody = { .name = node->name };
	struct loader loader = loader_for(p, &p->folder.scratch, &nobody);
	struct unit_file file;

	if (node->in_folder && unit_path_find(&p->folder.path, node->name, &file) == 0 &&
		!file.masked) {
		loader_read_unit(&loader, &p->folder.path, &file, NULL);
		p->folder.error = loader.error;
		node->requests = nobody.dependencies;
		visit_requests(p, node->requests);
	}
	for (const struct unit_pull *pull = node->pulls; pull; pull = pull->next) {
		visit(p, pull->unit);
	}
}

static void tell(
	const struct puller *p, const struct unit_node *node, const char *text, const char *detail)
{
	const struct conf_place place = { .file = node->file ? node->file : node->name };

	conf_problems_add(p->folder.problems, CONF_WARNING, &place, "%s%s", text, detail);
}

static void follow(struct puller *p, struct unit_node *node)
{
	switch (node->type) {
	case UNIT_SERVICE:
		follow_service(p, node);
		break;
	case UNIT_TARGET:
		follow_target(p, node);
		break;
	case UNIT_OTHER:
		if (node->in_folder && !node->masked) {
			tell(p, node, "is not honoured, only services are", "");
		}
		break;
	case UNIT_NONE:
		break;
	}
}

static bool is_after(const struct service_config *service, const char *target)
{
	for (const struct dependency *d = service->dependencies; d; d = d->next) {
		if (d->kind == DEPENDENCY_AFTER && strcmp(d->name, target) == 0) {
			return true;
		}
	}
	return false;
}

/* A target is reached when what it pulls in is there, but for what says that it comes after it. */
static void order_before(struct puller *p, const struct unit_node *target, const char *name)
{
	ssize_t index = conf_set_find(p->set, name);

	if (index >= 0 && !is_after(p->set->services[index], target->name)) {
		add_dependency(p, p->set->services[index], DEPENDENCY_BEFORE, target->name);
	}
}

static void order_members(struct puller *p, const struct unit_node *target)
{
	for (const struct unit_pull *pull = target->pulls; pull; pull = pull->next) {
		order_before(p, target, pull->unit->name);
	}
	for (const struct dependency *d = target->requests; d; d = d->next) {
		if (d->kind == DEPENDENCY_WANTS || d->kind == DEPENDENCY_REQUIRES) {
			order_before(p, target, d->name);
		}
	}
}

/* Now that all are known: orders, other names, and what is left. */
static void conclude(struct puller *p)
{
	struct conf_set *set = p->set;

	for (struct unit_node *node = p->folder.first; node; node = node->next) {
		const struct unit_node *real = unit_folder_node(&p->folder, node->name);
		ssize_t index = real ? conf_set_find(set, real->name) : -1;

		if (node->visited && node->type == UNIT_TARGET) {
			order_members(p, node);
		} else if (node->alias_of && index >= 0) {
			p->folder.error = conf_set_alias(set, node->name, (size_t)index);
		} else if (node->in_folder && node->enabled && !node->visited && !node->masked &&
			   !unit_name_is_template(node->name)) {
			tell(p, node, "is not started, for nothing starts ", node->wanted_by);
		}
	}
}

int conf_load_units(struct conf_set *set, struct conf_problems *problems)
{
	struct puller p = { .set = set };

	if (!set->init.unit_path.count) {
		return 0;
	}
	p.tail = &p.head;
	unit_folder_read(&p.folder, &set->init.unit_path, problems);
	for (size_t i = 0; i < set->count; i++) {
		visit(&p, node_of(&p, set->services[i]->name));
	}
	if (set->init.main) {
		visit(&p, node_of(&p, set->init.main));
	}
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		visit(&p, node_of(&p, roots[i]));
	}
	for (struct unit_node *node = p.head; node && !p.folder.error; node = node->queued) {
		follow(&p, node);
	}
	if (!p.folder.error) {
		conclude(&p);
	}
	unit_folder_finish(&p.folder);
	return p.folder.error;
}
