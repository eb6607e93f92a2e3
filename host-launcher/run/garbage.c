/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/garbage.h"

#include <stdio.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/engine/engine_image.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/run/shells.h"
#include "host-launcher/state/scratch.h"

static bool has_run(const struct run_entry_list *list, const char *run)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].run, run) == 0) {
			return true;
		}
	}
	return false;
}

int garbage_collect_volumes(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, struct failure *failure)
{
	json_auto_t *volumes = NULL;
	if (container_list_volumes(engine, PLAN_LABEL_RUN, &volumes, failure) < 0) {
		return -1;
	}
	size_t index;
	const json_t *volume;
	json_array_foreach(volumes, index, volume)
	{
		const char *name = json_string_value(json_object_get(volume, "Name"));
		const json_t *labels = json_object_get(volume, "Labels");
		const char *run = plan_label(labels, PLAN_LABEL_RUN);
		if (!name || !run || has_run(list, run) || runs_has_owner(run)) {
			continue;
		}
		if (options->dry_run) {
			printf("would remove volume %s\n", name);
		} else if (container_remove_volume(engine, name, failure) < 0) {
			/* In use after all. */
			message_detail("%s", failure->text);
		} else {
			message_note("removed volume %s", name);
		}
	}
	return 0;
}

int garbage_collect_shells(struct engine *engine, const struct options *options,
	struct string_list *ret_open, struct failure *failure)
{
	const struct shells_choice choice = {
		.reach = options->all ? SHELLS_FOREIGN : SHELLS_ABANDONED,
		.dry_run = options->dry_run,
	};
	int rc = shells_remove(engine, &choice, ret_open, failure);
	for (size_t i = 0; i < ret_open->count; i++) {
		message_note("left the shell of run %s: a berth is in it, or may be",
			ret_open->items[i]);
	}
	return rc;
}

static void remove_image(
	struct engine *engine, const struct options *options, const char *id, const char *name)
{
	struct failure failure;
	if (options->dry_run) {
		printf("would remove image %s\n", name);
	} else if (engine_image_remove(engine, id, &failure) < 0) {
		message_failure(&failure);
	} else {
		message_note("removed image %s", name);
	}
}

/* What a person made of the container of a run or of a shell has its labels, too. */
static bool is_ours(const json_t *labels)
{
	return !plan_label(labels, PLAN_LABEL_RUN) && !plan_label(labels, PLAN_LABEL_SHELL);
}

int garbage_collect_images(
	struct engine *engine, const struct options *options, struct failure *failure)
{
	json_auto_t *images = NULL;
	if (engine_image_list(engine, PLAN_LABEL_OWNER, &images, failure) < 0) {
		return -1;
	}
	size_t index;
	const json_t *image;
	json_array_foreach(images, index, image)
	{
		const json_t *labels = json_object_get(image, "Labels");
		const char *id = json_string_value(json_object_get(image, "Id"));
		const char *name =
			json_string_value(json_array_get(json_object_get(image, "RepoTags"), 0));
		enum owner_verdict verdict =
			owner_judge(json_string_value(json_object_get(labels, PLAN_LABEL_OWNER)));
		if (id && is_ours(labels) &&
			(verdict == OWNER_GONE || (options->all && verdict == OWNER_ELSEWHERE))) {
			autofree char *shown = alloc_copy(name ? name : id);
			text_make_harmless(shown);
			remove_image(engine, options, id, shown);
		}
	}
	return 0;
}

void garbage_collect_folders(const struct options *options)
{
	struct string_list paths = { 0 };
	scratch_find_abandoned(options->all, &paths);
	for (size_t i = 0; i < paths.count; i++) {
		if (options->dry_run) {
			printf("would remove %s\n", paths.items[i]);
		} else if (scratch_remove(alloc_copy(paths.items[i])) == 0) {
			message_note("removed %s", paths.items[i]);
		}
	}
	string_list_finish(&paths);
}
