/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

static void reserve(struct buffer *buffer, size_t extra)
{
	size_t needed = buffer->length + extra + 1;
	if (needed <= buffer->capacity) {
		return;
	}
	size_t capacity = buffer->capacity ? buffer->capacity : 256;
	while (capacity < needed) {
		capacity *= 2;
	}
	buffer->data = alloc_resize(buffer->data, capacity, 1);
	buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
	reserve(buffer, length);
	if (length) {
		memcpy(buffer->data + buffer->length, bytes, length);
	}
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length > 0) {
		reserve(buffer, (size_t)length);
		vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
		buffer->length += (size_t)length;
	}
	va_end(again);
}

void buffer_consume(struct buffer *buffer, size_t length)
{
	if (length >= buffer->length) {
		buffer->length = 0;
	} else if (length) {
		memmove(buffer->data, buffer->data + length, buffer->length - length);
		buffer->length -= length;
	}
	if (buffer->data) {
		buffer->data[buffer->length] = '\0';
	}
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

char *buffer_steal(struct buffer *buffer)
{
	char *text = buffer->data ? buffer->data : alloc_copy("");
	*buffer = (struct buffer) { 0 };
	return text;
}

void buffer_finish(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer) { 0 };
}
