/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the folders of UnitPath= ask for, as a list of units and of who pulls in whom: by links in
 * NAME.wants/ and NAME.requires/, and by [Install]. Nothing of a unit but [Install] is read.
 */

#include "conf/loader.h"

struct unit_node;

/* `owner` wants or requires `unit`. */
struct unit_pull {
	struct unit_pull *next;
	struct unit_node *unit;
	bool required;
};

struct unit_node {
	struct unit_node *next; /* in the order in which they were met */
	const char *name;
	enum unit_type type;
	bool in_folder; /* there is a file of that name */
	bool masked;
	bool enabled; /* somebody pulls it in */
	bool read;    /* its [Install] */
	bool visited; /* by unit_pull.c, which queues it */
	struct unit_node *queued;
	struct unit_node *alias_of; /* or NULL */
	struct unit_pull *pulls;    /* whom it pulls in */
	struct unit_pull *last_pull;
	const char *file;            /* for messages */
	const char *wanted_by;       /* one of those that pull it in */
	struct dependency *requests; /* of a target: what its file says */
};

struct unit_folder {
	struct unit_path path;
	struct conf_set scratch; /* its memory, and what reading for it leaves */
	struct conf_problems *problems;
	struct unit_node *first;
	struct unit_node **last;
	int error; /* -ENOMEM, once it happened */
};

/* Reads the folders, whose names must live as long. */
void unit_folder_read(struct unit_folder *folder, const struct conf_strings *folders,
	struct conf_problems *problems);
void unit_folder_finish(struct unit_folder *folder);

/* The unit of that name, with the aliases followed. It is made if there is none. NULL without
 * memory. */
struct unit_node *unit_folder_node(struct unit_folder *folder, const char *name);
