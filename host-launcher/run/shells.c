/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/shells.h"

#include <stdio.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/engine/engine_image.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/state/owner.h"

static const char *member(const json_t *container, const char *key)
{
	const char *text = json_string_value(json_object_get(container, key));
	return text ? text : "";
}

static bool has_ended(const json_t *container)
{
	const char *state = member(container, "State");
	return strcmp(state, "exited") == 0 || strcmp(state, "dead") == 0;
}

static bool is_within(const json_t *container, enum shells_reach reach)
{
	const json_t *labels = json_object_get(container, "Labels");
	switch (owner_judge(plan_label(labels, PLAN_LABEL_OWNER))) {
	case OWNER_GONE:
		return true;
	case OWNER_ELSEWHERE:
		return reach >= SHELLS_FOREIGN || (reach == SHELLS_ENDED && has_ended(container));
	case OWNER_ALIVE:
		return reach == SHELLS_ALL;
	}
	return false;
}

/* NULL: it is none. A build's own container may have the label from an image that somebody made of
 * a shell's. */
static const char *shell_of(const json_t *container)
{
	const json_t *labels = json_object_get(container, "Labels");
	return plan_label(labels, PLAN_LABEL_RUN) ? NULL : plan_label(labels, PLAN_LABEL_SHELL);
}

static int remove_one(struct engine *engine, const json_t *container, const char *run, bool dry_run,
	struct failure *failure)
{
	autofree char *shown = alloc_copy(run);
	text_make_harmless(shown);
	if (dry_run) {
		printf("would remove container " PLAN_SHELL "%s\n", shown);
		return 0;
	}
	if (container_remove(engine, member(container, "Id"), failure) < 0) {
		return -1;
	}
	message_note("removed container " PLAN_SHELL "%s", shown);
	/* By docker it stays while an image that a person made of the container needs it. */
	if (engine_image_remove(engine, member(container, "ImageID"), failure) < 0) {
		message_failure(failure);
	}
	return 0;
}

int shells_remove(struct engine *engine, const struct shells_choice *choice,
	struct string_list *ret_left, struct failure *failure)
{
	json_auto_t *containers = NULL;
	if (container_list(engine, PLAN_LABEL_SHELL, &containers, failure) < 0) {
		return -1;
	}
	size_t index;
	const json_t *container;
	json_array_foreach(containers, index, container)
	{
		const char *run = shell_of(container);
		if (!run || (choice->run && strcmp(choice->run, run) != 0)) {
			continue;
		}
		if (!is_within(container, choice->reach)) {
			string_list_add(ret_left, run);
		} else if (remove_one(engine, container, run, choice->dry_run, failure) < 0) {
			return -1;
		}
	}
	return 0;
}
