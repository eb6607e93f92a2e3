/* SPDX-License-Identifier: MIT */
/* doctor_gather_engine() of doctor_gather.h. */
#include "host-launcher/doctor/doctor_gather.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/doctor/doctor_probe.h"
#include "host-launcher/engine/engine.h"
#include "host-launcher/engine/locate.h"
#include "host-launcher/options/option_store.h"
#include "host-launcher/plan/machine.h"

/* Who says which engine it is. */
static char *origin_of(const struct options *options)
{
	const struct option *option = option_find("engine", COMMAND_ALL);
	const char *origin = option_origin(options, option);
	const char *host = getenv("DOCKER_HOST");
	const char *context = getenv("DOCKER_CONTEXT");
	if (options->engine) {
		return alloc_copy(origin ? origin : "--engine");
	}
	return alloc_copy(host && *host         ? "DOCKER_HOST"
			  : context && *context ? "DOCKER_CONTEXT"
						: "docker's current context");
}

/* Opens it, or tells why it cannot be; the origin is taken over. */
static struct engine *meet(const char *given, char *origin, struct doctor_engine *result)
{
	struct endpoint endpoint;
	struct engine *engine = NULL;
	struct failure failure = { 0 };
	*result = (struct doctor_engine) { .origin = origin };
	if (locate_engine(given, &endpoint, &failure) == 0) {
		result->url = alloc_copy(endpoint.url);
		endpoint_finish(&endpoint);
	}
	if (!result->url || engine_open(given, &engine, &failure) < 0 ||
		engine_learn(engine, &failure) < 0) {
		engine_close(engine);
		result->code = failure.code;
		result->why = alloc_copy(failure.text);
		return NULL;
	}
	const struct engine_facts *facts = engine_facts(engine);
	memcpy(result->version, facts->server_version, sizeof(result->version));
	memcpy(result->api, facts->api_version, sizeof(result->api));
	result->podman = facts->podman;
	result->rootless = facts->rootless;
	return engine;
}

/* The places where an engine usually is, but for the one that was met. */
static void meet_others(struct doctor_facts *facts)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	autofree char *own =
		runtime && *runtime ? alloc_copy(runtime) : alloc_printf("/run/user/%u", getuid());
	autofree char *rootless = alloc_printf("unix://%s/docker.sock", own);
	const struct {
		const char *given;
		const char *what;
	} places[] = {
		{ "docker", "docker" },
		{ rootless, "rootless docker" },
		{ "podman", "podman" },
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct doctor_engine *other = &facts->others[facts->other_count];
		engine_close(meet(places[i].given, alloc_copy(places[i].what), other));
		const char *met = facts->chosen.url;
		if (met && other->url && strcmp(met, other->url) == 0) {
			free(other->url);
			free(other->origin);
			free(other->why);
			continue;
		}
		facts->other_count++;
	}
}

static char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text && *text ? alloc_copy(text) : NULL;
}

static char *join_warnings(const json_t *list)
{
	struct buffer text = { 0 };
	size_t index;
	const json_t *item;
	json_array_foreach(list, index, item)
	{
		if (json_is_string(item)) {
			buffer_printf(
				&text, "%s%s", text.length ? "; " : "", json_string_value(item));
		}
	}
	return text.length ? buffer_steal(&text) : NULL;
}

static void ask_info(struct engine *engine, struct doctor_info *info)
{
	struct engine_request request = {
		.method = "GET",
		.path = "/info",
		.purpose = "describe itself",
		.timeout_ms = HTTP_GREETING_MS,
	};
	struct failure ignored;
	json_auto_t *answer = NULL;
	int64_t before_s = time(NULL);
	if (engine_tell(engine, &request, &answer, &ignored) < 0) {
		return;
	}
	int64_t there_ms;
	const char *clock = json_string_value(json_object_get(answer, "SystemTime"));
	info->driver = text_of(answer, "Driver");
	info->cgroup_version = text_of(answer, "CgroupVersion");
	info->root = text_of(answer, "DockerRootDir");
	info->warning = join_warnings(json_object_get(answer, "Warnings"));
	info->memory_limit = json_is_true(json_object_get(answer, "MemoryLimit"));
	info->cpu_limit = json_is_true(json_object_get(answer, "CpuCfsQuota"));
	info->clock_known = clock && clock_parse_time(clock, &there_ms) == 0;
	if (info->clock_known) {
		int64_t there_s = there_ms / 1000;
		/* It was read at some time of the request. */
		int64_t after_s = time(NULL);
		info->clock_ahead_s = there_s < before_s  ? there_s - before_s
				      : there_s > after_s ? there_s - after_s
							  : 0;
	}
}

static int try_container(struct engine *engine, struct doctor_facts *facts, struct failure *failure)
{
	facts->probed = true;
	if (doctor_probe(engine, &facts->probe, failure) < 0) {
		if (failure->code > EXIT_SIGNAL_BASE) {
			return -1;
		}
		facts->probe_code = failure->code;
		facts->probe_why = alloc_copy(failure->text);
	}
	return 0;
}

int doctor_gather_engine(
	const struct options *options, struct doctor_facts *facts, struct failure *failure)
{
	int rc = 0;
	struct engine *engine = meet(options->engine, origin_of(options), &facts->chosen);
	facts->local = !facts->chosen.url || machine_is_local(facts->chosen.url);
	meet_others(facts);
	if (engine) {
		ask_info(engine, &facts->info);
		rc = options->no_probe ? 0 : try_container(engine, facts, failure);
	}
	engine_close(engine);
	return rc;
}
