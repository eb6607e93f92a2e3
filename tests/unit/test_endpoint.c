/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/endpoint.h"

#include <criterion/criterion.h>
#include <string.h>

static struct endpoint need(const char *url)
{
	struct endpoint endpoint = { 0 };
	struct failure failure = { 0 };
	cr_assert_eq(endpoint_parse(url, &endpoint, &failure), 0, "%s", failure.text);
	return endpoint;
}

Test(endpoint, a_socket)
{
	struct endpoint endpoint = need("unix:///var/run/docker.sock");
	cr_assert_eq(endpoint.kind, ENDPOINT_UNIX);
	cr_assert_str_eq(endpoint.path, "/var/run/docker.sock");
	cr_assert(endpoint_is_local(&endpoint));
	endpoint_finish(&endpoint);
}

Test(endpoint, a_host_with_and_without_a_port)
{
	struct endpoint endpoint = need("tcp://build.example.org:1234/");
	cr_assert_eq(endpoint.kind, ENDPOINT_TCP);
	cr_assert_str_eq(endpoint.host, "build.example.org");
	cr_assert_eq(endpoint.port, 1234);
	cr_assert_not(endpoint.tls);
	endpoint_finish(&endpoint);
	endpoint = need("https://h");
	cr_assert_eq(endpoint.port, 0);
	cr_assert(endpoint.tls);
	cr_assert_not(endpoint_is_local(&endpoint));
	endpoint_finish(&endpoint);
}

Test(endpoint, an_address_in_brackets)
{
	struct endpoint endpoint = need("tcp://[::1]:99");
	cr_assert_str_eq(endpoint.host, "::1");
	cr_assert_eq(endpoint.port, 99);
	cr_assert(endpoint_is_loopback(&endpoint));
	endpoint_finish(&endpoint);
}

Test(endpoint, another_machine_by_ssh)
{
	struct endpoint endpoint = need("ssh://me@far:22/run/docker.sock");
	cr_assert_eq(endpoint.kind, ENDPOINT_SSH);
	cr_assert_str_eq(endpoint.user, "me");
	cr_assert_str_eq(endpoint.host, "far");
	cr_assert_eq(endpoint.port, 22);
	cr_assert_str_eq(endpoint.path, "/run/docker.sock");
	endpoint_finish(&endpoint);
	endpoint = need("ssh://far");
	cr_assert_null(endpoint.user);
	cr_assert_null(endpoint.path);
	endpoint_finish(&endpoint);
}

Test(endpoint, what_makes_no_sense_is_refused)
{
	static const char *const bad[] = { "", "/s", "unix://relative", "tcp://", "tcp://:1",
		"tcp://h:0", "tcp://h:65536", "tcp://h:12x", "tcp://h:", "tcp://h:+1", "tcp://h/p",
		"tcp://[::1", "tcp://[::1]x", "ssh://-oProxyCommand=x", "ssh://me:pw@h",
		"ssh://a b", "ssh://-l@h", "ssh://@h", "http://h", "npipe://x", "ssh://h;x" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct endpoint endpoint;
		struct failure failure = { 0 };
		cr_assert_eq(endpoint_parse(bad[i], &endpoint, &failure), -1, "%s", bad[i]);
		cr_assert_eq(failure.code, EXIT_USAGE);
		cr_assert_not_null(strstr(failure.text, "expected"), "%s", failure.text);
	}
}

static bool may_use(const char *url)
{
	struct failure failure = { 0 };
	struct endpoint endpoint = need(url);
	bool may = endpoint_check(&endpoint, &failure) == 0;
	cr_assert(may || failure.code == EXIT_USAGE);
	endpoint_finish(&endpoint);
	return may;
}

Test(endpoint, without_encryption_only_on_the_loopback)
{
	cr_assert(may_use("tcp://localhost"));
	cr_assert(may_use("tcp://127.1.2.3:2375"));
	cr_assert(may_use("tcp://[::1]"));
	cr_assert(may_use("https://far"));
	cr_assert(may_use("ssh://far"));
	cr_assert(may_use("unix:///s"));
	cr_assert_not(may_use("tcp://far"));
	cr_assert_not(may_use("tcp://127.example.org"));
	cr_assert_not(may_use("tcp://localhost.example.org"));
	cr_assert_not(may_use("tcp://10.0.0.1"));
	cr_assert_not(may_use("tcp://[::2]"));
}
