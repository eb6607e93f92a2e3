/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A report as JUnit's XML, the dialect that Jenkins and GitLab read: a case for each phase of the
 * build, of which the last one fails when the build does; and one for the build as a whole. Pure.
 */

#include <jansson.h>

/* From report_data_make()'s object. Owned by the caller. */
char *report_junit_make(const json_t *report);
