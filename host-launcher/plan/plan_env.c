/* SPDX-License-Identifier: MIT */
#include "host-launcher/plan/plan_env.h"

#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/plan/plan_tails.h"
#include "host-launcher/plan/proxy.h"

/* What init.ini adds to apt-cacher-ng's command line: nothing of it is kept beyond the container.
 */
static void add_cacher(
	const struct options *options, const struct proxy *proxy, struct env_list *env)
{
	struct buffer words = { 0 };
	if (proxy->builtin && proxy->url) {
		buffer_printf(&words, "Proxy=%s", proxy->url);
	}
	if (proxy->builtin && options->offline) {
		buffer_append_text(&words, words.length ? " Offlinemode=1" : "Offlinemode=1");
	}
	env_list_set(env, "BERTH_PROXY",
		proxy->builtin ? "builtin"
		: proxy->url   ? "external"
			       : "none");
	env_list_set(env, "BERTH_ACNG_OPTIONS", buffer_text(&words));
	buffer_finish(&words);
}

static int add_proxy(const struct plan_input *input, struct env_list *env, struct failure *failure)
{
	struct proxy proxy;
	const struct options *options = input->options;
	if (proxy_parse(options->proxy, &proxy, failure) < 0) {
		return -1;
	}
	int rc = 0;
	if (options->offline && !proxy.builtin && !proxy.url) {
		rc = failure_set(failure, EXIT_USAGE,
			"--offline needs a caching proxy: --proxy builtin, or external=URL");
	} else {
		add_cacher(options, &proxy, env);
		plan_tails_add(input, &proxy, env);
	}
	proxy_finish(&proxy);
	return rc;
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

/* Whether the pair is one behind the first `own`. */
static bool is_given(const struct env_list *env, size_t own, const char *key)
{
	const char *value = env_list_get(env, key);
	for (size_t i = own; i < env->pairs.count; i++) {
		if (env->pairs.items[i] == value - strlen(key) - 1) {
			return true;
		}
	}
	return false;
}

static int add_given(struct env_list *env, const struct string_list *given, struct failure *failure)
{
	size_t own = env->pairs.count;
	for (size_t i = 0; i < given->count; i++) {
		const char *pair = given->items[i];
		const char *equals = strchr(pair, '=');
		if (!equals || !env_list_is_key(pair, (size_t)(equals - pair))) {
			return failure_set(failure, EXIT_USAGE,
				"--env cannot be '%s': expected KEY=VALUE", pair);
		}
		autofree char *key = alloc_copy_range(pair, (size_t)(equals - pair));
		/* Not what was given before: a flag wins over a file. */
		if (env_list_get(env, key) && !is_given(env, own, key)) {
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

#define PATH_OF_ALL "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static void add_fixed(const struct options *options, struct env_list *env, bool ram)
{
	/* Where there is no .git, a git that answers without comes first. */
	bool info = strcmp(options->git_source, "info") == 0;
	env_list_set(env, "BERTH_GIT_SOURCE", options->git_source);
	env_list_set(env, "PATH", info ? "/usr/lib/berth/bin:" PATH_OF_ALL : PATH_OF_ALL);
	static const char *const fixed[][2] = {
		{ "HOME", "/root" },
		{ "TZ", "UTC" },
		{ "LC_ALL", "C.UTF-8" },
	};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		env_list_set(env, fixed[i][0], fixed[i][1]);
	}
	env_list_set(env, "TAILS_RAM_BUILD", ram ? "1" : "");
}

int plan_env_make(
	const struct plan_input *input, bool ram, struct env_list *env, struct failure *failure)
{
	const struct options *options = input->options;
	if (check_cache(options->cache, failure) < 0) {
		return -1;
	}
	add_fixed(options, env, ram);
	gitinfo_to_env(input->git, env);
	add_hidden(env, input);
	env_list_set(env, "BERTH_RUN", input->run);
	env_list_set(env, "BERTH_IMAGE", input->image_reference);
	env_list_set(env, "BERTH_IMAGE_ID", input->image);
	env_list_set(env, "BERTH_IMAGE_MISMATCH", input->mismatch ? input->mismatch : "");
	if (add_proxy(input, env, failure) < 0) {
		return -1;
	}
	add_build(env, options);
	return add_given(env, &options->env, failure);
}
