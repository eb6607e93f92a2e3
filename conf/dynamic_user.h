/* SPDX-License-Identifier: MIT */
#pragma once

/* DynamicUser= of systemd.exec(5): the name and the number of the user that such a service has. */

#include "conf/service_config.h"

/* Fills in what DynamicUser= implies, for all services of a set: User= by the service's name, a
 * number of its own from systemd's range, by a hash of that name, and NoNewPrivileges=. Services
 * with the same name of a user share it. */
void conf_dynamic_users(struct conf_set *set);
