/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/locate.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/digest.h"
#include "host-launcher/base/file.h"

#define DOCKER_SOCKET "/var/run/docker.sock"
#define PODMAN_SOCKET "/run/podman/podman.sock"

static const char context_prefix[] = "context:";

/* The variable's value; NULL when it is not set or empty. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* A socket of the user's own services. */
static char *user_socket(const char *name)
{
	const char *runtime = variable("XDG_RUNTIME_DIR");
	return runtime ? alloc_printf("%s/%s", runtime, name)
		       : alloc_printf("/run/user/%u/%s", getuid(), name);
}

static bool is_socket(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* The user's own podman before the system's, which only root may use. */
static char *podman_socket(void)
{
	char *own = user_socket("podman/podman.sock");
	if (is_socket(own)) {
		return own;
	}
	free(own);
	return alloc_copy(PODMAN_SOCKET);
}

/* The first socket that there is; docker's where there is none, for the message. */
static char *first_socket(void)
{
	autofree char *rootless = user_socket("docker.sock");
	autofree char *podman = podman_socket();
	const char *candidates[] = { DOCKER_SOCKET, rootless, podman };
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		if (is_socket(candidates[i])) {
			return alloc_copy(candidates[i]);
		}
	}
	return alloc_copy(DOCKER_SOCKET);
}

static int use_socket(char *path, struct endpoint *ret_endpoint, struct failure *failure)
{
	autofree char *url = alloc_printf("unix://%s", path);
	free(path);
	return endpoint_parse(url, ret_endpoint, failure);
}

/* Where docker(1) keeps its configuration. */
static char *docker_folder(void)
{
	const char *folder = variable("DOCKER_CONFIG");
	const char *home = variable("HOME");
	return folder ? alloc_copy(folder) : alloc_printf("%s/.docker", home ? home : "");
}

static char *existing(const char *folder, const char *name)
{
	char *path = alloc_printf("%s/%s", folder, name);
	if (access(path, F_OK) < 0) {
		alloc_freep(&path);
		path = NULL;
	}
	return path;
}

/* Takes the certificates of `folder`. Without ca.pem the system's authorities count. */
static void use_certificates(struct endpoint *endpoint, const char *folder)
{
	endpoint->tls = true;
	endpoint->ca = existing(folder, "ca.pem");
	endpoint->cert = existing(folder, "cert.pem");
	endpoint->key = existing(folder, "key.pem");
}

static int use_host(const char *url, struct endpoint *ret_endpoint, struct failure *failure)
{
	if (endpoint_parse(url, ret_endpoint, failure) < 0) {
		return -1;
	}
	if (ret_endpoint->kind == ENDPOINT_TCP &&
		(ret_endpoint->tls || variable("DOCKER_TLS_VERIFY"))) {
		autofree char *folder = docker_folder();
		const char *certificates = variable("DOCKER_CERT_PATH");
		use_certificates(ret_endpoint, certificates ? certificates : folder);
	}
	return 0;
}

/* The folder of a context below contexts/, which is named by the hash of the context's name. */
static char *context_folder(const char *kind, const char *name)
{
	autofree char *folder = docker_folder();
	char hash[DIGEST_HEX_LENGTH + 1] = "";
	digest_of_text(name, strlen(name), hash);
	return alloc_printf("%s/contexts/%s/%s", folder, kind, hash);
}

char *locate_read_context(const char *name, const char *path, const char *text, size_t length,
	struct failure *failure)
{
	json_error_t error;
	json_auto_t *meta = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!meta) {
		failure_fill(failure, EXIT_USAGE,
			"cannot use docker's context '%s': %s:%d: %s; docker context ls lists them",
			name, path, error.line, error.text);
		return NULL;
	}
	const json_t *docker = json_object_get(json_object_get(meta, "Endpoints"), "docker");
	const char *host = json_string_value(json_object_get(docker, "Host"));
	if (!host || !*host) {
		failure_fill(failure, EXIT_USAGE,
			"docker's context '%s' names no engine: docker context inspect %s", name,
			name);
		return NULL;
	}
	return alloc_copy(host);
}

static char *read_context(const char *name, struct failure *failure)
{
	autofree char *folder = context_folder("meta", name);
	autofree char *path = alloc_printf("%s/meta.json", folder);
	autofree char *text = NULL;
	int rc = file_read_text(path, &text);
	if (rc < 0) {
		failure_fill(failure, EXIT_USAGE,
			"cannot use docker's context '%s': %s: %s; docker context ls lists them",
			name, path, strerror(-rc));
		return NULL;
	}
	return locate_read_context(name, path, text, strlen(text), failure);
}

static int use_context(const char *name, struct endpoint *ret_endpoint, struct failure *failure)
{
	if (strcmp(name, "default") == 0) {
		return use_socket(first_socket(), ret_endpoint, failure);
	}
	autofree char *host = read_context(name, failure);
	if (!host) {
		return -1;
	}
	if (endpoint_parse(host, ret_endpoint, failure) < 0) {
		return -1;
	}
	autofree char *folder = context_folder("tls", name);
	autofree char *certificates = existing(folder, "docker");
	if (ret_endpoint->kind == ENDPOINT_TCP && (certificates || ret_endpoint->tls)) {
		use_certificates(ret_endpoint, certificates ? certificates : folder);
	}
	return 0;
}

/* The context that `docker context use` chose, or NULL. */
static char *current_context(void)
{
	autofree char *folder = docker_folder();
	autofree char *path = alloc_printf("%s/config.json", folder);
	json_auto_t *config = json_load_file(path, 0, NULL);
	const char *name = json_string_value(json_object_get(config, "currentContext"));
	return name && *name ? alloc_copy(name) : NULL;
}

static int locate_default(struct endpoint *ret_endpoint, struct failure *failure)
{
	const char *host = variable("DOCKER_HOST");
	if (host) {
		return use_host(host, ret_endpoint, failure);
	}
	const char *context = variable("DOCKER_CONTEXT");
	if (context) {
		return use_context(context, ret_endpoint, failure);
	}
	autofree char *current = current_context();
	return use_context(current ? current : "default", ret_endpoint, failure);
}

static int locate_given(const char *given, struct endpoint *ret_endpoint, struct failure *failure)
{
	size_t prefix = strlen(context_prefix);
	if (strcmp(given, "docker") == 0) {
		return use_socket(alloc_copy(DOCKER_SOCKET), ret_endpoint, failure);
	}
	if (strcmp(given, "podman") == 0) {
		return use_socket(podman_socket(), ret_endpoint, failure);
	}
	if (strncmp(given, context_prefix, prefix) == 0) {
		return use_context(given + prefix, ret_endpoint, failure);
	}
	return use_host(given, ret_endpoint, failure);
}

int locate_engine(const char *given, struct endpoint *ret_endpoint, struct failure *failure)
{
	struct endpoint endpoint = { 0 };
	int rc = given ? locate_given(given, &endpoint, failure)
		       : locate_default(&endpoint, failure);
	if (rc == 0) {
		rc = endpoint_check(&endpoint, failure);
	}
	if (rc < 0) {
		endpoint_finish(&endpoint);
		return -1;
	}
	*ret_endpoint = endpoint;
	return 0;
}
