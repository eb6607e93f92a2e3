/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/endpoint.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

struct scheme {
	const char *prefix;
	enum endpoint_kind kind;
	bool tls;
};

static const struct scheme schemes[] = {
	{ "unix://", ENDPOINT_UNIX, false },
	{ "tcp://", ENDPOINT_TCP, false },
	{ "https://", ENDPOINT_TCP, true },
	{ "ssh://", ENDPOINT_SSH, false },
};

static const struct scheme *find_scheme(const char *url)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strncmp(url, schemes[i].prefix, strlen(schemes[i].prefix)) == 0) {
			return &schemes[i];
		}
	}
	return NULL;
}

/* Letters of names and addresses; nothing that a shell or an option parser could take amiss. */
static bool is_name(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-:%";
	return *text && *text != '-' && text[strspn(text, allowed)] == '\0';
}

/* ":PORT" or nothing. Returns 0 or -1. */
static int parse_port(const char *text, int *ret_port)
{
	if (*text == '\0') {
		return 0;
	}
	char *end;
	long port = strtol(text + 1, &end, 10);
	if (*text != ':' || text[1] < '0' || text[1] > '9' || *end || port < 1 || port > 65535) {
		return -1;
	}
	*ret_port = (int)port;
	return 0;
}

/* HOST or [ADDRESS], then perhaps a port. Returns 0 or -1. */
static int parse_host(struct endpoint *endpoint, const char *text)
{
	size_t length;
	if (*text == '[') {
		length = strcspn(++text, "]");
		if (text[length] != ']') {
			return -1;
		}
		endpoint->host = alloc_copy_range(text, length);
		text += length + 1;
	} else {
		length = strcspn(text, ":");
		endpoint->host = alloc_copy_range(text, length);
		text += length;
	}
	return is_name(endpoint->host) ? parse_port(text, &endpoint->port) : -1;
}

static int parse_ssh(struct endpoint *endpoint, const char *text)
{
	size_t length = strcspn(text, "/");
	autofree char *authority = alloc_copy_range(text, length);
	if (text[length] && text[length + 1]) {
		endpoint->path = alloc_copy(text + length);
	}
	const char *host = authority;
	char *at = strrchr(authority, '@');
	if (at) {
		endpoint->user = alloc_copy_range(authority, (size_t)(at - authority));
		host = at + 1;
		/* That would be USER:PASSWORD, which ssh does not take. */
		if (!is_name(endpoint->user) || strchr(endpoint->user, ':')) {
			return -1;
		}
	}
	return parse_host(endpoint, host);
}

static int parse_tcp(struct endpoint *endpoint, const char *text)
{
	size_t length = strcspn(text, "/");
	autofree char *authority = alloc_copy_range(text, length);
	if (text[length] && text[length + 1]) {
		return -1;
	}
	return parse_host(endpoint, authority);
}

static int parse_rest(struct endpoint *endpoint, const char *rest)
{
	switch (endpoint->kind) {
	case ENDPOINT_UNIX:
		endpoint->path = alloc_copy(rest);
		return *rest == '/' ? 0 : -1;
	case ENDPOINT_TCP:
		return parse_tcp(endpoint, rest);
	case ENDPOINT_SSH:
		return parse_ssh(endpoint, rest);
	}
	return -1;
}

int endpoint_parse(const char *url, struct endpoint *ret_endpoint, struct failure *failure)
{
	static const char forms[] =
		"unix:///PATH, tcp://HOST[:PORT] or ssh://[USER@]HOST[:PORT][/PATH]";
	const struct scheme *scheme = find_scheme(url);
	if (!scheme) {
		return failure_set(failure, EXIT_USAGE,
			"cannot use the engine at '%s': expected %s", url, forms);
	}
	struct endpoint endpoint = {
		.kind = scheme->kind,
		.tls = scheme->tls,
		.url = alloc_copy(url),
	};
	if (parse_rest(&endpoint, url + strlen(scheme->prefix)) < 0) {
		endpoint_finish(&endpoint);
		return failure_set(failure, EXIT_USAGE,
			"cannot make sense of the engine's address '%s': expected %s", url, forms);
	}
	*ret_endpoint = endpoint;
	return 0;
}

bool endpoint_is_loopback(const struct endpoint *endpoint)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (strcmp(endpoint->host, "localhost") == 0) {
		return true;
	}
	if (inet_pton(AF_INET, endpoint->host, &v4) == 1) {
		return (ntohl(v4.s_addr) >> 24) == 127;
	}
	return inet_pton(AF_INET6, endpoint->host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

int endpoint_check(const struct endpoint *endpoint, struct failure *failure)
{
	if (endpoint->kind != ENDPOINT_TCP || endpoint->tls || endpoint_is_loopback(endpoint)) {
		return 0;
	}
	return failure_set(failure, EXIT_USAGE,
		"refusing to use the engine at %s without encryption: whoever is on the way there "
		"could take it over; use ssh://%s, or set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH",
		endpoint->url, endpoint->host);
}

bool endpoint_is_local(const struct endpoint *endpoint)
{
	return endpoint->kind == ENDPOINT_UNIX;
}

void endpoint_finish(struct endpoint *endpoint)
{
	free(endpoint->url);
	free(endpoint->path);
	free(endpoint->user);
	free(endpoint->host);
	free(endpoint->ca);
	free(endpoint->cert);
	free(endpoint->key);
	*endpoint = (struct endpoint) { 0 };
}
