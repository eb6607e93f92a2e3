/* SPDX-License-Identifier: MIT */
/* stamp PROGRAM [ARGUMENT...]: writes the time, in ns, into the FIFO $BENCH_FIFO and becomes the
 * program. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *path = getenv("BENCH_FIFO");
	FILE *out = argc > 1 && path ? fopen(path, "we") : NULL;
	struct timespec now;

	if (!out) {
		fputs("usage: BENCH_FIFO=PATH stamp PROGRAM [ARGUMENT...]\n", stderr);
		return 64;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	fprintf(out, "%lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
	fclose(out);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
