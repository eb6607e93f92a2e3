/* SPDX-License-Identifier: MIT */
#include "host-launcher/doctor/doctor_probe.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/asset.h"
#include "host-launcher/base/buffer.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/engine/engine_image.h"
#include "host-launcher/engine/stream.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/state/owner.h"
#include "host-launcher/state/run_name.h"

enum {
	/* Of an engine that answers, on a machine that is busy. */
	PROBE_MS = 60 * 1000,
	TAR_EXTRA = 64 << 10,
};

struct probing {
	struct engine *engine;
	char run[RUN_NAME_SIZE];
	char *image;
	char *container;
	char *id; /* NULL: not created */
};

static int pack(
	struct archive *archive, const char *name, unsigned type, const char *data, size_t length)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry) {
		return ARCHIVE_FATAL;
	}
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, 0755);
	archive_entry_set_size(entry, (la_int64_t)length);
	int rc = archive_write_header(archive, entry);
	if (rc == ARCHIVE_OK && length &&
		archive_write_data(archive, data, length) != (la_ssize_t)length) {
		rc = ARCHIVE_FATAL;
	}
	archive_entry_free(entry);
	return rc;
}

/* The image's file system. */
static int pack_image(char **ret_tar, size_t *ret_length, struct failure *failure)
{
	autofree char *path = asset_probe_path();
	autofree char *program = NULL;
	size_t length;
	int rc = file_read_bytes(path, &program, &length);
	if (rc < 0) {
		return failure_set(failure, EXIT_CANNOT_START,
			"cannot read %s, which is to be tried in a container: %s", path,
			strerror(-rc));
	}
	size_t room = length + TAR_EXTRA;
	char *tar = alloc_zero(1, room);
	struct archive *archive = archive_write_new();
	bool done = archive && archive_write_set_format_ustar(archive) == ARCHIVE_OK &&
		    archive_write_open_memory(archive, tar, room, ret_length) == ARCHIVE_OK &&
		    pack(archive, "work", AE_IFDIR, NULL, 0) == ARCHIVE_OK &&
		    pack(archive, "probe", AE_IFREG, program, length) == ARCHIVE_OK &&
		    archive_write_close(archive) == ARCHIVE_OK;
	archive_write_free(archive);
	*ret_tar = tar;
	return done ? 0 : failure_set(failure, EXIT_INTERNAL, "cannot pack %s", path);
}

static int import_image(struct probing *probing, struct failure *failure)
{
	autofree char *tar = NULL;
	size_t length;
	autofree char *owner = owner_self();
	autofree char *change = alloc_printf("LABEL " PLAN_LABEL_OWNER "=%s", owner);
	autofree char *label = engine_escape(change);
	/* Podman ignores `tag` here. */
	autofree char *path =
		alloc_printf("/images/create?fromSrc=-&repo=%s&changes=%s", probing->image, label);
	if (pack_image(&tar, &length, failure) < 0) {
		return -1;
	}
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.upload = tar,
		.upload_length = length,
		.purpose = "take an image of one file",
		.refusal_code = EXIT_CANNOT_START,
	};
	return engine_tell(probing->engine, &request, NULL, failure) < 0 ? -1 : 0;
}

/* As plan.c makes it, without what a build has besides. */
static json_t *describe(const struct probing *probing)
{
	size_t count;
	const char *const *names = plan_capabilities(&count);
	json_t *capabilities = json_array();
	autofree char *owner = owner_self();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(capabilities, json_string(names[i]));
	}
	json_t *host = json_pack("{s:[s], s:o, s:s, s:s, s:[{s:s, s:s}]}", "CapDrop", "ALL",
		"CapAdd", capabilities, "NetworkMode", "none", "CgroupnsMode", "private", "Mounts",
		"Type", "volume", "Target", "/work");
	if (engine_facts(probing->engine)->apparmor) {
		json_object_set_new(host, "SecurityOpt", json_pack("[s]", "apparmor=unconfined"));
	}
	return json_pack("{s:s, s:s, s:s, s:[s], s:{s:s, s:s}, s:o}", "Image", probing->image,
		"User", "0:0", "WorkingDir", "/", "Cmd", "/probe", "Labels", PLAN_LABEL_RUN,
		probing->run, PLAN_LABEL_OWNER, owner, "HostConfig", host);
}

static int await_end(struct probing *probing, struct failure *failure)
{
	autofree char *path =
		alloc_printf("/containers/%s/wait?condition=not-running", probing->id);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "wait for a container",
		.refusal_code = EXIT_ENGINE_LOST,
		.timeout_ms = PROBE_MS,
	};
	return engine_tell(probing->engine, &request, NULL, failure) < 0 ? -1 : 0;
}

static void take_output(enum stream_source source, const char *data, size_t length, void *user)
{
	if (source == STREAM_STDOUT) {
		buffer_append(user, data, length);
	}
}

static int hear(struct probing *probing, struct probe_report *ret_report, struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/logs?stdout=1&stderr=1", probing->id);
	autofree char *versioned = engine_versioned(probing->engine, path);
	struct http_request http = {
		.method = "GET",
		.path = versioned,
		.timeout_ms = PROBE_MS,
	};
	struct engine_request request = {
		.purpose = "give a container's log",
		.refusal_code = EXIT_ENGINE_LOST,
	};
	autofree char *body = NULL;
	size_t length = 0;
	struct http_result result =
		http_perform(engine_http(probing->engine), &http, &body, &length);
	if (result.curl_code != 0 || result.status != 200) {
		return engine_explain(
			probing->engine, &result, body ? body : "", length, &request, failure);
	}
	struct stream stream = { 0 };
	struct buffer said = { 0 };
	int rc = stream_feed(&stream, body, length, take_output, &said);
	if (rc == 0) {
		rc = probe_report_parse(buffer_text(&said), said.length, ret_report);
	}
	buffer_finish(&said);
	return rc == 0 ? 0
		       : failure_set(failure, EXIT_CANNOT_START,
				 "a container was started, and its only program told nothing");
}

static int try_container(
	struct probing *probing, struct probe_report *ret_report, struct failure *failure)
{
	json_auto_t *body = describe(probing);
	if (import_image(probing, failure) < 0 ||
		container_create(probing->engine, probing->container, body, &probing->id, failure) <
			0 ||
		container_start(probing->engine, probing->id, failure) < 0 ||
		await_end(probing, failure) < 0) {
		return -1;
	}
	return hear(probing, ret_report, failure);
}

/* By name: an engine whose answer was lost may have made them nevertheless. */
static void remove_all(struct probing *probing)
{
	struct failure failure;
	if (container_remove(probing->engine, probing->container, &failure) < 0 ||
		engine_image_remove(probing->engine, probing->image, &failure) < 0) {
		message_failure(&failure);
		message_warn("container %s and image %s may be left", probing->container,
			probing->image);
	}
}

int doctor_probe(struct engine *engine, struct probe_report *ret_report, struct failure *failure)
{
	struct probing probing = { .engine = engine };
	int signal_fd;
	int rc = signals_open(&signal_fd);
	if (rc < 0) {
		return failure_set(
			failure, EXIT_INTERNAL, "cannot watch signals: %s", strerror(-rc));
	}
	rc = run_name_make(probing.run, failure);
	if (rc == 0) {
		probing.image = alloc_printf("berth-probe:%s", probing.run);
		probing.container = alloc_printf("berth-%s", probing.run);
		engine_set_interrupt(engine, signal_fd);
		rc = try_container(&probing, ret_report, failure);
		engine_set_interrupt(engine, -1);
		remove_all(&probing);
	}
	int signal = signals_read(signal_fd);
	if (signal) {
		rc = failure_set(failure, EXIT_SIGNAL_BASE + signal, "stopped by signal %s",
			sigabbrev_np(signal));
	}
	close(signal_fd);
	alloc_freep(&probing.image);
	alloc_freep(&probing.container);
	alloc_freep(&probing.id);
	return rc;
}
