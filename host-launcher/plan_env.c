/* SPDX-License-Identifier: MIT */
#include "host-launcher/plan_env.h"

#include <string.h>

#include "host-launcher/alloc.h"

static const char external_prefix[] = "external=";

/* Whether the URL's host is this machine's loopback, which a container does not share. */
static bool is_loopback(const char *url)
{
	const char *host = strstr(url, "://");
	static const char *const names[] = { "localhost", "127.", "[::1]", "0.0.0.0" };
	host = host ? host + 3 : url;
	/* Credentials end at the last @ before the path. */
	for (const char *c = host; *c && *c != '/'; c++) {
		if (*c == '@') {
			host = c + 1;
		}
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(host, names[i], strlen(names[i])) == 0) {
			return true;
		}
	}
	return false;
}

static void set_proxy(struct env_list *env, const char *kind, const char *type, const char *url)
{
	env_list_set(env, "BERTH_PROXY", kind);
	env_list_set(env, "TAILS_PROXY_TYPE", type);
	env_list_set(env, "TAILS_PROXY", url);
	env_list_set(env, "http_proxy", url);
}

static int add_proxy(struct env_list *env, const char *proxy, struct failure *failure)
{
	if (strcmp(proxy, "builtin") == 0) {
		set_proxy(env, proxy, "vmproxy", "http://127.0.0.1:3142");
		return 0;
	}
	if (strcmp(proxy, "none") == 0) {
		set_proxy(env, proxy, "noproxy", "");
		return 0;
	}
	if (strncmp(proxy, external_prefix, strlen(external_prefix)) != 0) {
		return failure_set(failure, EXIT_USAGE,
			"--proxy cannot be '%s': expected builtin, none or external=URL", proxy);
	}
	const char *url = proxy + strlen(external_prefix);
	if (strncmp(url, "http://", strlen("http://")) != 0) {
		return failure_set(failure, EXIT_USAGE,
			"--proxy external= needs a URL that begins with http://, not '%s'", url);
	}
	if (is_loopback(url)) {
		return failure_set(failure, EXIT_USAGE,
			"the proxy %s is on this host's loopback, which the container does not "
			"share: "
			"give the host's address on the docker bridge",
			url);
	}
	set_proxy(env, "external", "extproxy", url);
	return 0;
}

static int check_cache(const char *cache, struct failure *failure)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	if (strlen(cache) < 2 || strspn(cache, allowed) != strlen(cache) || strchr("_.-", *cache)) {
		return failure_set(failure, EXIT_USAGE,
			"--cache cannot be '%s': expected the name of a volume, or none", cache);
	}
	return 0;
}

static int add_given(struct env_list *env, const struct string_list *given, struct failure *failure)
{
	for (size_t i = 0; i < given->count; i++) {
		const char *pair = given->items[i];
		const char *equals = strchr(pair, '=');
		if (!equals || !env_list_is_key(pair, (size_t)(equals - pair))) {
			return failure_set(failure, EXIT_USAGE,
				"--env cannot be '%s': expected KEY=VALUE", pair);
		}
		autofree char *key = alloc_copy_range(pair, (size_t)(equals - pair));
		if (env_list_get(env, key)) {
			return failure_set(failure, EXIT_USAGE,
				"--env cannot set %s, which berth sets itself", key);
		}
		env_list_set(env, key, equals + 1);
	}
	return 0;
}

static void add_build(struct env_list *env, const struct options *options)
{
	struct buffer words = { 0 };
	quote_words(&words, (const char *const *)options->build_arguments.items,
		options->build_arguments.count);
	if (words.length) {
		env_list_set(env, "BERTH_BUILD_ARGS", buffer_text(&words));
	}
	buffer_finish(&words);
	if (options->build_command) {
		env_list_set(env, "BERTH_BUILD_COMMAND", options->build_command);
	}
}

/* What of the source must not reach the work tree: git's data, and results of builds, which change
 * while this one runs. Words for sh(1), relative to the source. */
static void add_hidden(struct env_list *env, const struct plan_input *input)
{
	struct buffer words = { 0 };
	size_t length = strlen(input->git->source);
	quote_word(&words, ".git");
	for (size_t i = 0; i < input->results->count; i++) {
		const char *path = input->results->items[i];
		if (strncmp(path, input->git->source, length) == 0 && path[length] == '/') {
			buffer_append_text(&words, " ");
			quote_word(&words, path + length + 1);
		}
	}
	env_list_set(env, "BERTH_SOURCE_HIDDEN", buffer_text(&words));
	buffer_finish(&words);
}

static void add_fixed(struct env_list *env, const struct options *options)
{
	static const char *const fixed[][2] = {
		{ "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
		{ "HOME", "/root" },
		{ "TZ", "UTC" },
		{ "LC_ALL", "C.UTF-8" },
	};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		env_list_set(env, fixed[i][0], fixed[i][1]);
	}
	env_list_set(env, "TAILS_RAM_BUILD", options->ram ? "1" : "");
}

int plan_env_make(const struct plan_input *input, struct env_list *env, struct failure *failure)
{
	const struct options *options = input->options;
	if (check_cache(options->cache, failure) < 0) {
		return -1;
	}
	add_fixed(env, options);
	gitinfo_to_env(input->git, env);
	add_hidden(env, input);
	env_list_set(env, "BERTH_RUN", input->run);
	env_list_set(env, "BERTH_IMAGE", input->image_reference);
	env_list_set(env, "BERTH_IMAGE_ID", input->image);
	env_list_set(env, "BERTH_IMAGE_MISMATCH", input->mismatch ? input->mismatch : "");
	if (add_proxy(env, options->proxy, failure) < 0) {
		return -1;
	}
	add_build(env, options);
	return add_given(env, &options->env, failure);
}
