/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which engine is meant: --engine, else what docker(1) itself would take (DOCKER_HOST,
 * DOCKER_CONTEXT, the current context of its configuration), else the first socket that there is.
 * https://docs.docker.com/engine/context/working-with-contexts/
 */

#include "host-launcher/endpoint.h"

/* `given` is an URL, "docker", "podman", "context:NAME", or NULL. Reads the environment and
 * docker's files; opens no connection. Returns 0 and an endpoint that may be used and that the
 * caller finishes, or -1: EXIT_USAGE. */
int locate_engine(const char *given, struct endpoint *ret_endpoint, struct failure *failure);
