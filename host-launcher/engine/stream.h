/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Docker's multiplexed stream of an attached container without a terminal: frames of an 8-byte
 * header (stream, three zero bytes, big-endian length) and that many bytes. Incremental and pure;
 * frames may come split anywhere. https://docs.docker.com/engine/api/ (ContainerAttach)
 */

#include <stddef.h>
#include <stdint.h>

enum stream_source {
	STREAM_STDIN = 0,
	STREAM_STDOUT = 1,
	STREAM_STDERR = 2,
	STREAM_SYSTEM_ERROR = 3, /* the engine's own words */
};

/* Zero-initialise before first use. */
struct stream {
	unsigned char header[8];
	size_t header_length;
	uint32_t left; /* of the current frame */
};

/* Gets a frame's bytes, in as many pieces as they come. */
typedef void stream_sink(enum stream_source source, const char *data, size_t length, void *user);

/* Takes all of `data`. Returns 0, or -EPROTO at the first byte that cannot belong to a frame's
 * header; what came before it was handed on. */
int stream_feed(
	struct stream *stream, const char *data, size_t length, stream_sink *sink, void *user);

/* Whether the bytes so far end between two frames. */
int stream_at_boundary(const struct stream *stream);
