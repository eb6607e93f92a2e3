/* SPDX-License-Identifier: MIT */
#include "services/conditions.h"

#include <string.h>
#include <unistd.h>

#include "services/environment.h"

/* NAME: it is set. NAME=VALUE: it has that value. */
static bool has_variable(const char *parameter, char *const *environment)
{
	const char *equals = strchr(parameter, '=');

	if (!equals) {
		return environment_get(environment, parameter) != NULL;
	}
	for (; *environment; environment++) {
		if (strcmp(*environment, parameter) == 0) {
			return true;
		}
	}
	return false;
}

static bool holds(const struct condition *condition, char *const *environment)
{
	bool truth = false;

	switch (condition->kind) {
	case CONDITION_ENVIRONMENT:
		truth = has_variable(condition->parameter, environment);
		break;
	case CONDITION_PATH_EXISTS:
		truth = access(condition->parameter, F_OK) == 0;
		break;
	}
	return truth != condition->negated;
}

bool conditions_met(const struct condition *conditions, char *const *environment)
{
	bool any_triggering = false;
	bool triggered = false;

	for (const struct condition *c = conditions; c; c = c->next) {
		bool met = holds(c, environment);

		if (!c->triggering && !met) {
			return false;
		}
		any_triggering = any_triggering || c->triggering;
		triggered = triggered || (c->triggering && met);
	}
	return triggered || !any_triggering;
}
