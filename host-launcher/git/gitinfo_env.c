/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/git/gitinfo.h"
#include "host-launcher/state/scratch.h"

bool gitinfo_is_release(const struct gitinfo *info)
{
	return info->tag != NULL;
}

bool gitinfo_is_merged(const struct gitinfo *info)
{
	return info->scratch != NULL;
}

/* PATH=COMMIT, quoted for sh, with blanks between them. */
static char *list_submodules(const struct git_submodules *submodules)
{
	struct buffer words = { 0 };
	for (size_t i = 0; i < submodules->count; i++) {
		const struct git_submodule *submodule = &submodules->items[i];
		autofree char *word = alloc_printf("%s=%s", submodule->path, submodule->commit);
		buffer_append_text(&words, i ? " " : "");
		quote_word(&words, word);
	}
	return buffer_steal(&words);
}

char *gitinfo_tags(const struct gitinfo *info)
{
	struct buffer names = { 0 };
	for (size_t i = 0; i < info->tags.count; i++) {
		buffer_printf(&names, "%s\n", info->tags.items[i]);
	}
	return buffer_steal(&names);
}

static const char *flag(bool value)
{
	return value ? "1" : "0";
}

static const char *text(const char *value)
{
	return value ? value : "";
}

/* A branch that only CI knows by name is one to the build. */
static const char *branch_of(const struct gitinfo *info)
{
	return info->branch ? info->branch : info->tag ? "" : info->ref;
}

static const char *const facts[] = {
	"GIT_COMMIT",
	"GIT_REF",
	"BASE_BRANCH_GIT_COMMIT",
	"FEATURE_BRANCH_GIT_COMMIT",
	"SOURCE_DATE_EPOCH",
	"BERTH_BASE_BRANCH",
	"BERTH_GIT_HEAD",
	"BERTH_GIT_HEAD_SHORT",
	"BERTH_GIT_FEATURE_SHORT",
	"BERTH_GIT_BASE_SHORT",
	"BERTH_GIT_BRANCH",
	"BERTH_GIT_DESCRIBE",
	"BERTH_GIT_TAG",
	"BERTH_GIT_REMOTE",
	"BERTH_GIT_SUBMODULES",
	"BERTH_GIT_DIRTY",
	"BERTH_GIT_MERGED",
	"BERTH_GIT_SHALLOW",
	"BERTH_RELEASE",
};

bool gitinfo_is_fact(const char *name)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (strcmp(facts[i], name) == 0) {
			return true;
		}
	}
	return false;
}

void gitinfo_to_env(const struct gitinfo *info, struct env_list *env)
{
	char epoch[32];
	snprintf(epoch, sizeof(epoch), "%" PRId64, info->source_date_epoch_s);
	autofree char *submodules = list_submodules(&info->submodules);
	/* In the order of their names above. */
	const char *const values[] = {
		info->commit,
		info->ref,
		info->base_commit,
		info->feature_commit,
		epoch,
		info->base_branch,
		info->build_commit,
		text(info->build_short),
		text(info->commit_short),
		text(info->base_short),
		branch_of(info),
		info->describe,
		text(info->tag),
		text(info->remote),
		submodules,
		flag(info->changes.count),
		flag(gitinfo_is_merged(info)),
		flag(info->shallow),
		flag(gitinfo_is_release(info)),
	};
	_Static_assert(sizeof(values) == sizeof(facts), "a value for each fact");
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		env_list_set(env, facts[i], values[i]);
	}
}

void gitinfo_finish(struct gitinfo *info)
{
	char *texts[] = {
		info->source,
		info->commit,
		info->ref,
		info->branch,
		info->tag,
		info->describe,
		info->base_branch,
		info->base_commit,
		info->feature_commit,
		info->build_commit,
		info->commit_short,
		info->base_short,
		info->build_short,
		info->remote,
		info->log,
		info->git_dir,
		info->objects,
		info->object_format,
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		free(texts[i]);
	}
	scratch_remove(info->scratch);
	string_list_finish(&info->changes);
	string_list_finish(&info->merge_env);
	string_list_finish(&info->tags);
	git_submodules_finish(&info->submodules);
	*info = (struct gitinfo) { 0 };
}
