/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_describe.h"

#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

enum {
	ABBREV = 12,
};

/* The best so far. */
struct candidate {
	char *commit;
	unsigned long distance;
};

/* Commits that HEAD has and the candidate lacks: the fewer, the better; of two equal ones the first
 * found. */
static int judge(const struct git_place *place, const char *head, const char *commit,
	struct candidate *best, struct failure *failure)
{
	autofree char *range = alloc_printf("%s..%s", commit, head);
	autofree char *count = NULL;
	if (git_need(place, GIT("rev-list", "--count", range), &count, failure) < 0) {
		return -1;
	}
	unsigned long distance = strtoul(count, NULL, 10);
	if (!best->commit || distance < best->distance) {
		free(best->commit);
		best->commit = alloc_copy(commit);
		best->distance = distance;
	}
	return 0;
}

/* `lines` are commits, from the newest on. */
static int find_best(const struct git_place *place, const char *lines, const char *head,
	struct candidate *best, struct failure *failure)
{
	int candidates = 0;
	while (*lines && candidates < GIT_DESCRIBE_CANDIDATES) {
		if (git_rule_is_tagged(lines)) {
			autofree char *commit = alloc_copy_range(lines, strcspn(lines, " \n"));
			candidates++;
			if (judge(place, head, commit, best, failure) < 0) {
				return -1;
			}
		}
		lines += strcspn(lines, "\n");
		lines += *lines == '\n';
	}
	return 0;
}

static int from_history(const struct git_place *place, const struct git_describe_question *question,
	char **ret_text, struct failure *failure)
{
	const char *head = question->commit;
	autofree char *tag = NULL;
	struct candidate best = { 0 };
	int rc = find_best(place, question->history, head, &best, failure);
	if (rc == 0 && best.commit) {
		/* Of several tags there git chooses one. */
		rc = git_need(place, GIT("describe", "--tags", "--exact-match", best.commit), &tag,
			failure);
	}
	if (tag) {
		*ret_text = alloc_printf("%s-%lu-g%.*s", tag, best.distance, ABBREV, head);
	}
	free(best.commit);
	return rc;
}

int git_describe(const struct git_place *place, const struct git_describe_question *question,
	char **ret_text, struct failure *failure)
{
	char *text = question->tag ? alloc_copy(question->tag) : NULL;
	if (!text && from_history(place, question, &text, failure) < 0) {
		return -1;
	}
	*ret_text = text ? text : alloc_copy_range(question->commit, ABBREV);
	return 0;
}
