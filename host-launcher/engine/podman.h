/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where podman means something else by Docker's API than Docker does (podman-run(1), --volume and
 * --tmpfs; seen with podman 4.3). Pure.
 */

#include <jansson.h>
#include <stdbool.h>

/* Changes the body of `POST /containers/create` so that podman makes of it what Docker would:
 * volumes take devices and set-user-ID programs, which debootstrap needs, and a tmpfs begins empty,
 * where podman copies into it what it covers. */
void podman_adapt_body(json_t *body);

/* The same for mounts that were added to such a body: folders with a comma or a quote in their
 * names are told where podman does not split at those. */
void podman_adapt_mounts(json_t *body);

/* Not a folder that has a colon in its name besides. */
bool podman_can_mount(const char *path);

/* Changes the "HostConfig" that podman tells of a container so that it takes it for another one. */
void podman_adapt_told(json_t *host_config);
