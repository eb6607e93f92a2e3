/* SPDX-License-Identifier: MIT */
#pragma once

/* The handlers of the table in state.c that are elsewhere. */

#include "services/enter.h"

typedef void handler(struct step *step, const struct service_event *event);

/* The main process may end while ExecStartPost= or ExecReload= runs: remembered until that is
 * done. */
handler note_main_exit;

handler forking_control_exit;
handler forking_main_found;
handler forking_main_missing;
handler forking_empty;

handler stop_start;
handler stop_running;
handler restart_start;
handler restart_running;
handler restart_stopping;
handler stop_by_itself;
handler stop_waiting;
handler stop_again;
handler stop_main_exit;
handler stop_control_exit;
handler stop_signal_gone;
handler stop_timeout;
handler stop_watchdog_timeout;
handler stop_sigterm_timeout;
handler stop_sigkill_timeout;
handler stop_post_control_exit;
handler stop_post_timeout;
handler final_exit;
handler final_watchdog_timeout;
handler final_sigterm_timeout;
handler final_sigkill_timeout;
handler kill_now;
handler kill_final;
