/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the probe (probe.c) found in a container with the capabilities of a build: lines of a name
 * and a number. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What of mount(2) and so on came out: 0, or the errno value. -1: the probe did not say. */
struct probe_report {
	int64_t capabilities; /* the effective ones, as bits */
	int64_t mount;        /* a tmpfs, in a mount namespace of its own */
	int64_t overlay;      /* with its upper layer on a volume */
	int64_t mknod;        /* a device node on a volume */
	int64_t chroot;
	int64_t chown;
	int64_t open_files;   /* the limit */
	int64_t loop_control; /* opening it */
	int64_t clock_s;      /* seconds since 1970 */
};

/* Takes what a container wrote. Lines that it does not know are passed over. Returns 0, or -EPROTO
 * where the report is not whole: its last line, "end 0", is missing. */
int probe_report_parse(const char *text, size_t length, struct probe_report *ret_report);

/* The bit of a capability of capabilities(7), by its name without CAP_; -1: not known. */
int probe_capability(const char *name);

/* The capabilities that a build gets and `report` lacks, as "CAP_SYS_ADMIN, CAP_MKNOD"; NULL: none
 * is missing. The caller frees it. */
char *probe_report_missing(const struct probe_report *report);
