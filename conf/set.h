/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What loading puts into a conf_set: services and the other names that they have, found by name in
 * constant time however many there are. For those who load; others see conf/service_config.h.
 */

#include "conf/service_config.h"

/* The length of a service's name without ".service". */
size_t conf_bare_length(const char *name);

/* Adds a service with systemd's defaults; its name, which is copied, must be new to the set. The
 * place's file must live as long as the set. NULL without memory. */
struct service_config *conf_set_add(
	struct conf_set *set, const char *name, const struct conf_place *place);

/* Another name for the service at `index`. A service's own name goes before; one that two services
 * claim is nobody's. To be called when all services are there. Returns 0 or -ENOMEM. */
int conf_set_alias(struct conf_set *set, const char *name, size_t index);
