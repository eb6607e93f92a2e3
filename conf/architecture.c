/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "conf/value.h"

/* systemd's names for those that uname(2) calls otherwise. */
static const struct {
	const char *machine;
	const char *name;
} architectures[] = {
	{ "x86_64", "x86-64" },
	{ "i386", "x86" },
	{ "i486", "x86" },
	{ "i586", "x86" },
	{ "i686", "x86" },
	{ "aarch64", "arm64" },
	{ "aarch64_be", "arm64-be" },
	{ "armv4l", "arm" },
	{ "armv5tel", "arm" },
	{ "armv6l", "arm" },
	{ "armv7l", "arm" },
	{ "armv8l", "arm" },
	{ "ppc64le", "ppc64-le" },
	{ "ppcle", "ppc-le" },
};

const char *conf_architecture(const char *machine)
{
	for (size_t i = 0; i < sizeof(architectures) / sizeof(architectures[0]); i++) {
		if (strcmp(machine, architectures[i].machine) == 0) {
			return architectures[i].name;
		}
	}
	return machine;
}
