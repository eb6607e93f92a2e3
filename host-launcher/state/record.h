/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What berth remembers of a run on this machine, so that another berth can take it over, or clean
 * up after one that was killed: a file of JSON a run, from before its container is created until
 * nothing of it is left. In /var/lib/berth/runs for root, else in $XDG_STATE_HOME/berth/runs;
 * BERTH_STATE names another folder than .../berth.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/env_list.h"
#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"

/* Why the run is still there. */
#define RECORD_RUNNING  "running"
#define RECORD_DETACHED "detached"
#define RECORD_KEPT     "kept"

/* All owned. */
struct record {
	char *run;
	char *state;
	char *owner; /* see owner.h */
	char *engine;
	char *container;
	char *work_volume; /* NULL: none */
	char *artifacts;   /* folder of the results, absolute */
	char *source;
	char *scratch; /* a copy of the source that goes with the run; NULL: none */
	char *ref;
	char *commit;
	char *image;
	char *on_failure;
	int64_t started_s;
	int64_t stop_timeout_ms;
	int64_t build_timeout_ms;    /* 0: never */
	bool keep;                   /* its container, in any case */
	struct env_list environment; /* of the build */
};

/* The folder of berth's state, owned by the caller, and one in it, which is created. */
char *record_folder(void);
char *record_subfolder(const char *name);

/* Writes the record in one step. Returns 0 or -errno. */
int record_write(const struct record *record);

/* Changes the state of a record. Returns 0 or -errno. */
int record_set_state(const char *run, const char *state);

/* Gives a run that nobody on this machine is at to `owner`, in one step. False: somebody else was
 * faster. Blocks for who does the same. */
bool record_take_over(const char *run, const char *owner);

/* Returns 1 and a record the caller finishes, 0 when there is none that can be read. */
int record_read(const char *run, struct record *ret_record);

/* The same from a file's text, which has to be the record of `run`. Pure. */
int record_parse(const char *run, const char *text, size_t length, struct record *ret_record);

/* Creates a folder that goes with the record, for what the run's container uses of this machine.
 * Returns its path, owned by the caller, or NULL with errno set. */
char *record_make_folder(const char *run);

/* The runs that have a record. */
void record_list(struct string_list *runs);

/* With its folder. */
void record_remove(const char *run);

void record_finish(struct record *record);
