/* SPDX-License-Identifier: MIT */
#pragma once

/* The % specifiers of systemd.unit(5). Blocks on small files of the system only. */

#include <stdio.h>

#include "conf/service_config.h"

/* Writes what `%letter` stands for. Returns 1, 0 if there is no such specifier, or -errno if the
 * system does not have what it stands for. */

/* Of the service: its names. */
int specifier_put_service(const struct service_config *service, char letter, FILE *out);

/* Of the system and of whoever runs berth-init. */
int specifier_put_host(char letter, FILE *out);
