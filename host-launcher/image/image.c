/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/image/image_check.h"

void image_finish(struct image *image)
{
	free(image->id);
	free(image->reference);
	free(image->mismatch);
	*image = (struct image) { 0 };
}

int image_load_file(
	struct engine *engine, const char *path, char **ret_loaded, struct failure *failure)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return failure_set(failure, EXIT_IMAGE_LOAD, "cannot read the image archive %s: %s",
			path, strerror(errno));
	}
	message_note("loading the image from %s", path);
	return engine_image_load(engine, fd, ret_loaded, failure);
}

/* By the pinned digest, else by name: the name may have moved on, or the engine may count IDs in
 * another way. 1 found, 0 not. */
static int look_up(struct engine *engine, const struct pin *pin, struct engine_image *ret_image,
	struct failure *failure)
{
	int rc = engine_image_inspect(engine, pin->config_digest, ret_image, failure);
	return rc == 0 ? engine_image_inspect(engine, pin->reference, ret_image, failure) : rc;
}

/* Loads --image-file if the image is not there in the pinned form, and looks again. */
static int find(struct engine *engine, const struct options *options, const struct pin *pin,
	struct engine_image *ret_image, struct failure *failure)
{
	int rc = look_up(engine, pin, ret_image, failure);
	bool exact = rc > 0 && image_check(pin, ret_image) == IMAGE_EXACT;
	if (rc < 0 || exact || !options->image_file || options->dry_run) {
		return rc;
	}
	if (rc > 0) {
		engine_image_finish(ret_image);
	}
	autofree char *loaded = NULL;
	if (image_load_file(engine, options->image_file, &loaded, failure) < 0) {
		return -1;
	}
	return look_up(engine, pin, ret_image, failure);
}

static int judge(const struct options *options, const struct gitinfo *git, const struct pin *pin,
	const struct engine_image *found, struct image *image, struct failure *failure)
{
	enum image_verdict verdict = image_check(pin, found);
	if (verdict != IMAGE_EXACT && !options->allow_image_mismatch) {
		return failure_set(failure, EXIT_IMAGE,
			"the image %s in the engine %s: load the pinned one (berth image load, "
			"--image-file), pin this one (berth image pin), or give "
			"--allow-image-mismatch=REASON",
			pin->reference, image_verdict_text(verdict));
	}
	if (verdict != IMAGE_EXACT && gitinfo_is_release(git)) {
		return failure_set(failure, EXIT_IMAGE,
			"the image %s in the engine %s, and %s is a release: "
			"--allow-image-mismatch "
			"is refused",
			pin->reference, image_verdict_text(verdict), git->tag);
	}
	image->id = alloc_copy(found->id);
	image->reference = alloc_copy(pin->reference);
	if (verdict != IMAGE_EXACT) {
		image->mismatch = alloc_copy(options->allow_image_mismatch);
	}
	return 0;
}

static int choose(struct engine *engine, const struct options *options, const struct gitinfo *git,
	const struct pin *pin, struct image *image, struct failure *failure)
{
	struct engine_image found = { 0 };
	int rc = find(engine, options, pin, &found, failure);
	if (rc < 0) {
		return -1;
	}
	if (rc == 0) {
		return failure_set(failure, EXIT_IMAGE,
			"the engine has no image %s: make it with berth image build, or load its "
			"archive with berth image load FILE",
			pin->reference);
	}
	rc = judge(options, git, pin, &found, image, failure);
	engine_image_finish(&found);
	return rc;
}

int image_choose(struct engine *engine, const struct options *options, const struct gitinfo *git,
	struct image *ret_image, struct failure *failure)
{
	autofree char *path = alloc_printf("%s/" PIN_PATH, git->source);
	struct pin pin = { 0 };
	int rc = pin_read(path, &pin, failure);
	if (rc < 0) {
		return -1;
	}
	if (rc == 0) {
		return failure_set(failure, EXIT_IMAGE,
			"no image is pinned: %s is missing; berth image build makes an image and "
			"writes it",
			path);
	}
	rc = choose(engine, options, git, &pin, ret_image, failure);
	pin_finish(&pin);
	return rc;
}
