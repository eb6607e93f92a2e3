/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/alloc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/failure.h"

static void *require(void *memory)
{
	if (!memory) {
		static const char message[] = "berth: error: out of memory\n";
		ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
		(void)ignored;
		_exit(EXIT_INTERNAL);
	}
	return memory;
}

void *alloc_zero(size_t count, size_t size)
{
	/* calloc(0) may give NULL without being out of memory. */
	return require(calloc(count ? count : 1, size));
}

void *alloc_resize(void *memory, size_t count, size_t size)
{
	return require(reallocarray(memory, count ? count : 1, size));
}

char *alloc_copy(const char *text)
{
	return require(strdup(text));
}

char *alloc_copy_range(const char *text, size_t length)
{
	return require(strndup(text, length));
}

char *alloc_printf(const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return require(length < 0 ? NULL : text);
}

void alloc_freep(void *pointer)
{
	free(*(void **)pointer);
}

void alloc_closep(const int *fd)
{
	if (*fd >= 0) {
		int saved = errno;
		close(*fd);
		errno = saved;
	}
}
