/* SPDX-License-Identifier: MIT */
/* An expression and, behind a NUL, the text that it is tried on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pattern pattern;
	const char *why = NULL;
	char expression[1024];
	const char *end = memchr(data, '\0', size);
	size_t length = end ? (size_t)(end - (const char *)data) : size;

	if (length >= sizeof(expression)) {
		return 0;
	}
	memcpy(expression, data, length);
	expression[length] = '\0';
	int r = pattern_compile(expression, &pattern, &why);
	if (r < 0 && !why) {
		abort();
	}
	if (r == 0 && end) {
		pattern_matches(&pattern, end + 1, size - length - 1);
	}
	return 0;
}
