/* SPDX-License-Identifier: MIT */
/* The names of conditions, and what may stand behind them (systemd.unit(5)). */
#include <errno.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/order.h"
#include "conf/value.h"

static const struct {
	const char *name;
	bool is_path;
	const char *doc;
} kinds[CONDITION_KINDS] = {
	[CONDITION_PATH_EXISTS] = { "PathExists", true, "an absolute path" },
	[CONDITION_PATH_EXISTS_GLOB] = { "PathExistsGlob", true,
		"an absolute path with wildcards" },
	[CONDITION_PATH_IS_DIRECTORY] = { "PathIsDirectory", true, "an absolute path" },
	[CONDITION_PATH_IS_SYMBOLIC_LINK] = { "PathIsSymbolicLink", true, "an absolute path" },
	[CONDITION_PATH_IS_MOUNT_POINT] = { "PathIsMountPoint", true, "an absolute path" },
	[CONDITION_PATH_IS_READ_WRITE] = { "PathIsReadWrite", true, "an absolute path" },
	[CONDITION_DIRECTORY_NOT_EMPTY] = { "DirectoryNotEmpty", true, "an absolute path" },
	[CONDITION_FILE_NOT_EMPTY] = { "FileNotEmpty", true, "an absolute path" },
	[CONDITION_FILE_IS_EXECUTABLE] = { "FileIsExecutable", true, "an absolute path" },
	[CONDITION_ENVIRONMENT] = { "Environment", false, "NAME or NAME=VALUE" },
	[CONDITION_USER] = { "User", false, "a user's name or number, or @system" },
	[CONDITION_GROUP] = { "Group", false, "a group's name or number" },
	[CONDITION_KERNEL_COMMAND_LINE] = { "KernelCommandLine", false, "a word or an assignment" },
	[CONDITION_VIRTUALIZATION] = { "Virtualization", false,
		"yes, no, vm, container, private-users or a name" },
	[CONDITION_CAPABILITY] = { "Capability", false, "a capability such as CAP_SYS_ADMIN" },
	[CONDITION_ARCHITECTURE] = { "Architecture", false,
		"an architecture such as x86-64, or native" },
	[CONDITION_HOST] = { "Host", false, "a host's name or machine ID" },
	[CONDITION_MEMORY] = { "Memory", false, "a size in bytes such as >=1G" },
	[CONDITION_CPUS] = { "CPUs", false, "a number such as >=4" },
	[CONDITION_KERNEL_VERSION] = { "KernelVersion", false,
		"a pattern or a comparison such as >=5.10" },
	[CONDITION_OS_RELEASE] = { "OSRelease", false, "a comparison such as VERSION_ID>=12" },
	[CONDITION_FIRST_BOOT] = { "FirstBoot", false, "yes or no" },
	[CONDITION_CPU_FEATURE] = { "CPUFeature", false, "a feature such as rdrand" },
	[CONDITION_SECURITY] = { "Security", false, "a technology such as selinux" },
	[CONDITION_CONTROL_GROUP_CONTROLLER] = { "ControlGroupController", false,
		"controllers such as cpu, v1 or v2" },
	[CONDITION_CREDENTIAL] = { "Credential", false, "a credential's name" },
};

const char *conf_condition_name(enum condition_kind kind)
{
	return kinds[kind].name;
}

/* ConditionX= and AssertX= are told apart by the list that they fill. */
static enum condition_kind kind_of(const struct directive *directive)
{
	const char *name = directive->name;
	enum condition_kind kind = 0;

	name += strncmp(name, "Assert", 6) == 0 ? 6 : strlen("Condition");
	while (strcmp(kinds[kind].name, name) != 0) {
		kind++;
	}
	return kind;
}

static bool is_of(int (*next)(struct conf_comparisons *comparisons), const char *parameter)
{
	struct conf_comparisons comparisons;
	int r = conf_comparisons_begin(&comparisons, parameter);

	if (r < 0 || !*parameter) {
		return false;
	}
	do {
		r = next(&comparisons);
	} while (r > 0);
	return r == 0;
}

static bool is_allowed(enum condition_kind kind, const char *parameter)
{
	const char *amount = parameter;
	uint64_t size;
	int64_t number;
	int capability;
	bool truth;

	conf_take_order(&amount);
	amount += strspn(amount, " \t");
	switch (kind) {
	case CONDITION_CAPABILITY:
		return conf_parse_capability(parameter, &capability) == 0;
	case CONDITION_MEMORY:
		return conf_parse_size(amount, &size) == 0;
	case CONDITION_CPUS:
		return conf_parse_integer(amount, 0, INT32_MAX, &number) == 0;
	case CONDITION_FIRST_BOOT:
		return conf_parse_boolean(parameter, &truth) == 0;
	case CONDITION_OS_RELEASE:
		return is_of(conf_next_assertion, parameter);
	case CONDITION_KERNEL_VERSION:
		return is_of(conf_next_version, parameter);
	default:
		return kinds[kind].is_path ? *parameter == '/' : *parameter != '\0';
	}
}

/* Returns 0 where it is taken all the same: in a packaged unit, but for paths and for nothing at
 * all. Neither it nor its opposite will hold then, as in systemd. */
static int complain(const struct directive_context *context, const struct directive *directive,
	enum condition_kind kind, const char *value)
{
	if (context->severity == CONF_ERROR || kinds[kind].is_path || !*value) {
		return directive_complain(
			context, "%s=%s: expected %s", directive->name, value, kinds[kind].doc);
	}
	conf_problems_add(context->problems, context->severity, &context->place,
		"%s=%s: expected %s; does not hold", directive->name, value, kinds[kind].doc);
	return 0;
}

int parse_condition(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct condition **list =
		(struct condition **)(void *)((char *)context->service + directive->offset);
	enum condition_kind kind = kind_of(directive);
	char *parameter = NULL;

	if (!*value) {
		*list = NULL;
		return 0;
	}
	bool triggering = *value == '|';
	value += triggering;
	bool negated = *value == '!';
	value += negated;
	int r = directive_expand(context, value, &parameter);
	if (r < 0) {
		return r;
	}
	r = is_allowed(kind, parameter) ? 0 : complain(context, directive, kind, value);
	if (r < 0) {
		return r;
	}
	struct condition *c = conf_arena_alloc(&context->set->arena, sizeof(*c));
	if (!c) {
		return -ENOMEM;
	}
	*c = (struct condition) { *list, kind, negated, triggering, parameter };
	*list = c;
	return 0;
}
