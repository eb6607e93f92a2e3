/* SPDX-License-Identifier: MIT */
#include "host-launcher/doctor/probe_report.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/buffer.h"
#include "host-launcher/plan/plan.h"

enum {
	LINE_MAX_LENGTH = 64,
};

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "capabilities", offsetof(struct probe_report, capabilities) },
	{ "mount", offsetof(struct probe_report, mount) },
	{ "overlay", offsetof(struct probe_report, overlay) },
	{ "mknod", offsetof(struct probe_report, mknod) },
	{ "chroot", offsetof(struct probe_report, chroot) },
	{ "chown", offsetof(struct probe_report, chown) },
	{ "open_files", offsetof(struct probe_report, open_files) },
	{ "loop_control", offsetof(struct probe_report, loop_control) },
	{ "clock_s", offsetof(struct probe_report, clock_s) },
};

enum {
	FIELD_COUNT = sizeof(fields) / sizeof(fields[0]),
};

static int64_t *slot_of(struct probe_report *report, size_t i)
{
	return (int64_t *)(void *)((char *)report + fields[i].offset);
}

static void take_line(struct probe_report *report, const char *line)
{
	size_t length = strcspn(line, " ");
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (strlen(fields[i].name) != length ||
			strncmp(fields[i].name, line, length) != 0) {
			continue;
		}
		char *end;
		errno = 0;
		long long value = strtoll(line + length, &end, 10);
		if (!errno && !*end && end > line + length + 1 && value >= 0) {
			*slot_of(report, i) = value;
		}
	}
}

int probe_report_parse(const char *text, size_t length, struct probe_report *ret_report)
{
	struct probe_report report;
	bool whole = false;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		*slot_of(&report, i) = -1;
	}
	const char *end = text + length;
	while (text < end && !whole) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t line_length = (size_t)((newline ? newline : end) - text);
		char line[LINE_MAX_LENGTH + 1] = "";
		if (newline && line_length <= LINE_MAX_LENGTH) {
			memcpy(line, text, line_length);
			whole = strcmp(line, "end 0") == 0;
			take_line(&report, line);
		}
		text += line_length + 1;
	}
	if (!whole) {
		return -EPROTO;
	}
	*ret_report = report;
	return 0;
}

int probe_capability(const char *name)
{
	static const struct {
		const char *name;
		int bit;
	} known[] = {
		{ "CHOWN", CAP_CHOWN },
		{ "DAC_OVERRIDE", CAP_DAC_OVERRIDE },
		{ "FOWNER", CAP_FOWNER },
		{ "FSETID", CAP_FSETID },
		{ "KILL", CAP_KILL },
		{ "MKNOD", CAP_MKNOD },
		{ "SETFCAP", CAP_SETFCAP },
		{ "SETGID", CAP_SETGID },
		{ "SETUID", CAP_SETUID },
		{ "SYS_ADMIN", CAP_SYS_ADMIN },
		{ "SYS_CHROOT", CAP_SYS_CHROOT },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, name) == 0) {
			return known[i].bit;
		}
	}
	return -1;
}

char *probe_report_missing(const struct probe_report *report)
{
	struct buffer names = { 0 };
	size_t count;
	const char *const *wanted = plan_capabilities(&count);
	for (size_t i = 0; i < count; i++) {
		int bit = probe_capability(wanted[i]);
		bool has = report->capabilities >= 0 && bit >= 0 &&
			   ((uint64_t)report->capabilities >> bit & 1);
		if (!has) {
			buffer_printf(&names, "%sCAP_%s", names.length ? ", " : "", wanted[i]);
		}
	}
	return names.length ? buffer_steal(&names) : NULL;
}
