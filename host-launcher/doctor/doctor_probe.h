/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Tries an engine: a container with the capabilities of a build, of an image that holds nothing but
 * berth-probe, is run, heard and removed, with its volume and image.
 */

#include "host-launcher/doctor/probe_report.h"
#include "host-launcher/engine/engine.h"

/* Blocks until the container ended; a signal ends it early (EXIT_SIGNAL_BASE + n). Returns 0, or
 * -1: EXIT_CANNOT_START, EXIT_ENGINE_LOST and what engines answer. */
int doctor_probe(struct engine *engine, struct probe_report *ret_report, struct failure *failure);
