/* SPDX-License-Identifier: MIT */
/*
 * Linked into a berth of its own (-Wl,--wrap=): its clock goes fast, and it waits for as much less,
 * so that a limit of half an hour is over in seconds. libcurl's own limits stay as they are.
 */
#include <curl/curl.h>
#include <time.h>

enum {
	TIMES = 200,
	MS_PER_S = 1000,
	NS_PER_MS = 1000000,
};

int __real_clock_gettime(clockid_t clock, struct timespec *ret_time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);
CURLMcode __real_curl_multi_poll(
	CURLM *multi, struct curl_waitfd *fds, unsigned count, int timeout_ms, int *ret_number);
CURLMcode __wrap_curl_multi_poll(
	CURLM *multi, struct curl_waitfd *fds, unsigned count, int timeout_ms, int *ret_number);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	static long long begun_ms;
	int r = __real_clock_gettime(clock, ret_time);

	if (clock == CLOCK_MONOTONIC) {
		long long now_ms = ret_time->tv_sec * MS_PER_S + ret_time->tv_nsec / NS_PER_MS;

		begun_ms = begun_ms ? begun_ms : now_ms;
		now_ms = begun_ms + (now_ms - begun_ms) * TIMES;
		ret_time->tv_sec = now_ms / MS_PER_S;
		ret_time->tv_nsec = now_ms % MS_PER_S * NS_PER_MS;
	}
	return r;
}

CURLMcode __wrap_curl_multi_poll(
	CURLM *multi, struct curl_waitfd *fds, unsigned count, int timeout_ms, int *ret_number)
{
	/* Not none at all, where it is not over. */
	int hurried_ms = (timeout_ms + TIMES - 1) / TIMES;

	return __real_curl_multi_poll(multi, fds, count, hurried_ms, ret_number);
}
