/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A build by the real launcher with an engine that does not exist (fake_engine.h), in a folder of
 * its own. Everything is waited for with a deadline.
 */

#include <sys/types.h>

struct scene {
	char folder[64];
	pid_t engine;
	pid_t berth;
	int code;     /* 128+n when signal n ended berth */
	char *output; /* of berth, once it ended; */
	char *errors;
	char *record; /* the requests that the engine saw, a line each */
};

/* Makes the folder and, in src/, a source tree with a pin that the fake engine's image fits. */
void scene_init(struct scene *scene);

/* Starts the engine with these arguments, NULL-terminated, and waits until it listens. */
void scene_engine(struct scene *scene, const char *const *arguments);

/* Starts `berth build` with these further arguments, NULL-terminated. */
void scene_start(struct scene *scene, const char *const *arguments);

/* Starts a command of berth, its words and options NULL-terminated, in src/. What it needs for a
 * while is in tmp/; the mmdebstrap that it finds makes a file system of nothing. */
void scene_start_command(struct scene *scene, const char *const *arguments);

/* Waits for berth's end, 120 s at most, and reads what it left. */
void scene_end(struct scene *scene);

/* Waits until a file in the folder ("err", "record") contains the text, 60 s at most. */
void scene_await(struct scene *scene, const char *file, const char *text);

/* What a file in the folder contains, owned by the caller; "" where there is none. */
char *scene_read(const struct scene *scene, const char *file);

void scene_finish(struct scene *scene);
