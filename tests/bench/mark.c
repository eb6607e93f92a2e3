/* SPDX-License-Identifier: MIT */
/* The service: writes the time of its first instruction, in ns, into the FIFO $BENCH_FIFO or its
 * argument, and lives on. Built with ORPHANS, it first leaves that many processes to the init. */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/time.h>

#include "tests/bench/raw.h"

static const char variable[] = "BENCH_FIFO=";

static const char *fifo_path(char **argv, char **environment)
{
	for (; *environment; environment++) {
		size_t i = 0;

		while (variable[i] && (*environment)[i] == variable[i]) {
			i++;
		}
		if (!variable[i]) {
			return *environment + i;
		}
	}
	return argv[1] ? argv[1] : "";
}

#ifdef ORPHANS
static void leave_orphans(void)
{
	for (int i = 0; i < ORPHANS; i++) {
		long pid = raw_call(__NR_fork, 0, 0, 0, 0);

		if (pid == 0) {
			raw_call(__NR_fork, 0, 0, 0, 0);
			raw_call(__NR_exit, 0, 0, 0, 0);
		}
		raw_call(__NR_wait4, pid, 0, 0, 0);
	}
}
#endif

int raw_main(int argc, char **argv, char **environment)
{
	struct {
		long seconds, nanoseconds;
	} now = { 0 };
	char line[24];
	size_t at = sizeof(line);

	(void)argc;
#ifdef ORPHANS
	leave_orphans();
#endif
	raw_call(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0);
	line[--at] = '\n';
	for (long rest = now.seconds * 1000000000 + now.nanoseconds; rest; rest /= 10) {
		line[--at] = (char)('0' + rest % 10);
	}
	long fd = raw_call(__NR_open, (long)fifo_path(argv, environment), O_WRONLY, 0, 0);

	if (fd < 0) {
		return 1;
	}
	raw_call(__NR_write, fd, (long)(line + at), (long)(sizeof(line) - at), 0);
	raw_call(__NR_close, fd, 0, 0, 0);
	for (;;) {
		raw_call(__NR_pause, 0, 0, 0, 0);
	}
}
