/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/locate.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/digest.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"

static char folder[] = "/tmp/berth-locate-XXXXXX";

static void set_up(void)
{
	static const char *const variables[] = { "DOCKER_HOST", "DOCKER_CONTEXT",
		"DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG" };
	cr_assert_not_null(mkdtemp(folder));
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		unsetenv(variables[i]);
	}
	setenv("HOME", folder, 1);
	setenv("XDG_RUNTIME_DIR", folder, 1);
}

static void tear_down(void)
{
	folder_remove(AT_FDCWD, folder);
}

TestSuite(locate, .init = set_up, .fini = tear_down);

/* Creates a file below the folder, and the folders to it. */
static void put(const char *name, const char *text)
{
	autofree char *path = alloc_printf("%s/%s", folder, name);
	for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	cr_assert_eq(file_create_at(AT_FDCWD, path, text, strlen(text)), 0);
}

static void put_context(const char *name, const char *kind, const char *file, const char *text)
{
	char hash[DIGEST_HEX_LENGTH + 1];
	cr_assert_eq(digest_of_text(name, strlen(name), hash), 0);
	autofree char *path = alloc_printf(".docker/contexts/%s/%s/%s", kind, hash, file);
	put(path, text);
}

static void expect(const char *given, const char *url)
{
	struct endpoint endpoint;
	struct failure failure = { 0 };
	cr_assert_eq(locate_engine(given, &endpoint, &failure), 0, "%s", failure.text);
	cr_assert_str_eq(endpoint.url, url);
	endpoint_finish(&endpoint);
}

static void refuse(const char *given, const char *words)
{
	struct endpoint endpoint;
	struct failure failure = { 0 };
	cr_assert_eq(locate_engine(given, &endpoint, &failure), -1);
	cr_assert_eq(failure.code, EXIT_USAGE);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

#define CONTEXT(host) "{\"Name\":\"n\",\"Endpoints\":{\"docker\":{\"Host\":\"" host "\"}}}"

Test(locate, a_url_wins_over_everything)
{
	setenv("DOCKER_HOST", "unix:///host", 1);
	setenv("DOCKER_CONTEXT", "nowhere", 1);
	expect("unix:///given", "unix:///given");
	expect(NULL, "unix:///host");
	expect("docker", "unix:///var/run/docker.sock");
}

Test(locate, contexts_of_docker)
{
	put_context("far", "meta", "meta.json", CONTEXT("ssh://me@far"));
	put_context("near", "meta", "meta.json", CONTEXT("unix:///near"));
	put(".docker/config.json", "{\"currentContext\":\"near\",\"auths\":{}}");
	expect(NULL, "unix:///near");
	expect("context:far", "ssh://me@far");
	setenv("DOCKER_CONTEXT", "far", 1);
	expect(NULL, "ssh://me@far");
	setenv("DOCKER_HOST", "unix:///host", 1);
	expect(NULL, "unix:///host");
}

Test(locate, contexts_that_are_none)
{
	put_context("odd", "meta", "meta.json", "{\"Endpoints\":[]}");
	put_context("broken", "meta", "meta.json", "{");
	put_context("plain", "meta", "meta.json", CONTEXT("tcp://far:2375"));
	refuse("context:absent", "docker context ls");
	refuse("context:odd", "names no engine");
	refuse("context:broken", "meta.json");
	refuse("context:plain", "without encryption");
}

Test(locate, certificates_of_a_context)
{
	struct endpoint endpoint;
	struct failure failure = { 0 };
	put_context("safe", "meta", "meta.json", CONTEXT("tcp://far:2376"));
	put_context("safe", "tls", "docker/ca.pem", "ca");
	put_context("safe", "tls", "docker/key.pem", "key");
	cr_assert_eq(locate_engine("context:safe", &endpoint, &failure), 0, "%s", failure.text);
	cr_assert(endpoint.tls);
	cr_assert_not_null(strstr(endpoint.ca, "/docker/ca.pem"));
	cr_assert_null(endpoint.cert);
	endpoint_finish(&endpoint);
}

Test(locate, certificates_of_the_environment)
{
	struct endpoint endpoint;
	struct failure failure = { 0 };
	refuse("tcp://far", "DOCKER_TLS_VERIFY");
	put("certs/ca.pem", "ca");
	autofree char *path = alloc_printf("%s/certs", folder);
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	setenv("DOCKER_CERT_PATH", path, 1);
	cr_assert_eq(locate_engine("tcp://far", &endpoint, &failure), 0, "%s", failure.text);
	cr_assert(endpoint.tls);
	cr_assert_not_null(strstr(endpoint.ca, "/certs/ca.pem"));
	endpoint_finish(&endpoint);
}

Test(locate, the_users_own_podman_is_found)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autofree char *url = alloc_printf("unix://%s/podman/podman.sock", folder);
	autofree char *directory = alloc_printf("%s/podman", folder);
	cr_assert_eq(mkdir(directory, 0700), 0);
	expect("podman", "unix:///run/podman/podman.sock");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/podman.sock", directory);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	expect("podman", url);
	close(fd);
}
