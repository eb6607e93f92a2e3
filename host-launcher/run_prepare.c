/* SPDX-License-Identifier: MIT */
#include "host-launcher/run_prepare.h"

#include <poll.h>

#include "host-launcher/alloc.h"
#include "host-launcher/bundle.h"
#include "host-launcher/cache_lock.h"
#include "host-launcher/clock.h"
#include "host-launcher/container.h"
#include "host-launcher/source_upload.h"

int run_upload(const struct run_request *request, const char *id, struct failure *failure)
{
	struct buffer archive = { 0 };
	autofree char *tags = gitinfo_tags(request->git);
	struct bundle_request bundle = {
		.assets = request->assets,
		.git_tags = tags,
		.git_log = request->git->log,
		.env = &request->plan->env,
		.init_extra = request->plan->init_extra,
		.epoch_s = request->git->source_date_epoch_s,
	};
	int rc = bundle_make(&bundle, &archive, failure);
	if (rc == 0) {
		rc = container_upload(request->engine, id, archive.data, archive.length, failure);
	}
	buffer_finish(&archive);
	return rc;
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
