/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/samples.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void feed(struct samples *samples, const char *text, int64_t now_ms)
{
	samples_feed(samples, text, strlen(text), now_ms);
}

static void feed_cpu(struct samples *samples, unsigned long long cpu_ns, int64_t now_ms)
{
	char line[200];
	snprintf(line, sizeof(line),
		"{\"memory_stats\":{\"usage\":1000,\"stats\":{\"inactive_file\":400}},"
		"\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":%llu}}}\n",
		cpu_ns);
	feed(samples, line, now_ms);
}

Test(samples, memory_without_what_can_be_dropped_and_cpus_by_the_clock)
{
	static struct samples samples;
	feed_cpu(&samples, 5000000000, 1000);
	feed_cpu(&samples, 6500000000, 2000);
	cr_assert_eq(samples.count, 2);
	cr_assert_eq(samples.items[0].memory, 600);
	cr_assert_float_eq(samples.items[0].cpus, 0, 1e-9);
	cr_assert_float_eq(samples.items[1].cpus, 1.5, 1e-9);
	cr_assert_eq(samples.memory_peak, 600);
	samples_finish(&samples);
}

Test(samples, blocks_of_all_devices)
{
	static struct samples samples;
	feed(&samples,
		"{\"memory_stats\":{\"usage\":1},\"blkio_stats\":{\"io_service_bytes_recursive\":["
		"{\"op\":\"Read\",\"value\":1},{\"op\":\"write\",\"value\":5},"
		"{\"op\":\"Read\",\"value\":2},{\"op\":\"Sync\",\"value\":9}]}}\n",
		1);
	cr_assert_eq(samples.last.read, 3);
	cr_assert_eq(samples.last.written, 5);
	samples_finish(&samples);
}

Test(samples, nonsense_is_skipped)
{
	static struct samples samples;
	static char endless[SAMPLES_LINE_MAX];
	memset(endless, 'x', sizeof(endless));
	feed(&samples, "\n{}\n[]\n{\"memory_stats\":7}\n{\"memory_stats\":{}}\nnull\n", 1);
	samples_feed(&samples, endless, sizeof(endless), 2);
	samples_feed(&samples, endless, sizeof(endless), 2);
	cr_assert_eq(samples.count, 0);
	feed(&samples, "\n", 2);
	feed_cpu(&samples, 1, 3);
	cr_assert_eq(samples.count, 1);
	samples_finish(&samples);
}

Test(samples, a_long_build_keeps_a_curve_of_bounded_length)
{
	static struct samples samples;
	for (int i = 0; i < 10 * SAMPLES_MAX; i++) {
		feed_cpu(&samples, (unsigned long long)i * 1000000, i * 1000LL);
	}
	cr_assert_lt(samples.count, SAMPLES_MAX);
	cr_assert_geq(samples.count, SAMPLES_MAX / 4);
	for (size_t i = 1; i < samples.count; i++) {
		cr_assert_gt(samples.items[i].at_ms, samples.items[i - 1].at_ms);
	}
	samples_finish(&samples);
}
