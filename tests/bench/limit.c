/* SPDX-License-Identifier: MIT */
/* The floor: a PID 1 that does nothing but start `COUNT PROGRAM` that often, and reap. */
#include <asm/unistd.h>

#include "tests/bench/raw.h"

int raw_main(int argc, char **argv, char **environment)
{
	long count = 0;

	if (argc < 3) {
		return 64;
	}
	for (const char *digit = argv[1]; *digit; digit++) {
		count = count * 10 + (*digit - '0');
	}
	while (count-- > 0) {
		long pid = raw_call(__NR_vfork, 0, 0, 0, 0);

		if (pid == 0) {
			raw_call(
				__NR_execve, (long)argv[2], (long)(argv + 2), (long)environment, 0);
			raw_call(__NR_exit, 127, 0, 0, 0);
		}
	}
	while (raw_call(__NR_wait4, -1, 0, 0, 0) > 0) {
	}
	return 0;
}
