/* SPDX-License-Identifier: MIT */
#include "host-launcher/state/owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum {
	BOOT_MAX = 40,
	/* proc(5): field 22 is starttime, the 20th after the name in parentheses. */
	FIELDS_BEFORE_START = 20,
};

static void read_boot(char boot[BOOT_MAX])
{
	FILE *file = fopen(BOOT_ID, "re");
	boot[0] = '\0';
	if (file) {
		if (fgets(boot, BOOT_MAX, file)) {
			boot[strcspn(boot, "\n")] = '\0';
		}
		fclose(file);
	}
}

/* "pid:[4026531836]" to its number; 0 where that cannot be read. */
static unsigned long long read_namespace(void)
{
	char link[64] = "";
	ssize_t length = readlink("/proc/self/ns/pid", link, sizeof(link) - 1);
	const char *digits = length > 0 ? strchr(link, '[') : NULL;
	return digits ? strtoull(digits + 1, NULL, 10) : 0;
}

/* In clock ticks since the boot; 0: there is no such process. */
static unsigned long long read_start(long pid)
{
	char text[1024] = "";
	autofree char *path = alloc_printf("/proc/%ld/stat", pid);
	FILE *file = fopen(path, "re");
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	if (file) {
		fclose(file);
	}
	text[length] = '\0';
	/* A program's name may have parentheses and blanks in it. */
	const char *at = strrchr(text, ')');
	for (int i = 0; at && i < FIELDS_BEFORE_START; i++) {
		at = strchr(at + 1, ' ');
	}
	return at ? strtoull(at, NULL, 10) : 0;
}

char *owner_self(void)
{
	char boot[BOOT_MAX];
	read_boot(boot);
	long pid = (long)getpid();
	return alloc_printf("%s/%llu/%ld/%llu", boot, read_namespace(), pid, read_start(pid));
}

enum owner_verdict owner_judge(const char *text)
{
	char boot[BOOT_MAX];
	unsigned long long namespace = read_namespace();
	read_boot(boot);
	size_t length = strlen(boot);
	if (!text || !length || !namespace || strncmp(text, boot, length) != 0 ||
		text[length] != '/') {
		return OWNER_ELSEWHERE;
	}
	char *end;
	if (strtoull(text + length + 1, &end, 10) != namespace || *end != '/') {
		return OWNER_ELSEWHERE;
	}
	long pid = strtol(end + 1, &end, 10);
	if (pid <= 0 || *end != '/') {
		return OWNER_ELSEWHERE;
	}
	unsigned long long start = strtoull(end + 1, NULL, 10);
	return start && read_start(pid) == start ? OWNER_ALIVE : OWNER_GONE;
}
