/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which engine is meant: --engine, else what docker(1) itself would take (DOCKER_HOST,
 * DOCKER_CONTEXT, the current context of its configuration), else the first socket that there is.
 * https://docs.docker.com/engine/context/working-with-contexts/
 */

#include <stddef.h>

#include "host-launcher/engine/endpoint.h"

/* `given` is an URL, "docker", "podman", "context:NAME", or NULL. Reads the environment and
 * docker's files; opens no connection. Returns 0 and an endpoint that may be used and that the
 * caller finishes, or -1: EXIT_USAGE. */
int locate_engine(const char *given, struct endpoint *ret_endpoint, struct failure *failure);

/* The engine's URL out of the meta.json of docker's context `name`, owned by the caller; NULL, with
 * the failure told, where it names none. `path` is for the message. Pure. */
char *locate_read_context(const char *name, const char *path, const char *text, size_t length,
	struct failure *failure);
