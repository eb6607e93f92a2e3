/* SPDX-License-Identifier: MIT */
/*
 * An engine that does not exist: it speaks as much of Docker's API as a build needs, splits what it
 * sends at every byte when told so, and goes wrong on request. One thread a connection, one request
 * a connection. usage: fake_engine SOCKET RECORD [KEY=VALUE...]; see fake_engine.h
 */
#include "tests/integration/fake_engine.h"

#include <err.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct connection {
	struct fake *fake;
	int fd;
};

const char *fake_value(const struct fake *fake, const char *key)
{
	size_t length = strlen(key);
	for (char **at = fake->arguments; *at; at++) {
		if (strncmp(*at, key, length) == 0 && (*at)[length] == '=') {
			return *at + length + 1;
		}
	}
	return NULL;
}

const char *fake_fault(struct fake *fake, const char *key)
{
	const char *value = fake_value(fake, key);
	if (!value || value[strlen(value) - 1] == '!') {
		return value;
	}
	pthread_mutex_lock(&fake->lock);
	for (size_t i = 0; value && i < sizeof(fake->answered) / sizeof(fake->answered[0]); i++) {
		char *slot = fake->answered[i];
		if (strcmp(slot, key) == 0) {
			value = NULL;
		} else if (!*slot) {
			snprintf(slot, sizeof(fake->answered[0]), "%s", key);
			break;
		}
	}
	pthread_mutex_unlock(&fake->lock);
	return value;
}

/* Until the other side has read everything. */
static bool await_reader(int fd)
{
	int left = 0;
	while (ioctl(fd, SIOCOUTQ, &left) == 0 && left > 0) {
		char byte;
		if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
			return false;
		}
		sched_yield();
	}
	return true;
}

bool fake_send(const struct fake *fake, int fd, const void *data, size_t length)
{
	const char *at = data;
	while (length) {
		ssize_t done = send(fd, at, fake->split ? 1 : length, MSG_NOSIGNAL);
		if (done <= 0 || (fake->split && !await_reader(fd))) {
			return false;
		}
		at += done;
		length -= (size_t)done;
	}
	return true;
}

bool fake_say(const struct fake *fake, int fd, const char *text)
{
	return fake_send(fake, fd, text, strlen(text));
}

void fake_reply(const struct fake *fake, int fd, const char *status, const char *body)
{
	char head[200];
	snprintf(head, sizeof(head),
		"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", status,
		strlen(body));
	if (fake_say(fake, fd, head)) {
		fake_say(fake, fd, body);
	}
}

/* Reads a request's head and skips its body. Returns false at the end of the connection. */
static bool read_request(int fd, char *head, size_t size)
{
	size_t length = 0;
	while (length + 1 < size && read(fd, head + length, 1) == 1) {
		head[++length] = '\0';
		if (length >= 4 && strcmp(head + length - 4, "\r\n\r\n") == 0) {
			const char *field = strcasestr(head, "\r\nContent-Length:");
			long left =
				field ? strtol(field + strlen("\r\nContent-Length:"), NULL, 10) : 0;
			char chunk[4096];
			while (left > 0) {
				ssize_t got = read(fd, chunk,
					left < (long)sizeof(chunk) ? (size_t)left : sizeof(chunk));
				if (got <= 0) {
					return false;
				}
				left -= got;
			}
			return true;
		}
	}
	return false;
}

static void *serve(void *user)
{
	struct connection *connection = user;
	static const size_t size = 16384;
	char *head = calloc(1, size);
	char method[16];
	char path[2048];
	if (head && read_request(connection->fd, head, size) &&
		sscanf(head, "%15s %2047s", method, path) == 2) {
		dprintf(connection->fake->record, "%s %s\n", method, path);
		fake_answer(connection->fake, connection->fd, method, path);
	}
	close(connection->fd);
	free(head);
	free(connection);
	return NULL;
}

static char *make_lines(long count, size_t *ret_length)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_length);
	for (long i = 1; stream && i <= count; i++) {
		fprintf(stream, "%ld\n", i);
	}
	if (!stream || fclose(stream) != 0) {
		err(1, "no memory");
	}
	return text;
}

static void set_log(struct fake *fake)
{
	const char *lines = fake_value(fake, "lines");
	if (lines) {
		fake->log = make_lines(strtol(lines, NULL, 10), &fake->log_length);
		return;
	}
	fake->log = fake_value(fake, "log");
	fake->log = fake->log ? fake->log : "";
	fake->log_length = strlen(fake->log);
}

/* It has its name once it takes connections: that is what is waited for. */
static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof(address.sun_path), "%s.new", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(fd, 64) < 0 || rename(address.sun_path, path) < 0) {
		err(1, "%s", path);
	}
	return fd;
}

int main(int argc, char **argv)
{
	static struct fake fake = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
	};
	if (argc < 3) {
		errx(2, "usage: fake_engine SOCKET RECORD [KEY=VALUE...]");
	}
	signal(SIGPIPE, SIG_IGN);
	fake.arguments = argv + 3;
	fake.split = fake_value(&fake, "split");
	fake.single = fake_value(&fake, "single");
	fake.record = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	set_log(&fake);
	int listener = listen_at(argv[1]);
	for (;;) {
		struct connection *connection = calloc(1, sizeof(*connection));
		pthread_t thread;
		if (!connection) {
			err(1, "no memory");
		}
		*connection = (struct connection) {
			.fake = &fake,
			.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC),
		};
		if (pthread_create(&thread, NULL, serve, connection) != 0) {
			errx(1, "no thread");
		}
		pthread_detach(thread);
	}
}
