/* SPDX-License-Identifier: MIT */
#include "host-launcher/plan/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/engine/podman.h"
#include "host-launcher/plan/plan_docker.h"
#include "host-launcher/plan/plan_env.h"
#include "host-launcher/plan/plan_tails.h"

enum {
	STOP_MARGIN_MS = 2000,
	STOP_LEAST_MS = 100,
	NANO = 1000000000,
};

/* What a build of Tails needs of memory: for its work tree, and besides. */
#define WORK_BYTES (UINT64_C(12) << 30)
#define BASE_BYTES (UINT64_C(2) << 30)

/* What a whole `lb build` was seen to need, and nothing else. */
static const char *const capabilities[] = {
	"SYS_ADMIN",
	"SYS_CHROOT",
	"MKNOD",
	"CHOWN",
	"DAC_OVERRIDE",
	"FOWNER",
	"FSETID",
	"SETUID",
	"SETGID",
	"SETFCAP",
	"KILL",
};

const char *const *plan_capabilities(size_t *ret_count)
{
	*ret_count = sizeof(capabilities) / sizeof(capabilities[0]);
	return capabilities;
}

/* NULL when one of the strings is not valid UTF-8; json_pack() passes that on. */
static json_t *string_array(const char *const *strings, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, json_string(strings[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *capability_list(const struct options *options)
{
	json_t *list = string_array(capabilities, sizeof(capabilities) / sizeof(capabilities[0]));
	json_t *more =
		string_array((const char *const *)options->cap_add.items, options->cap_add.count);
	if (!more || json_array_extend(list, more) < 0) {
		json_decref(list);
		list = NULL;
	}
	json_decref(more);
	return list;
}

json_t *plan_bind_mount(const char *source, const char *target)
{
	/* Not recursive: what is mounted inside would not become read-only with it. */
	return json_pack("{s:s, s:s, s:s, s:b, s:{s:b}}", "Type", "bind", "Source", source,
		"Target", target, "ReadOnly", 1, "BindOptions", "NonRecursive", 1);
}

/* Unchanged build scripts must not see git's own data, only the facts that berth hands over. */
static json_t *git_cover(const struct gitinfo *git)
{
	if (!git->git_is_directory) {
		return plan_bind_mount("/dev/null", "/src/.git");
	}
	return json_pack("{s:s, s:s, s:b}", "Type", "tmpfs", "Target", "/src/.git", "ReadOnly", 1);
}

static json_t *volume_mount(const char *name, const char *target, json_t *labels)
{
	return json_pack("{s:s, s:s, s:s, s:{s:b, s:o}}", "Type", "volume", "Source", name,
		"Target", target, "VolumeOptions", "NoCopy", 1, "Labels", labels);
}

static json_t *mounts(const struct plan_input *input, const struct plan *plan)
{
	json_t *list = json_array();
	if (!input->source->upload) {
		json_array_append_new(list, plan_bind_mount(input->source->tree, "/src"));
	}
	if (!input->source->exported) {
		json_array_append_new(list, git_cover(input->git));
	}
	const struct git_mounts *views = &input->source->views;
	for (size_t i = 0; i < views->sources.count; i++) {
		json_array_append_new(
			list, plan_bind_mount(views->sources.items[i], views->targets.items[i]));
	}
	if (plan->work_volume) {
		json_array_append_new(
			list, volume_mount(plan->work_volume, "/work",
				      json_pack("{s:s}", PLAN_LABEL_RUN, input->run)));
	}
	if (plan->cache_volume) {
		json_array_append_new(
			list, volume_mount(plan->cache_volume, "/var/cache/apt-cacher-ng",
				      json_pack("{s:s}", PLAN_LABEL_CACHE, plan->cache_volume)));
	}
	if (plan_tails_caches_website(input)) {
		json_array_append_new(list, volume_mount("berth-website-cache",
						    "/var/cache/berth-website", json_object()));
	}
	return list;
}

/* debootstrap needs device nodes and programs on its target; `Mounts` cannot say that before API
 * 1.46, `Tmpfs` always could. */
static json_t *tmpfs(const struct plan *plan)
{
	if (!plan->ram) {
		return json_object();
	}
	autofree char *size =
		plan->ram_bytes ? alloc_printf(",size=%llu", (unsigned long long)plan->ram_bytes)
				: alloc_copy("");
	autofree char *how = alloc_printf("rw,dev,exec,suid,mode=0755%s", size);
	return json_pack("{s:s}", "/work", how);
}

/* apt-cacher-ng is reached over the loopback: offline, nothing else is. */
static bool is_cut_off(const struct options *options)
{
	return options->offline && strcmp(options->proxy, "builtin") == 0;
}

static void add_limits(const struct options *options, json_t *config)
{
	if (options->cpus) {
		json_object_set_new(
			config, "NanoCpus", json_integer((json_int_t)options->cpus * NANO));
	}
	if (options->memory_bytes) {
		json_object_set_new(
			config, "Memory", json_integer((json_int_t)options->memory_bytes));
	}
}

/* Whoever attaches reads the engine's record from its start: it is not to be what the engine's own
 * configuration makes of logs, which may forget their begin, drop lines or keep none. */
static json_t *log_config(const struct plan_input *input)
{
	json_t *how = json_pack("{s:s}", "max-size", "1t");
	if (!input->engine->podman) {
		json_object_set_new(how, "mode", json_string("blocking"));
	}
	return json_pack("{s:s, s:o}", "Type", "json-file", "Config", how);
}

static json_t *host_config(const struct plan_input *input, const struct plan *plan)
{
	json_t *config =
		json_pack("{s:[s], s:o, s:b, s:s, s:s, s:s, s:b, s:b, s:{s:s}, s:o, s:o, s:o}",
			"CapDrop", "ALL", "CapAdd", capability_list(input->options), "Privileged",
			0, "NetworkMode", is_cut_off(input->options) ? "none" : "bridge",
			"CgroupnsMode", "private", "IpcMode", "private", "Init", 0, "AutoRemove", 0,
			"RestartPolicy", "Name", "no", "Mounts", mounts(input, plan), "Tmpfs",
			tmpfs(plan), "LogConfig", log_config(input));
	if (input->engine->apparmor) {
		/* The default profile forbids mount(2), which live-build lives on. */
		json_object_set_new(config, "SecurityOpt", json_pack("[s]", "apparmor=unconfined"));
	}
	add_limits(input->options, config);
	return config;
}

const char *plan_label(const json_t *labels, const char *label)
{
	const char *text = json_string_value(json_object_get(labels, label));
	return text && *text ? text : NULL;
}

static json_t *labels(const struct plan_input *input, const struct plan *plan)
{
	json_t *all = json_pack("{s:s, s:s, s:s, s:s, s:s}", PLAN_LABEL_RUN, input->run,
		"org.berth.version", BERTH_VERSION, "org.berth.commit", input->git->commit,
		"org.berth.ref", input->git->ref, "org.berth.source", input->git->source);
	if (plan->cache_volume) {
		json_object_set_new(all, PLAN_LABEL_CACHE, json_string(plan->cache_volume));
	}
	if (input->owner) {
		json_object_set_new(all, PLAN_LABEL_OWNER, json_string(input->owner));
	}
	if (input->mismatch) {
		json_object_set_new(all, "org.berth.image-mismatch", json_string(input->mismatch));
	}
	return all;
}

/* The init's whole shutdown has to end before the engine's patience does. */
static char *init_extra(const struct options *options)
{
	int64_t budget_ms = options->stop_timeout_ms - STOP_MARGIN_MS;
	return alloc_printf("[init]\nTimeoutStopSec=%" PRId64 "ms\n",
		budget_ms > STOP_LEAST_MS ? budget_ms : STOP_LEAST_MS);
}

static json_t *create_body(const struct plan_input *input, const struct plan *plan)
{
	int64_t stop_s = (input->options->stop_timeout_ms + 999) / 1000;
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:[s], s:[s, s, s, s], s:o, s:b, s:b, s:b, s:b, s:s, s:I, "
		"s:o, s:o}",
		"Image", input->image, "Hostname", "berth", "User", "0:0", "WorkingDir",
		PLAN_ARTIFACTS_PATH, "Entrypoint", "/usr/lib/berth/berth-init", "Cmd", "-c",
		"/etc/berth/init.ini", "-c", PLAN_INIT_EXTRA_PATH, "Env",

		string_array((const char *const *)plan->env.pairs.items, plan->env.pairs.count),
		"Tty", 0, "OpenStdin", 0, "AttachStdout", 1, "AttachStderr", 1, "StopSignal",
		"SIGTERM", "StopTimeout", (json_int_t)stop_s, "Labels", labels(input, plan),
		"HostConfig", host_config(input, plan));
}

static void add_warnings(const struct plan_input *input, struct plan *plan)
{
	struct string_list *warnings = &plan->warnings;
	if (input->mismatch) {
		string_list_take(warnings,
			alloc_printf("the image %s is not the pinned one, used because: %s",
				input->image_reference, input->mismatch));
	}
	if (input->engine->rootless) {
		string_list_add(warnings,
			"the engine is rootless: it lets nobody make device nodes, which "
			"live-build needs");
	}
	for (size_t i = 0; i < input->source->warnings.count; i++) {
		string_list_add(warnings, input->source->warnings.items[i]);
	}
	if (!gitinfo_is_release(input->git) && !input->git->base_contained &&
		!gitinfo_is_merged(input->git)) {
		string_list_take(warnings,
			alloc_printf(
				"the base branch %s has commits that are not in %s; they are not "
				"merged into the build",
				input->git->base_branch, input->git->ref));
	}
	for (size_t i = 0; i < input->options->warnings.count; i++) {
		string_list_add(warnings, input->options->warnings.items[i]);
	}
	plan_tails_warn(input, warnings);
	if (input->options->cap_add.count) {
		string_list_add(
			warnings, "capabilities beyond the default profile weaken the isolation");
	}
}

/* In memory if told so, or if there is so much of it that nobody will miss it. */
static void decide_ram(const struct plan_input *input, struct plan *plan)
{
	const struct options *options = input->options;
	bool enough = input->memory_free >= WORK_BYTES + BASE_BYTES;
	plan->ram = options->ram == OPTIONS_RAM_ON || (options->ram == OPTIONS_RAM_AUTO && enough);
	plan->ram_bytes = options->ram == OPTIONS_RAM_ON ? options->ram_bytes : WORK_BYTES;
}

int plan_make(const struct plan_input *input, struct plan *ret_plan, struct failure *failure)
{
	const struct options *options = input->options;
	struct plan plan = { 0 };
	if (input->engine->podman && !input->source->upload &&
		!podman_can_mount(input->source->tree)) {
		return failure_set(failure, EXIT_USAGE,
			"podman mounts no folder with a colon and a comma or a quote in its name: "
			"move %s elsewhere",
			input->source->tree);
	}
	decide_ram(input, &plan);
	if (plan_env_make(input, plan.ram, &plan.env, failure) < 0) {
		env_list_finish(&plan.env);
		return -1;
	}
	plan.container = alloc_printf("berth-%s", input->run);
	if (!plan.ram) {
		plan.work_volume = alloc_printf(PLAN_WORK_VOLUME "%s", input->run);
	}
	if (strcmp(env_list_get(&plan.env, "BERTH_PROXY"), "builtin") == 0 &&
		strcmp(options->cache, "none") != 0) {
		plan.cache_volume = alloc_copy(options->cache);
	}
	plan.init_extra = init_extra(options);
	plan.create = create_body(input, &plan);
	if (!plan.create) {
		plan_finish(&plan);
		return failure_set(failure, EXIT_USAGE,
			"a path, a name or a variable of this build is not valid UTF-8");
	}
	if (input->engine->podman) {
		podman_adapt_body(plan.create);
	}
	plan.docker_run = plan_docker_line(plan.create, plan.container, input->assets);
	add_warnings(input, &plan);
	*ret_plan = plan;
	return 0;
}

void plan_finish(struct plan *plan)
{
	json_decref(plan->create);
	free(plan->init_extra);
	free(plan->container);
	free(plan->work_volume);
	free(plan->cache_volume);
	env_list_finish(&plan->env);
	string_list_finish(&plan->warnings);
	free(plan->docker_run);
	*plan = (struct plan) { 0 };
}
