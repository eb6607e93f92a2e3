/* SPDX-License-Identifier: MIT */
#pragma once

/* Before=X.target of one service and After=X.target of another order the two (systemd.target(5)).
 * There need not be such a target, for it is nothing but this order. Pure. */

#include "conf/service_config.h"

/* Adds to each service After= those that are before the targets it is after. Returns 0 or -ENOMEM.
 */
int targets_hand_on(struct conf_set *set);
