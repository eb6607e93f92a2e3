/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/duplex_head.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* What the status line begins with; d is a digit. */
static const char shape[] = "HTTP/d.d ddd";

enum {
	SHAPE_LENGTH = sizeof(shape) - 1,
	STATUS_AT = SHAPE_LENGTH - 3,
	STATUS_LEAST = 100,
};

static int check_shape(const char *data, size_t length)
{
	for (size_t i = 0; i < SHAPE_LENGTH && i < length; i++) {
		int fits = shape[i] == 'd' ? isdigit((unsigned char)data[i]) : data[i] == shape[i];
		if (!fits) {
			return -EPROTO;
		}
	}
	return 0;
}

int duplex_head_parse(const char *data, size_t length, size_t *ret_length, int *ret_status)
{
	static const char end[] = "\r\n\r\n";
	if (check_shape(data, length) < 0) {
		return -EPROTO;
	}
	size_t looked_at = length < DUPLEX_HEAD_MAX ? length : DUPLEX_HEAD_MAX;
	const char *found = memmem(data, looked_at, end, strlen(end));
	if (!found) {
		return length < DUPLEX_HEAD_MAX ? 0 : -EPROTO;
	}
	if ((size_t)(found - data) < SHAPE_LENGTH) {
		return -EPROTO;
	}
	const char *digits = data + STATUS_AT;
	int status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
	if (status < STATUS_LEAST || isdigit((unsigned char)data[SHAPE_LENGTH])) {
		return -EPROTO;
	}
	*ret_length = (size_t)(found - data) + strlen(end);
	*ret_status = status;
	return 1;
}
