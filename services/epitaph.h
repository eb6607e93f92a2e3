/* SPDX-License-Identifier: MIT */
#pragma once

/* What ExecStop= and ExecStopPost= get to know of the end: SERVICE_RESULT, EXIT_CODE and
 * EXIT_STATUS of systemd.exec(5). Pure. */

#include "services/service.h"

enum {
	EPITAPH_MAX = 3,
};

struct epitaph {
	char texts[EPITAPH_MAX][40];
	char *items[EPITAPH_MAX + 1]; /* NAME=VALUE into `texts`, NULL at the end */
};

/* None for a service that is not on its way down. EXIT_ is left out while no main process of this
 * run has ended. */
void epitaph_write(struct epitaph *epitaph, const struct service *service);
