/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A report as one page of HTML that needs nothing else, no network either: report_page.html with
 * the report and the log in it. Pure.
 */

#include <jansson.h>
#include <stdint.h>

/* From report_data_make()'s object. `log` is the end of the log, of any bytes, and begins
 * `log_offset` bytes into it. Owned by the caller. */
char *report_html_make(const json_t *report, const char *log, uint64_t log_offset);
