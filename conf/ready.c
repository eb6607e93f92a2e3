/* SPDX-License-Identifier: MIT */
#include "conf/ready.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "conf/value.h"

enum {
	HOST_MAX = INET6_ADDRSTRLEN,
};

/* What is wrong, for the message. */
static int refuse(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

static void add_v4(struct ready_when *ready, struct in_addr address, in_port_t port)
{
	ready->addresses[ready->addresses_count++].v4 = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = port,
		.sin_addr = address,
	};
}

static void add_v6(struct ready_when *ready, struct in6_addr address, in_port_t port)
{
	ready->addresses[ready->addresses_count++].v6 = (struct sockaddr_in6) {
		.sin6_family = AF_INET6,
		.sin6_port = port,
		.sin6_addr = address,
	};
}

static int add_host(struct ready_when *ready, const char *host, bool bracketed, in_port_t port,
	const char **ret_why)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (!bracketed && strcmp(host, "localhost") == 0) {
		add_v4(ready, (struct in_addr) { htonl(INADDR_LOOPBACK) }, port);
		add_v6(ready, in6addr_loopback, port);
	} else if (!bracketed && inet_pton(AF_INET, host, &v4) == 1) {
		add_v4(ready, v4, port);
	} else if (bracketed && inet_pton(AF_INET6, host, &v6) == 1) {
		add_v6(ready, v6, port);
	} else {
		return refuse(ret_why,
			"expected a numeric address such as 127.0.0.1, [::1] or localhost");
	}
	return 0;
}

/* HOST:PORT or [HOST]:PORT. */
static int take_endpoint(struct ready_when *ready, const char *text, const char **ret_why)
{
	char host[HOST_MAX];
	bool bracketed = *text == '[';
	const char *begin = text + bracketed;
	const char *end = bracketed ? strchr(begin, ']') : strrchr(begin, ':');
	const char *colon = end && bracketed ? end + 1 : end;
	int64_t port;

	if (!colon || *colon != ':' || (size_t)(end - begin) >= sizeof(host)) {
		return refuse(ret_why, "expected ADDRESS:PORT, an IPv6 address in brackets");
	}
	if (conf_parse_integer(colon + 1, 1, 65535, &port) < 0) {
		return refuse(ret_why, "expected a port from 1 to 65535");
	}
	memcpy(host, begin, (size_t)(end - begin));
	host[end - begin] = '\0';
	return add_host(ready, host, bracketed, htons((uint16_t)port), ret_why);
}

static int take_http(
	struct conf_arena *arena, struct ready_when *ready, const char *text, const char **ret_why)
{
	size_t length = strcspn(text, "/");
	char *host = conf_arena_strndup(arena, text, length);

	if (!host) {
		return -ENOMEM;
	}
	ready->host = host;
	ready->target = text[length] ? text + length : "/";
	/* It goes into a request as it is. */
	for (const char *c = ready->target; *c; c++) {
		if (*c <= ' ' || *c > '~') {
			return refuse(
				ret_why, "expected a path without blanks, %XX for what is special");
		}
	}
	return take_endpoint(ready, host, ret_why);
}

static int take_path(struct ready_when *ready, const char *text, const char **ret_why)
{
	ready->target = text;
	return *text == '/' ? 0 : refuse(ret_why, "expected an absolute path");
}

static int take_log(
	struct conf_arena *arena, struct ready_when *ready, const char *text, const char **ret_why)
{
	struct pattern *pattern = conf_arena_alloc(arena, sizeof(*pattern));

	if (!pattern) {
		return -ENOMEM;
	}
	if (!*text) {
		return refuse(ret_why, "expected an extended regular expression, see regex(7)");
	}
	ready->target = text;
	ready->pattern = pattern;
	return pattern_compile(text, pattern, ret_why);
}

static int take_fd(struct ready_when *ready, const char *text, const char **ret_why)
{
	int64_t fd;

	if (conf_parse_integer(text, 3, READY_FD_MAX, &fd) < 0) {
		return refuse(ret_why, "expected the number of a descriptor from 3 to 255");
	}
	ready->fd = (int)fd;
	return 0;
}

static int take(
	struct conf_arena *arena, struct ready_when *ready, const char *text, const char **ret_why)
{
	switch (ready->kind) {
	case READY_TCP:
		return take_endpoint(ready, text, ret_why);
	case READY_HTTP:
		return take_http(arena, ready, text, ret_why);
	case READY_PATH:
		return take_path(ready, text, ret_why);
	case READY_LOG:
		return take_log(arena, ready, text, ret_why);
	case READY_FD:
		return take_fd(ready, text, ret_why);
	case READY_EXEC:
		ready->target = text;
		return *text ? 0 : refuse(ret_why, "expected a command");
	}
	return -EINVAL;
}

int conf_parse_ready(struct conf_arena *arena, const char *text, struct ready_when *ret_ready,
	const char **ret_why)
{
	static const char *const prefixes[] = {
		[READY_TCP] = "tcp:",
		[READY_HTTP] = "http://",
		[READY_PATH] = "path:",
		[READY_LOG] = "log:",
		[READY_FD] = "fd:",
		[READY_EXEC] = "exec:",
	};
	char *copy = conf_arena_strdup(arena, text);

	if (!copy) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t length = strlen(prefixes[i]);

		if (strncmp(copy, prefixes[i], length) == 0) {
			struct ready_when ready = { .text = copy, .kind = (enum ready_kind)i };
			int r = take(arena, &ready, copy + length, ret_why);

			if (r == 0) {
				*ret_ready = ready;
			}
			return r;
		}
	}
	return refuse(ret_why, "expected tcp:ADDRESS:PORT, http://ADDRESS:PORT/PATH, path:FILE, "
			       "log:EXPRESSION, fd:NUMBER or exec:COMMAND");
}

socklen_t ready_address_length(const union ready_address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
}
