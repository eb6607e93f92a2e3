/* SPDX-License-Identifier: MIT */
/*
 * strike PID SIGNAL [wait]: sends the signal, and writes the time before it, in ns, into the FIFO
 * $BENCH_FIFO; with `wait` the time at which the process was gone as well, 0 if it is still there
 * after 20 s.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	WAIT_MS = 20000,
};

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(int argc, char **argv)
{
	const char *path = getenv("BENCH_FIFO");
	FILE *out = argc > 2 && path ? fopen(path, "we") : NULL;

	if (!out) {
		fputs("usage: BENCH_FIFO=PATH strike PID SIGNAL [wait]\n", stderr);
		return 64;
	}
	pid_t pid = (pid_t)strtol(argv[1], NULL, 10);
	struct pollfd end = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	long long before = now_ns();

	if (end.fd < 0 || kill(pid, (int)strtol(argv[2], NULL, 10)) < 0) {
		perror(argv[1]);
		return 1;
	}
	int gone = argc > 3 ? poll(&end, 1, WAIT_MS) : 0;
	long long after = now_ns();

	fprintf(out, "%lld\n", before);
	if (argc > 3) {
		fprintf(out, "%lld\n", gone > 0 ? after : 0);
	}
	fclose(out);
	return 0;
}
