/* SPDX-License-Identifier: MIT */
/*
 * Linked into a berth-init of its own (-Wl,--wrap=): the wall clock is set by a day forth or back
 * each time that anybody looks at it. There are no namespaces for it, and the machine's is not
 * ours.
 */
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	DAY_S = 86400,
};

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __real_gettimeofday(struct timeval *ret_time, void *zone);
int __wrap_gettimeofday(struct timeval *ret_time, void *zone);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static time_t jump(void)
{
	static unsigned looks;
	static const time_t jumps[] = { DAY_S, 0, -DAY_S, DAY_S, -DAY_S };

	return jumps[looks++ % (sizeof(jumps) / sizeof(jumps[0]))];
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	int r = __real_clock_gettime(clock, ret_time);

	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
		ret_time->tv_sec += jump();
	}
	return r;
}

int __wrap_gettimeofday(struct timeval *ret_time, void *zone)
{
	int r = __real_gettimeofday(ret_time, zone);

	ret_time->tv_sec += jump();
	return r;
}

/* libev asks the kernel itself. */
long __wrap_syscall(long number, ...)
{
	long a[6];
	va_list arguments;

	va_start(arguments, number);
	for (int i = 0; i < 6; i++) {
		a[i] = va_arg(arguments, long);
	}
	va_end(arguments);
	if (number == SYS_clock_gettime) {
		/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
		return __wrap_clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
	}
	return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
