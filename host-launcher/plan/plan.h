/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a build's container is to be: from options, git facts, image and engine to the body of
 * `POST /containers/create`, the build's environment, and the docker command line that does the
 * same. Pure, so that golden tests can hold it.
 */

#include <jansson.h>
#include <stdbool.h>

#include "host-launcher/base/asset.h"
#include "host-launcher/base/env_list.h"
#include "host-launcher/engine/engine.h"
#include "host-launcher/git/gitinfo.h"
#include "host-launcher/git/source.h"
#include "host-launcher/options/options.h"

/* Labels by which a container and its volume are found again. */
#define PLAN_LABEL_RUN   "org.berth.run"
#define PLAN_LABEL_CACHE "org.berth.cache"
#define PLAN_LABEL_OWNER "org.berth.owner" /* see owner.h */
#define PLAN_LABEL_SHELL "org.berth.shell" /* the run that it shows, which it is not */

/* Begins the name of such a container; the run's name follows. */
#define PLAN_SHELL "berth-shell-"

/* Begins the name of a work volume; the run's name follows. */
#define PLAN_WORK_VOLUME "berth-work-"

/* What berth adds to the init's configuration. */
#define PLAN_INIT_EXTRA_PATH "/etc/berth/launcher.ini"

/* Where the build leaves its results. */
#define PLAN_ARTIFACTS_PATH "/artifacts"

struct plan_input {
	const struct options *options;
	const struct gitinfo *git;
	const struct source *source;
	const struct engine_facts *engine;
	const struct asset_list *assets;
	const struct string_list *results; /* folders that berth writes in, absolute */
	const char *image;                 /* ID of the image to run */
	const char *image_reference;       /* its name, for the record */
	const char *mismatch; /* why another image than the pinned one runs; NULL: it does not */
	const char *snapshots_serials; /* what APT_SNAPSHOTS_SERIALS says here, or NULL */
	int64_t now_s;
	uint64_t memory_free; /* of the engine's machine, bytes; 0: not known */
	const char *run;      /* identifies this build */
	const char *owner;    /* this process, see owner.h; NULL: none is named */
};

struct plan {
	json_t *create;
	char *init_extra; /* contents of PLAN_INIT_EXTRA_PATH */
	char *container;
	char *work_volume;  /* NULL: the work tree is in memory */
	bool ram;           /* it is */
	uint64_t ram_bytes; /* 0: the engine's default */
	char *cache_volume; /* NULL: no cache is used */
	struct env_list env;
	struct string_list warnings;
	char *docker_run; /* one line for sh */
};

/* Returns 0 and a plan the caller finishes, or -1: EXIT_USAGE for options that make no sense and
 * for a folder that the engine cannot mount. */
int plan_make(const struct plan_input *input, struct plan *ret_plan, struct failure *failure);

/* A member of HostConfig.Mounts: a file or folder of this machine, read-only. */
json_t *plan_bind_mount(const char *source, const char *target);

/* A label's text. NULL: it is not there, or empty, for what is made of a build's container or image
 * inherits its labels, and can be rid of them no other way. */
const char *plan_label(const json_t *labels, const char *label);

/* The capabilities that every build gets, without CAP_. */
const char *const *plan_capabilities(size_t *ret_count);

void plan_finish(struct plan *plan);
