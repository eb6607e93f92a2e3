/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A report in the Trace Event Format, which chrome://tracing and Perfetto show: the phases as
 * slices, memory and CPUs as counters. Pure.
 */

#include <jansson.h>

/* From report_data_make()'s object. Owned by the caller. */
char *report_trace_make(const json_t *report);
