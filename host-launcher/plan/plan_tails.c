/* SPDX-License-Identifier: MIT */
#include "host-launcher/plan/plan_tails.h"

#include <string.h>

#include "host-launcher/base/alloc.h"

enum {
	DAY_S = 24 * 60 * 60,
};

static bool is_fast(const struct plan_input *input)
{
	return strcmp(input->options->compression, "fast") == 0;
}

bool plan_tails_caches_website(const struct plan_input *input)
{
	return strcmp(input->options->website_cache, "yes") == 0 && !gitinfo_is_release(input->git);
}

/* Those that are not set do not exist: scripts ask whether they are empty, or there. */
static void add(struct env_list *env, const char *key, const char *value)
{
	if (value && *value) {
		env_list_set(env, key, value);
	}
}

static void add_proxy(const struct proxy *proxy, struct env_list *env)
{
	const char *url = proxy->builtin ? "http://127.0.0.1:3142" : proxy->url ? proxy->url : "";
	env_list_set(env, "TAILS_PROXY_TYPE",
		proxy->builtin ? "vmproxy"
		: proxy->url   ? "extproxy"
			       : "noproxy");
	env_list_set(env, "TAILS_PROXY", url);
	env_list_set(env, "http_proxy", url);
	add(env, "TAILS_ACNG_PROXY", proxy->builtin ? proxy->url : NULL);
}

static void add_name(const struct plan_input *input, struct env_list *env)
{
	const struct gitinfo *git = input->git;
	struct git_basename parts = {
		.prefix = input->options->artifact_prefix,
		.tag = git->tag,
		.ref = git->ref,
		.short_commit = git->commit_short ? git->commit_short : git->commit,
		.base = git->merges_base ? git->base_branch : NULL,
		.base_short = git->base_short ? git->base_short : git->base_commit,
		.now_s = input->now_s + input->options->date_offset_days * DAY_S,
	};
	autofree char *name = git_rule_basename(&parts);
	env_list_set(env, "BERTH_ARTIFACT_BASENAME", name);
}

void plan_tails_add(const struct plan_input *input, const struct proxy *proxy, struct env_list *env)
{
	const struct options *options = input->options;
	add_proxy(proxy, env);
	add_name(input, env);
	env_list_set(env, "TAILS_WEBSITE_CACHE", plan_tails_caches_website(input) ? "1" : "0");
	add(env, "TAILS_OFFLINE_MODE", options->offline ? "1" : NULL);
	add(env, "TAILS_BUILD_FAILURE_RESCUE",
		strcmp(options->on_failure, "shell") == 0 ? "1" : NULL);
	add(env, "MKSQUASHFS_OPTIONS",
		is_fast(input) && !gitinfo_is_release(input->git) ? "-comp xz -no-exports" : NULL);
	add(env, "APT_SNAPSHOTS_SERIALS", input->snapshots_serials);
	if (options->date_offset_days) {
		autofree char *days = alloc_printf("%+ld", options->date_offset_days);
		env_list_set(env, "TAILS_DATE_OFFSET", days);
	}
}

void plan_tails_warn(const struct plan_input *input, struct string_list *warnings)
{
	if (!gitinfo_is_release(input->git)) {
		return;
	}
	if (is_fast(input)) {
		string_list_add(warnings,
			"this is a release: compression is the default one, not the fast one");
	}
	if (strcmp(input->options->website_cache, "yes") == 0) {
		string_list_add(warnings, "this is a release: the website is built anew");
	}
}
