/* SPDX-License-Identifier: MIT */
#include "services/environment_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLANKS " \t\r"

struct cursor {
	const char *at;
	const char *end;
};

static bool more(const struct cursor *c)
{
	return c->at < c->end;
}

static void skip_blanks(struct cursor *c)
{
	while (more(c) && *c->at && strchr(BLANKS "\n", *c->at)) {
		c->at++;
	}
}

/* To the end of the line; a backslash before it takes in the next. */
static void skip_line(struct cursor *c)
{
	while (more(c) && *c->at != '\n') {
		c->at += *c->at == '\\' && c->at + 1 < c->end ? 2 : 1;
	}
}

static size_t take_name(struct cursor *c, char *out)
{
	size_t length = 0;

	while (more(c) && *c->at != '=' && *c->at != '\n') {
		out[length++] = *c->at++;
	}
	while (length && strchr(BLANKS, out[length - 1])) {
		length--;
	}
	bool valid = more(c) && *c->at == '=' && length && !isdigit((unsigned char)out[0]);
	for (size_t i = 0; i < length; i++) {
		valid = valid && (isalnum((unsigned char)out[i]) || out[i] == '_');
	}
	return valid ? length : 0;
}

/* Behind the opening quote, to the closing one. In "" a backslash quotes `"`, `\`, `` ` ``, `$`. */
static size_t take_quoted(struct cursor *c, char quote, char *out)
{
	size_t length = 0;

	while (more(c) && *c->at != quote) {
		bool escape = quote == '"' && *c->at == '\\' && c->at + 1 < c->end;

		if (escape && c->at[1] == '\n') {
			c->at += 2;
			continue;
		}
		if (escape && strchr("\"\\`$", c->at[1])) {
			c->at++;
		}
		out[length++] = *c->at++;
	}
	c->at += more(c);
	return length;
}

static size_t take_value(struct cursor *c, char *out)
{
	size_t length = 0;
	size_t kept = 0; /* up to here blanks at the end stay: they were quoted */
	bool plain = false;

	while (more(c) && *c->at != '\n') {
		char byte = *c->at++;

		/* Quotes are such at the beginning and behind one another, else they are text. */
		if (!plain && (byte == '"' || byte == '\'')) {
			length += take_quoted(c, byte, out + length);
			kept = length;
			continue;
		}
		if (!plain && byte && strchr(BLANKS, byte)) {
			continue;
		}
		plain = true;
		if (byte == '\\' && more(c)) {
			byte = *c->at++;
			if (byte != '\n') {
				out[length++] = byte;
				kept = length;
			}
		} else {
			out[length++] = byte;
		}
	}
	while (length > kept && strchr(BLANKS, out[length - 1])) {
		length--;
	}
	return length;
}

int environment_file_parse(const char *text, size_t length,
	int (*take)(void *user, const char *assignment), void *user)
{
	struct cursor c = { text, text + length };
	/* What is taken never grows, so one buffer of the whole size serves all. */
	char *buffer = malloc(length + 2);
	int r = buffer ? 0 : -ENOMEM;

	for (skip_blanks(&c); r == 0 && more(&c); skip_blanks(&c)) {
		size_t used = 0;

		if (*c.at != '#' && *c.at != ';') {
			used = take_name(&c, buffer);
		}
		if (!used) {
			skip_line(&c);
			continue;
		}
		c.at++;
		buffer[used++] = '=';
		used += take_value(&c, buffer + used);
		buffer[used] = '\0';
		r = take(user, buffer);
	}
	free(buffer);
	return r;
}

int environment_file_read(
	const char *path, int (*take)(void *user, const char *assignment), void *user)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		return -errno;
	}
	int r = 0;
	if (fstat(fd, &st) < 0) {
		r = -errno;
	} else if (!S_ISREG(st.st_mode)) {
		r = -EINVAL;
	} else if (st.st_size > ENVIRONMENT_FILE_MAX) {
		r = -EFBIG;
	}
	size_t size = r == 0 ? (size_t)st.st_size : 0;
	char *text = malloc(size + 1);
	ssize_t length = text ? read(fd, text, size) : -1;
	if (r == 0 && length < 0) {
		r = text ? -errno : -ENOMEM;
	}
	close(fd);
	if (r == 0) {
		r = environment_file_parse(text, (size_t)length, take, user);
	}
	free(text);
	return r;
}
