/* SPDX-License-Identifier: MIT */
#include "host-launcher/plan/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/git/git_rule.h"

static const char scheme[] = "http://";
static const char external[] = "external=";
static const char both[] = "builtin+external=";

/* Where the host begins: behind credentials, which end at the last @ before the path. */
static const char *host_of(const char *url)
{
	const char *host = strstr(url, "://");
	host = host ? host + 3 : url;
	for (const char *c = host; *c && *c != '/'; c++) {
		if (*c == '@') {
			host = c + 1;
		}
	}
	return host;
}

void proxy_address(const char *url, char **ret_host, char **ret_port)
{
	const char *host = host_of(url);
	size_t length = strcspn(host, "/");
	size_t end = *host == '[' ? strcspn(host, "]/") : strcspn(host, ":/");
	const char *colon = memchr(host + end, ':', length - end);
	bool bracket = *host == '[';
	*ret_host = alloc_copy_range(host + bracket, end - bracket);
	*ret_port = colon ? alloc_copy_range(colon + 1, (size_t)(host + length - colon - 1))
			  : alloc_copy("80");
}

/* Whether the URL's host is this machine's loopback, which a container does not share. */
static bool is_loopback(const char *url)
{
	static const char *const names[] = { "localhost", "127.", "[::1]", "0.0.0.0" };
	const char *host = host_of(url);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(host, names[i], strlen(names[i])) == 0) {
			return true;
		}
	}
	return false;
}

static int check_url(const char *url, struct failure *failure)
{
	autofree char *shown = alloc_copy(url);
	git_rule_redact(shown);
	if (strncmp(url, scheme, strlen(scheme)) != 0 || strpbrk(url, " \t\n\"'\\") ||
		strspn(host_of(url), "/:") || !*host_of(url)) {
		return failure_set(failure, EXIT_USAGE,
			"--proxy external= needs a URL that begins with http://, not '%s'", shown);
	}
	if (is_loopback(url)) {
		return failure_set(failure, EXIT_USAGE,
			"the proxy %s is on this host's loopback, which the container does not "
			"share: "
			"give the host's address on the docker bridge",
			shown);
	}
	return 0;
}

int proxy_parse(const char *text, struct proxy *ret_proxy, struct failure *failure)
{
	struct proxy proxy = { 0 };
	const char *url = NULL;
	if (strcmp(text, "builtin") == 0) {
		proxy.builtin = true;
	} else if (strncmp(text, both, strlen(both)) == 0) {
		proxy.builtin = true;
		url = text + strlen(both);
	} else if (strncmp(text, external, strlen(external)) == 0) {
		url = text + strlen(external);
	} else if (strcmp(text, "none") != 0) {
		return failure_set(failure, EXIT_USAGE,
			"--proxy cannot be '%s': expected builtin, none, external=URL or "
			"builtin+external=URL",
			text);
	}
	if (url && check_url(url, failure) < 0) {
		return -1;
	}
	proxy.url = url ? alloc_copy(url) : NULL;
	*ret_proxy = proxy;
	return 0;
}

void proxy_finish(struct proxy *proxy)
{
	free(proxy->url);
	*proxy = (struct proxy) { 0 };
}
