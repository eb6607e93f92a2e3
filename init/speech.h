/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a service says through its notify socket, who may say it (NotifyAccess= of
 * systemd.service(5)), and what it comes to: events of the service, and texts for people.
 */

#include "init/manager.h"

/* For a service that may speak; others have none. Returns 0 or -ENOMEM. */
int speech_init(struct unit *unit, const struct service_config *config);
void speech_finish(struct unit *unit);

/* The socket for NOTIFY_SOCKET=, made when first asked for; NULL where nobody may speak or it
 * cannot be made, which is told. */
const char *speech_path(struct unit *unit);

/* Takes all that is said by now, within a bound, and posts its events. Does not block. */
void speech_hear(struct unit *unit);

/* What of that lasts until the next main process; all unset where nothing was said. */
const struct notify_message *speech_said(const struct unit *unit);

/* A new main process begins: what the last one said is over. */
void speech_forget(struct unit *unit);
