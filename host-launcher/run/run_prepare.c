/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/run_prepare.h"

#include <poll.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/message.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/engine/podman.h"
#include "host-launcher/plan/machine.h"
#include "host-launcher/run/bundle.h"
#include "host-launcher/run/cache_lock.h"
#include "host-launcher/run/source_upload.h"

static void create(const struct run_request *request, const json_t *body, char **ret_id,
	struct failure *failure)
{
	const char *name = request->plan->container;
	if (container_create(request->engine, name, body, ret_id, failure) == 0) {
		message_detail("created container %s (%.12s)", name, *ret_id);
	}
}

/* To the body of a request: the files below `top`. Returns -1 for a path that is not valid UTF-8,
 * which JSON cannot name. */
static int add_mounts(json_t *body, const char *top, const struct string_list *files)
{
	json_t *mounts = json_object_get(json_object_get(body, "HostConfig"), "Mounts");
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < files->count; i++) {
		autofree char *source = alloc_printf("%s%s", top, files->items[i]);
		rc = json_array_append_new(mounts, plan_bind_mount(source, files->items[i]));
	}
	return rc;
}

/* The body of a container with the files mounted that were laid out below `top`, or NULL where that
 * cannot be. */
static json_t *lay_out(
	const struct run_request *request, const struct bundle_request *bundle, const char *top)
{
	struct string_list files = { 0 };
	struct failure failure;
	json_t *body = json_deep_copy(request->plan->create);
	if (bundle_lay_out(bundle, top, &files, &failure) < 0 ||
		add_mounts(body, top, &files) < 0) {
		json_decref(body);
		body = NULL;
	}
	if (body && engine_facts(request->engine)->podman) {
		podman_adapt_mounts(body);
	}
	string_list_finish(&files);
	return body;
}

/* Returns whether that decided it, one way or the other. An engine that does not see the files,
 * since it lives in a file system of its own, says so and has created nothing. */
static bool try_mounts(const struct run_request *request, const struct bundle_request *bundle,
	char **ret_id, struct failure *failure)
{
	autofree char *top = record_make_folder(request->run);
	json_auto_t *body = top ? lay_out(request, bundle, top) : NULL;
	if (!body) {
		message_detail("berth's files cannot be laid out beside the run's record");
		return false;
	}
	create(request, body, ret_id, failure);
	if (*ret_id || !strstr(failure->text, top)) {
		return true;
	}
	message_detail("the engine does not see the files of this machine, they are sent");
	return false;
}

static int create_and_send(const struct run_request *request, const struct bundle_request *bundle,
	char **ret_id, struct failure *failure)
{
	struct buffer archive = { 0 };
	int rc = bundle_make(bundle, &archive, failure);
	if (rc == 0) {
		create(request, request->plan->create, ret_id, failure);
		rc = *ret_id ? container_upload(request->engine, *ret_id, archive.data,
				       archive.length, failure)
			     : -1;
	}
	buffer_finish(&archive);
	return rc;
}

/* Those that podman makes for a container get no labels, though it is told of them. Where it keeps
 * its data is known by them. */
static int create_volumes(const struct run_request *request, struct failure *failure)
{
	struct engine *engine = request->engine;
	const char *work = request->plan->work_volume;
	const char *cache = request->plan->cache_volume;
	autofree char *work_folder = NULL;
	autofree char *cache_folder = NULL;
	if (!engine_facts(engine)->podman) {
		return 0;
	}
	if (work && container_create_volume(engine, work, PLAN_LABEL_RUN, request->run,
			    &work_folder, failure) < 0) {
		return -1;
	}
	if (cache && container_create_volume(
			     engine, cache, PLAN_LABEL_CACHE, cache, &cache_folder, failure) < 0) {
		return -1;
	}
	return machine_check_disk(
		engine_url(engine), work_folder ? work_folder : cache_folder, failure);
}

int run_create(const struct run_request *request, char **ret_id, struct failure *failure)
{
	if (create_volumes(request, failure) < 0) {
		return -1;
	}
	autofree char *tags = gitinfo_tags(request->git);
	struct bundle_request bundle = {
		.assets = request->assets,
		.git_tags = tags,
		.git_log = request->git->log,
		.env = &request->plan->env,
		.init_extra = request->plan->init_extra,
		.epoch_s = request->git->source_date_epoch_s,
	};
	/* An archive takes an engine longer to unpack than all the rest. */
	if (!request->source->upload && try_mounts(request, &bundle, ret_id, failure)) {
		return *ret_id ? 0 : -1;
	}
	return create_and_send(request, &bundle, ret_id, failure);
}

int run_send_source(const struct run_request *request, const char *id, struct failure *failure)
{
	return request->source->upload ? source_upload(request->engine, id, request->source,
						 request->git->source_date_epoch_s, failure)
				       : 0;
}

static int look_for_holder(const struct run_request *request, const char *id,
	enum cache_lock_verdict *ret_verdict, struct failure *failure)
{
	const char *volume = request->plan->cache_volume;
	autofree char *label = alloc_printf("%s=%s", PLAN_LABEL_CACHE, volume);
	json_t *list;
	if (container_list(request->engine, label, &list, failure) < 0) {
		return -1;
	}
	const char *holder = NULL;
	*ret_verdict = cache_lock_judge(list, id, &holder);
	if (*ret_verdict != CACHE_LOCK_OURS) {
		failure_fill(failure, EXIT_BUSY,
			"the package cache %s is in use by another build (container %.12s): wait "
			"for "
			"it, or build with --cache OTHER or --cache none",
			volume, holder);
	}
	json_decref(list);
	return 0;
}

int run_lock_cache(
	const struct run_request *request, const char *id, int signal_fd, struct failure *failure)
{
	enum cache_lock_verdict verdict = CACHE_LOCK_OURS;
	int64_t deadline_ms = clock_now_ms() + CACHE_LOCK_WAIT_MS;
	struct pollfd signals = { .fd = signal_fd, .events = POLLIN };
	if (!request->plan->cache_volume) {
		return 0;
	}
	do {
		if (look_for_holder(request, id, &verdict, failure) < 0) {
			return -1;
		}
	} while (verdict == CACHE_LOCK_WAIT && clock_now_ms() < deadline_ms &&
		 poll(&signals, 1, CACHE_LOCK_POLL_MS) == 0);
	return verdict == CACHE_LOCK_OURS ? 0 : -1;
}
