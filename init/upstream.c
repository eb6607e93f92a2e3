/* SPDX-License-Identifier: MIT */
#include "init/upstream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "init/narrator.h"

void upstream_init(struct upstream *upstream, const char *path)
{
	struct upstream u = { .fd = -1, .address.sun_family = AF_UNIX };
	size_t length = path ? strlen(path) : 0;

	if (length > 1 && length < sizeof(u.address.sun_path) && strchr("/@", path[0])) {
		memcpy(u.address.sun_path, path, length);
		u.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
		if (path[0] == '@') {
			u.address.sun_path[0] = '\0';
		}
		u.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	*upstream = u;
}

void upstream_finish(struct upstream *upstream)
{
	if (upstream->fd >= 0) {
		close(upstream->fd);
		upstream->fd = -1;
	}
}

/* False where it is worth another try later: the reader has not kept up. */
static bool tell(const struct upstream *u, const char *text)
{
	return sendto(u->fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&u->address,
		       u->length) >= 0 ||
	       (errno != EAGAIN && errno != ENOBUFS);
}

static size_t count_up(const struct supervisor *supervisor)
{
	size_t count = 0;

	for (size_t i = 0; i < supervisor->set->count; i++) {
		count += service_is_up(supervisor->services[i].state);
	}
	return count;
}

static bool tell_ready(const struct upstream *u, const struct supervisor *supervisor)
{
	char text[128];

	snprintf(text, sizeof(text), "READY=1\nSTATUS=%zu of %zu services are up",
		count_up(supervisor), supervisor->set->count);
	return tell(u, text);
}

static bool tell_stopping(const struct upstream *u, const struct supervisor *supervisor)
{
	char text[128];

	snprintf(text, sizeof(text), "STOPPING=1\nSTATUS=stopping: %s", narrate_cause(supervisor));
	return tell(u, text);
}

void upstream_update(struct upstream *u, const struct supervisor *supervisor)
{
	if (u->fd < 0) {
		return;
	}
	if (!u->starting_told) {
		u->starting_told = tell(u, "STATUS=starting");
	}
	if (!u->ready_told && supervisor_is_settled(supervisor)) {
		u->ready_told = tell_ready(u, supervisor);
	}
	if (!u->stopping_told && supervisor->cause != STOP_NONE) {
		u->stopping_told = tell_stopping(u, supervisor);
	}
}

void upstream_tell_exit(struct upstream *u, int code)
{
	char text[32];

	if (u->fd >= 0) {
		snprintf(text, sizeof(text), "EXIT_STATUS=%d", code);
		tell(u, text);
	}
}

void upstream_tell_reloading(const struct upstream *u)
{
	struct timespec now;
	char text[80];

	if (u->fd >= 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
			(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
		tell(u, text);
	}
}

void upstream_tell_reloaded(const struct upstream *u)
{
	if (u->fd >= 0) {
		tell(u, "READY=1");
	}
}
