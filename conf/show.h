/* SPDX-License-Identifier: MIT */
#pragma once

/* The configuration as it counts in the end, each value with where it came from. */

#include <stdio.h>

#include "conf/origins.h"

/* As INI text with the origin as a comment behind each value: FILE:LINE, or "default". `origins`
 * were sorted by conf_origins_check(). */
void conf_show(const struct conf_set *set, const struct conf_origins *origins, FILE *out);

/* As a JSON object; the format is documented in berth-init(8). */
void conf_show_json(const struct conf_set *set, const struct conf_origins *origins, FILE *out);

/* The dependencies for dot(1), in the colours of systemd-analyze dot. */
void conf_show_graph(const struct conf_set *set, FILE *out);
