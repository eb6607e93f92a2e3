/* SPDX-License-Identifier: MIT */
/* ConditionCPUFeature=: the names of systemd.unit(5), by the bits of cpuid. */
#include <string.h>
#include <strings.h>

#include "services/condition_tests.h"

#if defined(__x86_64__) || defined(__i386__)

#include <cpuid.h>

enum cpu_register {
	EAX,
	EBX,
	ECX,
	EDX,
};

struct leaf {
	unsigned number;
	enum cpu_register from;
	const char *names[32]; /* by the bit */
};

static const struct leaf leaves[] = {
	{ 1, EDX,
		{ "fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce", "cx8",
			"apic", [11] = "sep", "mtrr", "pge", "mca", "cmov", "pat",
			"pse36", [19] = "clflush", [23] = "mmx", "fxsr", "sse",
			"sse2", [28] = "ht" } },
	{ 1, ECX,
		{ "pni", "pclmul", [3] = "monitor", [9] = "ssse3", [12] = "fma3",
			"cx16", [19] = "sse4_1", "sse4_2", [22] = "movbe", "popcnt", [25] = "aes",
			"xsave", "osxsave", "avx", "f16c", "rdrand" } },
	{ 7, EBX,
		{ [3] = "bmi1",
			[5] = "avx2",
			[8] = "bmi2",
			[18] = "rdseed",
			"adx",
			[29] = "sha_ni" } },
	{ 0x80000001, EDX, { [11] = "syscall", [27] = "rdtscp", [29] = "lm" } },
	{ 0x80000001, ECX, { [0] = "lahf_lm", [5] = "abm" } },
	{ 0x80000007, EDX, { [8] = "constant_tsc" } },
};

int condition_cpu_feature(const char *parameter, char *const *environment)
{
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		unsigned value[4] = { 0 };

		for (unsigned bit = 0; bit < 32; bit++) {
			const char *name = leaves[i].names[bit];

			if (name && strcasecmp(name, parameter) == 0) {
				__get_cpuid_count(leaves[i].number, 0, &value[EAX], &value[EBX],
					&value[ECX], &value[EDX]);
				return (int)(value[leaves[i].from] >> bit & 1);
			}
		}
	}
	return 0;
}

#else

/* systemd knows features of these processors alone. */
int condition_cpu_feature(const char *parameter, char *const *environment)
{
	return 0;
}

#endif
