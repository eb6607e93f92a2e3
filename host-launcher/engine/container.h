/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One container in an engine: the requests of its life, each a function. All block; see engine.h.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/engine/engine.h"

/* How a container ended, as the engine saw it. */
struct container_end {
	int exit_code;
	bool oom_killed;
	int64_t finished_ms; /* since 1970, by its clock; 0: not known */
	char *error;         /* the engine's words, or NULL; free() it */
};

/* Creates it and gives its ID, owned by the caller. Failure: EXIT_CANNOT_START. */
int container_create(struct engine *engine, const char *name, const json_t *body, char **ret_id,
	struct failure *failure);

/* Unpacks a tar archive into its root. Failure: EXIT_CANNOT_START. */
int container_upload(struct engine *engine, const char *id, const void *archive, uint64_t length,
	struct failure *failure);

/* Failure: EXIT_CANNOT_START. */
int container_start(struct engine *engine, const char *id, struct failure *failure);

/* Sends a signal, as "SIGTERM"; waits no longer than five seconds. A container that does not run is
 * no failure. */
int container_kill(
	struct engine *engine, const char *id, const char *signal, struct failure *failure);

/* Sends its stop signal, and SIGKILL when `grace_ms` are over; blocks until it ended. One that does
 * not run is no failure. */
int container_stop(
	struct engine *engine, const char *id, int64_t grace_ms, struct failure *failure);

/* Failure: EXIT_ENGINE_LOST. */
int container_inspect(struct engine *engine, const char *id, struct container_end *ret_end,
	struct failure *failure);

enum container_life {
	CONTAINER_NEW,    /* created and not started yet */
	CONTAINER_RUNS,   /* or is paused, or being stopped: for podman such a one is not running */
	CONTAINER_OVER,   /* it ended, or the engine does not know it any more */
	CONTAINER_UNSURE, /* the engine did not tell */
};

/* As /containers/ID/json describes it. Pure. */
enum container_life container_judge_life(const json_t *container);

/* As the engine says within HTTP_PULSE_MS; while it is busy with the end of a container, it may
 * take that long. */
enum container_life container_ask_life(struct engine *engine, const char *id);
bool container_has_ended(struct engine *engine, const char *id);

/* Removes it with its anonymous volumes, killing it if need be; one that is gone is no failure.
 * Blocks until it is gone; podman is asked up to five times in a second. */
int container_remove(struct engine *engine, const char *id, struct failure *failure);

/* One with a label; where it is there already, it stays as it is. `*ret_folder` is where the engine
 * keeps it, owned by the caller, or NULL. Podman is asked up to five times in a second. Failure:
 * EXIT_CANNOT_START. */
int container_create_volume(struct engine *engine, const char *name, const char *label,
	const char *value, char **ret_folder, struct failure *failure);

/* A volume that is gone is no failure. */
int container_remove_volume(struct engine *engine, const char *name, struct failure *failure);

/* The containers that carry a label, as /containers/json lists them; owned by the caller. */
int container_list(
	struct engine *engine, const char *label, json_t **ret_list, struct failure *failure);

/* The volumes that carry a label, likewise. */
int container_list_volumes(
	struct engine *engine, const char *label, json_t **ret_list, struct failure *failure);

/* Streams: output and errors as stream.h reads them; the end, when it comes, as JSON; a tar
 * archive of a path. NULL without memory. */
struct http_call *container_attach(struct engine *engine, const char *id);
struct http_call *container_wait(struct engine *engine, const char *id);
/* The same for one that was started, and may have ended. */
struct http_call *container_wait_stopped(struct engine *engine, const char *id);
/* Takes the code from the answer to either. Returns 1; 0 when it tells none, or one that cannot be
 * trusted, as podman's 0 with an error for a container whose code it has forgotten:
 * container_inspect() may tell; -1 when it is no whole answer. */
int container_read_code(const struct http_call *wait, int *ret_code);
/* What it uses of the machine, as samples.h reads it. */
struct http_call *container_stats(struct engine *engine, const char *id);
/* The record of the log from its start, as container_attach() gives it; `follow`: and what comes.
 */
struct http_call *container_logs(struct engine *engine, const char *id, bool follow);
struct http_call *container_download(struct engine *engine, const char *id, const char *path);
