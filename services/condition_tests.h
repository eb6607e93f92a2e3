/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The tests of single conditions, for conditions.c. Each returns 1 if it holds, 0 if it does not,
 * and -EINVAL or another negative errno where that cannot be found out: then neither it nor its
 * opposite holds.
 */

#include <stddef.h>

typedef int condition_test(const char *parameter, char *const *environment);

/* The beginning of a small file of the kernel's, of `size` - 1 bytes at most, as a text; empty if
 * there is none. */
void condition_read(const char *path, char *text, size_t size);

/* condition_path.c */
condition_test condition_path_exists;
condition_test condition_path_exists_glob;
condition_test condition_path_is_directory;
condition_test condition_path_is_symbolic_link;
condition_test condition_path_is_mount_point;
condition_test condition_path_is_read_write;
condition_test condition_directory_not_empty;
condition_test condition_file_not_empty;
condition_test condition_file_is_executable;

/* condition_host.c */
condition_test condition_environment;
condition_test condition_user;
condition_test condition_group;
condition_test condition_kernel_command_line;
condition_test condition_virtualization;
condition_test condition_capability;
condition_test condition_architecture;
condition_test condition_host;

/* condition_system.c */
condition_test condition_memory;
condition_test condition_cpus;
condition_test condition_kernel_version;
condition_test condition_os_release;
condition_test condition_first_boot;
condition_test condition_security;
condition_test condition_control_group_controller;
condition_test condition_credential;

/* cpu_feature.c */
condition_test condition_cpu_feature;
