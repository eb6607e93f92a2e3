/* SPDX-License-Identifier: MIT */
#include "services/conditions.h"

#include "services/condition_tests.h"

static condition_test *const tests[CONDITION_KINDS] = {
	[CONDITION_PATH_EXISTS] = condition_path_exists,
	[CONDITION_PATH_EXISTS_GLOB] = condition_path_exists_glob,
	[CONDITION_PATH_IS_DIRECTORY] = condition_path_is_directory,
	[CONDITION_PATH_IS_SYMBOLIC_LINK] = condition_path_is_symbolic_link,
	[CONDITION_PATH_IS_MOUNT_POINT] = condition_path_is_mount_point,
	[CONDITION_PATH_IS_READ_WRITE] = condition_path_is_read_write,
	[CONDITION_DIRECTORY_NOT_EMPTY] = condition_directory_not_empty,
	[CONDITION_FILE_NOT_EMPTY] = condition_file_not_empty,
	[CONDITION_FILE_IS_EXECUTABLE] = condition_file_is_executable,
	[CONDITION_ENVIRONMENT] = condition_environment,
	[CONDITION_USER] = condition_user,
	[CONDITION_GROUP] = condition_group,
	[CONDITION_KERNEL_COMMAND_LINE] = condition_kernel_command_line,
	[CONDITION_VIRTUALIZATION] = condition_virtualization,
	[CONDITION_CAPABILITY] = condition_capability,
	[CONDITION_ARCHITECTURE] = condition_architecture,
	[CONDITION_HOST] = condition_host,
	[CONDITION_MEMORY] = condition_memory,
	[CONDITION_CPUS] = condition_cpus,
	[CONDITION_KERNEL_VERSION] = condition_kernel_version,
	[CONDITION_OS_RELEASE] = condition_os_release,
	[CONDITION_FIRST_BOOT] = condition_first_boot,
	[CONDITION_CPU_FEATURE] = condition_cpu_feature,
	[CONDITION_SECURITY] = condition_security,
	[CONDITION_CONTROL_GROUP_CONTROLLER] = condition_control_group_controller,
	[CONDITION_CREDENTIAL] = condition_credential,
};

static bool holds(const struct condition *condition, char *const *environment)
{
	int r = tests[condition->kind](condition->parameter, environment);

	return r >= 0 && (r > 0) != condition->negated;
}

const struct condition *conditions_unmet(
	const struct condition *conditions, char *const *environment)
{
	const struct condition *untriggered = NULL;
	bool triggered = false;

	for (const struct condition *c = conditions; c; c = c->next) {
		bool met = holds(c, environment);

		if (!c->triggering && !met) {
			return c;
		}
		triggered = triggered || (c->triggering && met);
		untriggered = c->triggering && !met ? c : untriggered;
	}
	return triggered ? NULL : untriggered;
}
