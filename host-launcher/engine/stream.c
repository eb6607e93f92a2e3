/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/stream.h"

#include <errno.h>

static int header_byte(struct stream *stream, unsigned char byte)
{
	if (stream->header_length == 0 && byte > STREAM_SYSTEM_ERROR) {
		return -EPROTO;
	}
	if (stream->header_length >= 1 && stream->header_length <= 3 && byte != 0) {
		return -EPROTO;
	}
	stream->header[stream->header_length++] = byte;
	if (stream->header_length == sizeof(stream->header)) {
		stream->header_length = 0;
		stream->left = (uint32_t)stream->header[4] << 24 |
			       (uint32_t)stream->header[5] << 16 |
			       (uint32_t)stream->header[6] << 8 | (uint32_t)stream->header[7];
	}
	return 0;
}

int stream_feed(
	struct stream *stream, const char *data, size_t length, stream_sink *sink, void *user)
{
	while (length) {
		if (stream->left == 0) {
			int rc = header_byte(stream, (unsigned char)*data);
			if (rc < 0) {
				return rc;
			}
			data++;
			length--;
			continue;
		}
		size_t piece = length < stream->left ? length : stream->left;
		sink((enum stream_source)stream->header[0], data, piece, user);
		stream->left -= (uint32_t)piece;
		data += piece;
		length -= piece;
	}
	return 0;
}

int stream_at_boundary(const struct stream *stream)
{
	return stream->left == 0 && stream->header_length == 0;
}
