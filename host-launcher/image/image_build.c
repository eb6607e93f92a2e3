/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_build.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/engine/engine_image.h"
#include "host-launcher/image/image_archive.h"
#include "host-launcher/image/image_check.h"
#include "host-launcher/image/image_recipe.h"
#include "host-launcher/image/image_rootfs.h"
#include "host-launcher/image/pin_write.h"
#include "host-launcher/state/scratch.h"

enum {
	/* The file system while it is made, the packages, and two archives of it. */
	WORKSHOP_BYTES = 1536 << 20,
};

/* One run of the command. */
struct making {
	const char *source;
	struct engine *engine;
	struct image_workshop workshop;
	struct image_recipe recipe;
	int64_t epoch_s;
	int layer_fd;
	int archive_fd;
	struct image_digests digests;
};

/* A file without a name in the workshop. */
static int open_scratch(struct making *making, const char *name)
{
	int fd = openat(
		making->workshop.directory_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		unlinkat(making->workshop.directory_fd, name, 0);
	}
	return fd;
}

/* SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), or the day of the
 * archive's last change. */
static int choose_epoch(struct making *making, struct failure *failure)
{
	const char *given = getenv("SOURCE_DATE_EPOCH");
	if (!given || !*given) {
		return image_rootfs_find_epoch(
			&making->workshop, &making->recipe, &making->epoch_s, failure);
	}
	char *end;
	errno = 0;
	making->epoch_s = strtoll(given, &end, 10);
	if (errno || *end || making->epoch_s < 0) {
		return failure_set(failure, EXIT_USAGE,
			"SOURCE_DATE_EPOCH cannot be '%s': expected seconds since 1970", given);
	}
	return 0;
}

static int make_archive(struct making *making, struct failure *failure)
{
	making->layer_fd = open_scratch(making, "layer.tar");
	making->archive_fd = open_scratch(making, "image.tar");
	if (making->layer_fd < 0 || making->archive_fd < 0) {
		return failure_set(failure, EXIT_WRITE, "cannot write to %s: %s",
			making->workshop.directory, strerror(errno));
	}
	message_note("making the image from Debian %s", making->recipe.sources.suite);
	if (image_rootfs_make(&making->workshop, &making->recipe, making->epoch_s, making->layer_fd,
		    failure) < 0) {
		return -1;
	}
	struct image_facts facts = {
		.architecture = making->recipe.architecture,
		.epoch_s = making->epoch_s,
		.recipe = making->recipe.digest,
	};
	return image_archive_write(
		making->layer_fd, &facts, making->archive_fd, &making->digests, failure);
}

/* The engine's word is not taken for it: what it has now is compared with what was made. */
static int load(struct making *making, const struct pin *pin, struct failure *failure)
{
	autofree char *loaded = NULL;
	message_note("loading the image into the engine");
	if (engine_image_load(making->engine, making->archive_fd, &loaded, failure) < 0) {
		return -1;
	}
	/* By its digest first: somebody else who builds one may have the name by now. A containerd
	 * store counts image IDs in another way; the layers tell there. */
	struct engine_image image = { 0 };
	const char *what = pin->config_digest;
	int rc = engine_image_inspect(making->engine, what, &image, failure);
	if (rc == 0) {
		what = loaded;
		rc = engine_image_inspect(making->engine, what, &image, failure);
	}
	if (rc < 0) {
		return -1;
	}
	bool same = rc > 0 && image_check(pin, &image) != IMAGE_OTHER_LAYERS;
	engine_image_finish(&image);
	if (!same) {
		return failure_set(failure, EXIT_IMAGE_LOAD,
			"the engine does not have the image that it was given: look at its log");
	}
	return engine_image_tag(making->engine, what, pin->reference, failure);
}

static void print_result(const struct options *options, const struct pin *pin)
{
	if (options->json) {
		json_auto_t *object = json_pack("{s:s, s:s, s:s, s:s}", "reference", pin->reference,
			"config_digest", pin->config_digest, "diff_id", pin->diff_ids[0], "recipe",
			pin->recipe);
		json_dumpf(object, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		printf("%s %s\n", pin->reference, pin->config_digest);
	}
}

static int check_signal(struct making *making, struct failure *failure)
{
	int signal = signals_read(making->workshop.signal_fd);
	return signal ? failure_set(failure, EXIT_SIGNAL_BASE + signal,
				"stopped by signal %s before the image was pinned",
				sigabbrev_np(signal))
		      : 0;
}

static int load_and_pin(
	struct making *making, const struct options *options, struct failure *failure)
{
	autofree char *reference = alloc_printf("berth-build:%s", making->recipe.sources.suite);
	struct pin pin = {
		.reference = reference,
		.config_digest = making->digests.config,
		.diff_ids = &making->digests.diff_id,
		.diff_id_count = 1,
		.recipe = making->recipe.digest,
		.recipe_commit = making->recipe.commit,
	};
	if (load(making, &pin, failure) < 0) {
		return -1;
	}
	if (check_signal(making, failure) < 0 ||
		pin_write(making->source, &pin, making->epoch_s, failure) < 0) {
		return -1;
	}
	message_note("pinned it in %s/" PIN_PATH ": commit that file", making->source);
	print_result(options, &pin);
	return 0;
}

static int make(struct making *making, const struct options *options, struct failure *failure)
{
	if (signals_watch() < 0) {
		return failure_set(failure, EXIT_INTERNAL, "cannot take signals");
	}
	making->workshop.signal_fd = signals_watched();
	if (engine_open(options->engine, &making->engine, failure) < 0 ||
		image_recipe_load(making->source, &making->recipe, failure) < 0 ||
		choose_epoch(making, failure) < 0 || make_archive(making, failure) < 0 ||
		load_and_pin(making, options, failure) < 0) {
		/* What a signal broke off has that for a reason. */
		(void)check_signal(making, failure);
		return -1;
	}
	return 0;
}

static void finish(struct making *making)
{
	const int fds[] = { making->layer_fd, making->archive_fd };
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		alloc_closep(&fds[i]);
	}
	if (making->engine) {
		engine_close(making->engine);
	}
	image_recipe_finish(&making->recipe);
	image_digests_finish(&making->digests);
}

static int check_space(const char *directory, struct failure *failure)
{
	struct statvfs space;
	if (statvfs(directory, &space) < 0) {
		return failure_set(
			failure, EXIT_WRITE, "cannot use %s: %s", directory, strerror(errno));
	}
	uint64_t left = (uint64_t)space.f_bavail * space.f_frsize;
	return left >= WORKSHOP_BYTES
		       ? 0
		       : failure_set(failure, EXIT_WRITE,
				 "an image needs %d MiB of space to be made, where %s is there are "
				 "%" PRIu64 " left: set TMPDIR to a larger place",
				 WORKSHOP_BYTES >> 20, directory, left >> 20);
}

static int make_in(const char *directory, struct making *making, const struct options *options,
	struct failure *failure)
{
	autoclose int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* The users that APT and mmdebstrap become must get through. */
	if (fd < 0 || fchmod(fd, 0755) < 0) {
		return failure_set(
			failure, EXIT_WRITE, "cannot use %s: %s", directory, strerror(errno));
	}
	making->workshop.directory = directory;
	making->workshop.directory_fd = fd;
	int rc = check_space(directory, failure) < 0 ? -1 : make(making, options, failure);
	finish(making);
	return rc;
}

int image_build_command(const struct options *options, struct failure *failure)
{
	const char *given = options->words.count ? options->words.items[0] : ".";
	autofree char *source = realpath(given, NULL);
	if (!source) {
		return failure_set(
			failure, EXIT_USAGE, "cannot find %s: %s", given, strerror(errno));
	}
	struct making making = {
		.source = source,
		.workshop = { .signal_fd = -1, .quiet = options->quiet },
		.layer_fd = -1,
		.archive_fd = -1,
	};
	char *directory = NULL;
	/* The mode of files in the image must not depend on the caller's. */
	umask(022);
	if (scratch_create(&directory, failure) < 0) {
		return -1;
	}
	int rc = make_in(directory, &making, options, failure);
	scratch_remove(directory);
	return rc;
}
