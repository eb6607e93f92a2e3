/* SPDX-License-Identifier: MIT */
/*
 * limit [-r] COUNT PROGRAM [ARGUMENT...]
 *
 * The floor: a PID 1 that does nothing but start the program that often, reap, start again what
 * ended (-r), and on SIGTERM end all and itself.
 */
#include <asm/unistd.h>
#include <linux/signal.h>
#include <linux/wait.h>

#include "tests/bench/raw.h"

static const unsigned long all = ~0UL, none = 0;

__attribute__((always_inline)) static inline void start(char **argv, char **environment)
{
	long pid = raw_call(__NR_vfork, 0, 0, 0, 0);

	if (pid == 0) {
		raw_call(__NR_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof(none));
		raw_call(__NR_execve, (long)argv[0], (long)argv, (long)environment, 0);
		raw_call(__NR_exit, 127, 0, 0, 0);
	}
}

static long number(const char *digit)
{
	long count = 0;

	for (; *digit; digit++) {
		count = count * 10 + (*digit - '0');
	}
	return count;
}

int raw_main(int argc, char **argv, char **environment)
{
	int again = argc > 1 && argv[1][0] == '-';
	int stopping = 0;

	if (argc < 3 + again) {
		return 64;
	}
	raw_call(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, 0, sizeof(all));
	for (long count = number(argv[1 + again]); count > 0; count--) {
		start(argv + 2 + again, environment);
	}
	for (;;) {
		long signal = raw_call(__NR_rt_sigtimedwait, (long)&all, 0, 0, sizeof(all));
		long pid;

		if (signal == SIGTERM) {
			stopping = 1;
			raw_call(__NR_kill, -1, SIGTERM, 0, 0);
		}
		while ((pid = raw_call(__NR_wait4, -1, 0, WNOHANG, 0)) > 0) {
			if (again && !stopping) {
				start(argv + 2 + again, environment);
			}
		}
		if (pid < 0) {
			return 0;
		}
	}
}
