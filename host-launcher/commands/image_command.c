/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/image/image.h"
#include "host-launcher/image/image_check.h"
#include "host-launcher/image/pin_write.h"

/* An archive that was said to be loaded must be there: engines are known to be too hopeful. */
static int load_and_look(struct engine *engine, const char *path, char **ret_loaded,
	struct engine_image *ret_image, struct failure *failure)
{
	autofree char *loaded = NULL;
	if (image_load_file(engine, path, &loaded, failure) < 0) {
		return -1;
	}
	int rc = engine_image_inspect(engine, loaded, ret_image, failure);
	if (rc <= 0) {
		return rc < 0 ? -1
			      : failure_set(failure, EXIT_IMAGE_LOAD,
					"the engine said that it loaded %s, but does not have it",
					loaded);
	}
	*ret_loaded = loaded;
	loaded = NULL;
	return 0;
}

static void print_json(json_t *object)
{
	json_dumpf(object, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(object);
}

int image_load_command(const struct options *options, struct failure *failure)
{
	struct engine *engine;
	if (engine_open(options->engine, &engine, failure) < 0) {
		return -1;
	}
	autofree char *loaded = NULL;
	struct engine_image image = { 0 };
	int rc = load_and_look(engine, options->words.items[0], &loaded, &image, failure);
	engine_close(engine);
	if (rc < 0) {
		return -1;
	}
	if (options->json) {
		print_json(json_pack("{s:s, s:s}", "loaded", loaded, "id", image.id));
	} else {
		printf("%s %s\n", loaded, image.id);
	}
	engine_image_finish(&image);
	return 0;
}

static int pin_image(
	struct engine *engine, const char *reference, const char *source, struct failure *failure)
{
	struct engine_image image = { 0 };
	int rc = engine_image_inspect(engine, reference, &image, failure);
	if (rc <= 0) {
		return rc < 0 ? -1
			      : failure_set(failure, EXIT_IMAGE,
					"the engine has no image %s: berth image build makes one, "
					"berth image load loads one",
					reference);
	}
	/* What is borrowed here is not the pin's to free. */
	union {
		const char *given;
		char *wanted;
	} name = { reference };
	struct pin pin = {
		.reference = name.wanted,
		.config_digest = image.id,
		.diff_ids = image.diff_ids,
		.diff_id_count = image.diff_id_count,
	};
	rc = pin_write(source, &pin, image.created_s, failure);
	if (rc == 0) {
		message_note("pinned %s in %s/" PIN_PATH ": commit that file", image.id, source);
	}
	engine_image_finish(&image);
	return rc;
}

int image_pin_command(const struct options *options, struct failure *failure)
{
	const char *reference = options->words.items[0];
	const char *source = options->words.count > 1 ? options->words.items[1] : ".";
	if (!pin_is_reference(reference)) {
		return failure_set(
			failure, EXIT_USAGE, "'%s' cannot be the name of an image", reference);
	}
	struct engine *engine;
	if (engine_open(options->engine, &engine, failure) < 0) {
		return -1;
	}
	int rc = pin_image(engine, reference, source, failure);
	engine_close(engine);
	return rc;
}

static const char *verdict_word(enum image_verdict verdict)
{
	switch (verdict) {
	case IMAGE_EXACT:
		return "exact";
	case IMAGE_OTHER_CONFIG:
		return "other-config";
	case IMAGE_OTHER_LAYERS:
		return "other-layers";
	}
	return "unknown";
}

static int show_status(struct engine *engine, const struct options *options, const struct pin *pin,
	struct failure *failure)
{
	struct engine_image image = { 0 };
	int rc = engine_image_inspect(engine, pin->config_digest, &image, failure);
	if (rc == 0) {
		rc = engine_image_inspect(engine, pin->reference, &image, failure);
	}
	if (rc < 0) {
		return -1;
	}
	enum image_verdict verdict = rc ? image_check(pin, &image) : IMAGE_OTHER_LAYERS;
	const char *word = rc ? verdict_word(verdict) : "missing";
	if (options->json) {
		print_json(json_pack("{s:s, s:s, s:s?, s:s}", "reference", pin->reference, "pinned",
			pin->config_digest, "engine", image.id, "status", word));
	} else {
		printf("reference: %s\npinned:    %s\nengine:    %s\nstatus:    %s\n",
			pin->reference, pin->config_digest, image.id ? image.id : "-", word);
	}
	engine_image_finish(&image);
	return rc && verdict == IMAGE_EXACT ? 0 : EXIT_IMAGE;
}

int image_status_command(const struct options *options, struct failure *failure)
{
	const char *source = options->words.count ? options->words.items[0] : ".";
	autofree char *path = alloc_printf("%s/" PIN_PATH, source);
	struct pin pin = { 0 };
	int rc = pin_read(path, &pin, failure);
	if (rc <= 0) {
		return rc < 0 ? -1
			      : failure_set(failure, EXIT_IMAGE,
					"no image is pinned: %s is missing; berth image build "
					"writes it",
					path);
	}
	struct engine *engine;
	rc = engine_open(options->engine, &engine, failure);
	if (rc == 0) {
		rc = show_status(engine, options, &pin, failure);
		engine_close(engine);
	}
	pin_finish(&pin);
	return rc;
}
