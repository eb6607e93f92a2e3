/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The words in an engine's error response: JSON {"message"} (Docker), {"cause","message"}
 * (podman), plain text or nothing at all.
 */

#include <stddef.h>

/* One line, never empty. Owned by the caller. */
char *engine_error_text(const char *body, size_t length);
