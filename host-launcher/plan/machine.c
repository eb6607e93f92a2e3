/* SPDX-License-Identifier: MIT */
#include "host-launcher/plan/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/plan/proxy.h"

enum {
	CONNECT_MS = 5000,
	MIB = 1 << 20,
	/* A live system of any use does not fit into less; Tails wants the other. */
	DISK_LEAST_MIB = 512,
	DISK_GOOD_MIB = 12 * 1024,
};

bool machine_is_local(const char *engine_url)
{
	return strncmp(engine_url, "unix://", strlen("unix://")) == 0;
}

uint64_t machine_free_memory(const char *engine_url)
{
	char line[256];
	uint64_t kib = 0;
	static const char name[] = "MemAvailable:";
	FILE *file = machine_is_local(engine_url) ? fopen("/proc/meminfo", "re") : NULL;
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, strlen(name)) == 0) {
			kib = strtoull(line + strlen(name), NULL, 10);
		}
	}
	if (file) {
		fclose(file);
	}
	return kib * 1024;
}

/* Returns 0 once somebody has accepted the connection, or an errno value. */
static int connect_to(const struct addrinfo *address)
{
	autoclose int fd =
		socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return errno;
	}
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
		return 0;
	}
	if (errno != EINPROGRESS) {
		return errno;
	}
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	if (poll(&poll_fd, 1, CONNECT_MS) != 1) {
		return ETIMEDOUT;
	}
	int error = 0;
	socklen_t length = sizeof(error);
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

static int check_proxy(const char *url, struct failure *failure)
{
	autofree char *host = NULL;
	autofree char *port = NULL;
	struct addrinfo *addresses = NULL;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	proxy_address(url, &host, &port);
	int rc = getaddrinfo(host, port, &hints, &addresses);
	if (rc) {
		return failure_set(failure, EXIT_RESOURCES, "the proxy %s port %s: %s", host, port,
			gai_strerror(rc));
	}
	int error = ECONNREFUSED;
	for (const struct addrinfo *address = addresses; address && error;
		address = address->ai_next) {
		error = connect_to(address);
	}
	freeaddrinfo(addresses);
	if (error) {
		return failure_set(failure, EXIT_RESOURCES,
			"the proxy %s port %s does not answer: %s; correct --proxy, or start it",
			host, port, strerror(error));
	}
	return 0;
}

int machine_check_disk(const char *engine_url, const char *folder, struct failure *failure)
{
	struct statvfs status;
	if (!folder || !machine_is_local(engine_url) || statvfs(folder, &status) < 0) {
		return 0; /* another mount namespace, or no permission: the build will tell */
	}
	uint64_t free_mib = (uint64_t)status.f_bavail * status.f_frsize / MIB;
	if (free_mib < DISK_LEAST_MIB) {
		return failure_set(failure, EXIT_RESOURCES,
			"%s, where the engine keeps its data, has %" PRIu64 " MiB left: make room",
			folder, free_mib);
	}
	if (free_mib < DISK_GOOD_MIB) {
		message_detail("%s, where the engine keeps its data, has %" PRIu64
			       " MiB left; a build of Tails takes 12 GiB",
			folder, free_mib);
	}
	return 0;
}

int machine_check_proxy(const char *proxy_text, struct failure *failure)
{
	struct proxy proxy;
	if (proxy_parse(proxy_text, &proxy, failure) < 0) {
		return -1;
	}
	int rc = proxy.url ? check_proxy(proxy.url, failure) : 0;
	proxy_finish(&proxy);
	return rc;
}
