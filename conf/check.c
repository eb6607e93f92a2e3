/* SPDX-License-Identifier: MIT */
/* What one section alone cannot tell. */
#include <errno.h>
#include <string.h>

#include "conf/dynamic_user.h"
#include "conf/load.h"
#include "conf/ready.h"
#include "conf/set.h"
#include "conf/targets.h"
#include "conf/unit_name.h"
#include "conf/value.h"

enum {
	/* Looking for what is meant takes long among many, and many hints help no more than some.
	 */
	HINTS_MAX = 20,
};

static const char *nearest_service(const struct conf_set *set, const char *name)
{
	const char *best = NULL;

	/* One candidate at a time: the nearest of the best so far and the next. */
	for (size_t i = 0; i < set->count; i++) {
		const char *pair[] = { set->services[i]->name, best };

		best = conf_nearest_name(name, pair, best ? 2 : 1);
	}
	return best;
}

static void tell_missing(const struct conf_set *set, struct conf_problems *problems,
	const struct conf_place *place, const char *key, const char *name)
{
	const char *nearest = problems->count < HINTS_MAX ? nearest_service(set, name) : NULL;

	conf_problems_add(problems, CONF_ERROR, place, "%s=%s: there is no such service%s%s%s", key,
		name, nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

static const char *key_of(enum dependency_kind kind)
{
	switch (kind) {
	case DEPENDENCY_AFTER:
		return "After";
	case DEPENDENCY_BEFORE:
		return "Before";
	case DEPENDENCY_WANTS:
		return "Wants";
	case DEPENDENCY_REQUIRES:
		return "Requires";
	case DEPENDENCY_BINDS_TO:
		return "BindsTo";
	case DEPENDENCY_PART_OF:
		return "PartOf";
	case DEPENDENCY_CONFLICTS:
		return "Conflicts";
	case DEPENDENCY_REQUISITE:
		return "Requisite";
	case DEPENDENCY_PROPAGATES_STOP_TO:
		return "PropagatesStopTo";
	case DEPENDENCY_STOP_PROPAGATED_FROM:
		return "StopPropagatedFrom";
	}
	return "";
}

/*
 * Units of packages order themselves after network.target and the like: what is not there cannot
 * be waited for. A requirement that is not there is told, for something may miss it. All services
 * are started, so there can be no two that exclude each other.
 */
static void check_dependencies(const struct conf_set *set, const struct service_config *service,
	struct conf_problems *problems)
{
	for (const struct dependency *d = service->dependencies; d; d = d->next) {
		ssize_t found = conf_set_find(set, d->name);

		if (found >= 0 && set->services[found] == service) {
			if (d->imported) {
				continue; /* by another name of its own */
			}
			conf_problems_add(problems, CONF_ERROR, &d->place,
				"%s=%s: a service cannot depend on itself", key_of(d->kind),
				d->name);
		} else if (found >= 0) {
			if (d->kind == DEPENDENCY_CONFLICTS) {
				conf_problems_add(problems, CONF_ERROR, &d->place,
					"Conflicts=%s: both would be started, leave one of them "
					"out",
					d->name);
			}
		} else if (!d->imported) {
			tell_missing(set, problems, &d->place, key_of(d->kind), d->name);
		} else if (unit_name_type(d->name) != UNIT_TARGET &&
			   (d->kind == DEPENDENCY_REQUIRES || d->kind == DEPENDENCY_REQUISITE ||
				   d->kind == DEPENDENCY_BINDS_TO)) {
			conf_problems_add(problems, CONF_WARNING, &d->place,
				"%s=%s is not honoured: there is no such service", key_of(d->kind),
				d->name);
		}
	}
}

static void check_commands(const struct service_config *service, struct conf_problems *problems)
{
	if (!service->exec_start && service->type != SERVICE_ONESHOT) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] has no ExecStart=", service->name);
	} else if (!service->exec_start && !service->exec_stop) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] has neither ExecStart= nor ExecStop=", service->name);
	} else if (!service->exec_start && !service->remain_after_exit) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] has no ExecStart=, which makes sense only with "
			"RemainAfterExit=yes",
			service->name);
	} else if (service->type != SERVICE_ONESHOT && service->exec_start->next) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] has more than one ExecStart= command: only Type=oneshot may",
			service->name);
	}
	if (service->type == SERVICE_ONESHOT && service->runtime_max_ms != CONF_INFINITY) {
		conf_problems_add(problems, CONF_WARNING, &service->place,
			"[service:%s] has RuntimeMaxSec=, which means nothing to Type=oneshot, see "
			"TimeoutStartSec=",
			service->name);
	}
	if (service->pid_file && service->type != SERVICE_FORKING) {
		conf_problems_add(problems, CONF_WARNING, &service->place,
			"[service:%s] has PIDFile=, which only Type=forking looks at",
			service->name);
	}
	if (service->type == SERVICE_ONESHOT &&
		(service->restart == RESTART_ALWAYS || service->restart == RESTART_ON_SUCCESS)) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] is of Type=oneshot, which cannot be restarted after success",
			service->name);
	}
}

/* systemd.service(5): back-off wants both keys, and a RestartSec= that can grow. */
static void check_back_off(const struct service_config *service, struct conf_problems *problems)
{
	bool bounded = service->restart_max_delay_ms != CONF_INFINITY;

	if (bounded != (service->restart_steps > 0)) {
		conf_problems_add(problems, CONF_WARNING, &service->place,
			"[service:%s] has %s, which needs %s to have an effect", service->name,
			bounded ? "RestartMaxDelaySec=" : "RestartSteps=",
			bounded ? "RestartSteps=" : "RestartMaxDelaySec=");
	} else if (bounded && service->restart_ms > service->restart_max_delay_ms) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] has a RestartSec= above its RestartMaxDelaySec=",
			service->name);
	} else if (bounded && service->restart_ms == 0) {
		conf_problems_add(problems, CONF_WARNING, &service->place,
			"[service:%s] has RestartSec=0, which RestartSteps= cannot make grow",
			service->name);
	}
}

static bool writes_to_log(const struct service_config *service)
{
	enum exec_stream_kind output = service->exec.output.kind;

	return output == STREAM_DEFAULT || output == STREAM_LOG ||
	       service->exec.error.kind == STREAM_LOG || service->log_follow;
}

/* Without its lines in the log nothing could ever be seen in them. */
static void check_output(const struct service_config *service, struct conf_problems *problems)
{
	bool by_line = service->ready_when && service->ready_when->kind == READY_LOG;
	bool by_time = service->output_timeout_ms != CONF_INFINITY;

	if ((by_line || by_time) && !writes_to_log(service)) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] has %s but does not write to the log", service->name,
			by_line ? "ReadyWhen=log:" : "OutputTimeoutSec=");
	}
}

static void check_ready_when(const struct service_config *service, struct conf_problems *problems)
{
	if (!service->ready_when) {
		return;
	}
	if (service->type == SERVICE_ONESHOT) {
		conf_problems_add(problems, CONF_ERROR, &service->place,
			"[service:%s] is of Type=oneshot, which is ready when it ends: ReadyWhen= "
			"has no meaning",
			service->name);
	}
}

static void fill_in(struct service_config *service)
{
	if (service->type == SERVICE_ONESHOT && !service->timeout_start_set) {
		service->timeout_start_ms = CONF_INFINITY;
	}
	if ((service->type == SERVICE_NOTIFY || service->watchdog_ms) &&
		service->notify_access == NOTIFY_NONE) {
		service->notify_access = NOTIFY_MAIN;
	}
}

/* A service has the name of its unit as well, and those that the unit gives itself. */
static int name_units(struct conf_set *set)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < set->count; i++) {
		const struct service_config *service = set->services[i];
		const struct unit_install *install = service->install;

		r = service->unit ? conf_set_alias(set, service->unit, i) : 0;
		for (size_t j = 0; r == 0 && install && j < install->aliases.count; j++) {
			r = conf_set_alias(set, install->aliases.items[j], i);
		}
	}
	return r;
}

void conf_check(struct conf_set *set, struct conf_problems *problems)
{
	if (name_units(set) < 0 || targets_hand_on(set) < 0) {
		const struct conf_place place = { .file = "configuration" };

		conf_problems_add(problems, CONF_ERROR, &place, "%s", strerrordesc_np(ENOMEM));
	}
	for (size_t i = 0; i < set->count; i++) {
		check_commands(set->services[i], problems);
		check_back_off(set->services[i], problems);
		check_dependencies(set, set->services[i], problems);
		check_ready_when(set->services[i], problems);
		check_output(set->services[i], problems);
		fill_in(set->services[i]);
	}
	conf_dynamic_users(set);
	if (!set->count) {
		const struct conf_place place = { .file = "configuration" };

		conf_problems_add(problems, CONF_ERROR, &place,
			"no service: expected a section [service:NAME]");
	}
	if (set->init.main && conf_set_find(set, set->init.main) < 0) {
		tell_missing(set, problems, &set->init.main_place, "Main", set->init.main);
	}
}
