/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What `berth doctor` found: a list of findings, each with what was found, what that means and what
 * to do, for people and for programs. Pure but for the printing.
 */

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

enum finding_grade {
	FINDING_FINE,
	FINDING_NOTE,    /* good to know */
	FINDING_WARNING, /* builds work, or some of them */
	FINDING_ERROR,   /* no build works */
};

/* The texts come from malloc() and belong to the list. */
struct finding {
	const char *topic; /* "engine"; a constant */
	enum finding_grade grade;
	int code;    /* what a build would end with; 0 unless it is an error */
	char *found; /* one line */
	char *means; /* NULL where nothing follows from it */
	char *todo;  /* likewise */
};

/* Zero-initialise before first use. */
struct finding_list {
	struct finding *items;
	size_t count;
};

/* Takes over the finding's texts. */
void finding_add(struct finding_list *list, struct finding finding);

/* "fine", "note", "warning", "error". */
const char *finding_grade_name(enum finding_grade grade);

/* The code of the first error, or 0. */
int finding_list_code(const struct finding_list *list);

/* How many are of that grade. */
size_t finding_list_count(const struct finding_list *list, enum finding_grade grade);

/* {"exit_code": 0, "findings": [{"topic", "grade", "found", "means", "todo"}]}; the caller owns it.
 * What is no UTF-8 is replaced. */
json_t *finding_list_to_json(const struct finding_list *list);

/* A line each, with what it means and what to do below it. Control bytes are replaced. */
void finding_list_print(const struct finding_list *list, FILE *out);

void finding_list_finish(struct finding_list *list);
