/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/shell.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/base/terminal.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/engine/engine_image.h"
#include "host-launcher/engine/podman.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/run/pump.h"
#include "host-launcher/run/runs.h"
#include "host-launcher/run/shells.h"
#include "host-launcher/state/owner.h"

enum {
	END_MS = 10 * 1000,
	END_POLL_MS = 50,
	/* What an engine makes behind our back would have to be removed by others. */
	FINISH_MS = 30 * 1000,
};

/* Whatever shell there is, in the work tree where that still is. */
static const char default_shell[] = "cd /work/tree 2>/dev/null || cd /work 2>/dev/null; "
				    "command -v bash >/dev/null && exec bash; exec sh";

/* A program with streams of its own: an exec, or a container. */
struct target {
	struct engine *engine;
	const char *kind; /* "exec" or "containers" */
	const char *id;
};

static void resize(void *user, unsigned rows, unsigned columns)
{
	const struct target *target = user;
	autofree char *path =
		alloc_printf("/%s/%s/resize?h=%u&w=%u", target->kind, target->id, rows, columns);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "resize the terminal",
		.timeout_ms = HTTP_PULSE_MS,
	};
	/* Too early or too late is no harm. */
	struct failure ignored;
	(void)engine_allow(target->engine, &request, 500, NULL, &ignored);
}

static json_t *command_words(const struct string_list *command)
{
	if (!command->count) {
		return json_pack("[s, s, s]", "/bin/sh", "-c", default_shell);
	}
	json_t *words = json_array();
	for (size_t i = 0; i < command->count; i++) {
		json_array_append_new(words, json_string(command->items[i]));
	}
	return words;
}

static json_t *terminal_name(void)
{
	const char *name = getenv("TERM");
	autofree char *pair = alloc_printf("TERM=%s", name && *name ? name : "dumb");
	return json_string(pair);
}

/* The first signal ends it all, and its requests; what those left is removed then, and a signal
 * that comes meanwhile leaves it to berth gc. */
static int check_signal(int fd, struct failure *failure)
{
	int signal = signals_read(fd);
	return signal ? failure_set(failure, EXIT_SIGNAL_BASE + signal,
				"stopped by signal %s outside of the shell", sigabbrev_np(signal))
		      : 0;
}

static int signal_of(struct engine *engine)
{
	return http_interrupt(engine_http(engine));
}

/* POST with a body; the answer's "Id", owned by the caller, or NULL. */
static char *post_for_id(struct engine *engine, const char *path, json_t *body, const char *purpose,
	struct failure *failure)
{
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.json = body,
		.purpose = purpose,
		.finish_ms = FINISH_MS,
		.refusal_code = EXIT_CANNOT_START,
	};
	json_auto_t *answer = NULL;
	int rc = engine_tell(engine, &request, &answer, failure);
	json_decref(body);
	const char *id = json_string_value(json_object_get(answer, "Id"));
	if (rc >= 0 && !id) {
		failure_fill(failure, EXIT_API, "the engine gave no ID when asked to %s", purpose);
	}
	return rc >= 0 && id ? alloc_copy(id) : NULL;
}

/* What the engine tells of the target's state, which lies `inside` of that or is all of it. */
static int ask_state(const struct target *target, const char *inside, json_t **ret_state,
	struct failure *failure)
{
	autofree char *path = alloc_printf("/%s/%s/json", target->kind, target->id);
	struct engine_request request = {
		.method = "GET",
		.path = path,
		.purpose = "tell how the shell ended",
		.refusal_code = EXIT_ENGINE_LOST,
	};
	json_auto_t *answer = NULL;
	if (engine_tell(target->engine, &request, &answer, failure) < 0) {
		return -1;
	}
	*ret_state = json_incref(inside ? json_object_get(answer, inside) : answer);
	return 0;
}

/* Its streams end a little before it does, and there is no code until then. */
static int read_code(const struct target *target, const char *inside, struct failure *failure)
{
	int64_t deadline_ms = clock_now_ms() + END_MS;
	do {
		json_auto_t *state = NULL;
		if (ask_state(target, inside, &state, failure) < 0) {
			return -1;
		}
		const json_t *code = json_object_get(state, "ExitCode");
		if (json_is_false(json_object_get(state, "Running")) && json_is_integer(code)) {
			return (int)json_integer_value(code);
		}
		poll(NULL, 0, END_POLL_MS);
	} while (clock_now_ms() < deadline_ms);
	return failure_set(
		failure, EXIT_ENGINE_LOST, "the engine does not tell how the shell ended");
}

static int run_exec(struct target *target, bool terminal, struct failure *failure)
{
	autofree char *path = alloc_printf("/exec/%s/start", target->id);
	json_auto_t *body = json_pack("{s:b, s:b}", "Detach", 0, "Tty", terminal);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.json = body,
		.purpose = "start the shell",
		.refusal_code = EXIT_CANNOT_START,
	};
	struct pump pump = { .terminal = terminal, .resize = resize, .user = target };
	if (duplex_open(target->engine, &request, &pump.duplex, failure) < 0) {
		return -1;
	}
	int rc = pump_run(&pump, failure);
	duplex_close(pump.duplex);
	return rc == 0 ? read_code(target, NULL, failure) : rc;
}

static int shell_inside(struct engine *engine, const char *id, const struct string_list *command,
	struct failure *failure)
{
	bool terminal = terminal_is_there();
	autofree char *path = alloc_printf("/containers/%s/exec", id);
	autofree char *exec = post_for_id(engine, path,
		json_pack("{s:b, s:b, s:b, s:b, s:o, s:[o]}", "AttachStdin", 1, "AttachStdout", 1,
			"AttachStderr", 1, "Tty", terminal, "Cmd", command_words(command), "Env",
			terminal_name()),
		"start a shell in the container", failure);
	if (!exec) {
		return -1;
	}
	struct target target = { .engine = engine, .kind = "exec", .id = exec };
	return run_exec(&target, terminal, failure);
}

/* By the image it would inherit the labels of the run, and be taken for that. */
static json_t *make_labels(const char *run)
{
	autofree char *owner = owner_self();
	return json_pack("{s:s, s:s, s:s, s:s}", PLAN_LABEL_RUN, "", PLAN_LABEL_CACHE, "",
		PLAN_LABEL_OWNER, owner, PLAN_LABEL_SHELL, run);
}

/* The same place once more: its files as they are now, its mounts, its variables. */
static json_t *make_body(const json_t *old, const char *image, const char *run, bool terminal,
	const struct string_list *command, bool podman)
{
	json_t *config = json_object_get(old, "Config");
	json_t *env = json_deep_copy(json_object_get(config, "Env"));
	env = env ? env : json_array();
	json_array_append_new(env, terminal_name());
	json_t *host_config = json_deep_copy(json_object_get(old, "HostConfig"));
	if (podman) {
		podman_adapt_told(host_config);
	}
	/* An empty list as entry point is the image's to podman. */
	return json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:o, s:[], s:s, s:o, s:o, s:o?}",
		"Image", image, "Tty", terminal, "OpenStdin", 1, "StdinOnce", 1, "AttachStdin", 1,
		"AttachStdout", 1, "AttachStderr", 1, "Entrypoint", command_words(command), "Cmd",
		"WorkingDir", "/", "Env", env, "Labels", make_labels(run), "HostConfig",
		host_config);
}

static int run_container(struct target *target, bool terminal, struct failure *failure)
{
	autofree char *path = alloc_printf(
		"/containers/%s/attach?stream=1&stdin=1&stdout=1&stderr=1", target->id);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "attach to the shell",
		.refusal_code = EXIT_CANNOT_START,
	};
	struct pump pump = { .terminal = terminal, .resize = resize, .user = target };
	if (duplex_open(target->engine, &request, &pump.duplex, failure) < 0) {
		return -1;
	}
	int rc = container_start(target->engine, target->id, failure);
	if (rc == 0) {
		rc = pump_run(&pump, failure);
	}
	duplex_close(pump.duplex);
	return rc == 0 ? read_code(target, "State", failure) : rc;
}

static json_t *inspect(struct engine *engine, const char *id, struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/json", id);
	struct engine_request request = {
		.method = "GET",
		.path = path,
		.purpose = "describe the container",
		.refusal_code = EXIT_CANNOT_START,
	};
	json_t *answer = NULL;
	return engine_tell(engine, &request, &answer, failure) < 0 ? NULL : answer;
}

/* Of what the container left. Owned by the caller; NULL. */
static char *make_image(struct engine *engine, const char *id, struct failure *failure)
{
	/* The run's own may be gone, and without a run it is berth's: see garbage.c. */
	autofree char *owner = owner_self();
	autofree char *change = alloc_printf("LABEL " PLAN_LABEL_OWNER "=%s", owner);
	autofree char *label = engine_escape(change);
	autofree char *path = alloc_printf(
		"/commit?container=%s&pause=0&changes=%s&changes=LABEL+" PLAN_LABEL_RUN "=", id,
		label);
	return post_for_id(engine, path, json_object(), "keep what the build left", failure);
}

static int shell_in_container(
	struct engine *engine, const char *id, bool terminal, struct failure *failure)
{
	struct target target = { .engine = engine, .kind = "containers", .id = id };
	int rc = check_signal(signal_of(engine), failure);
	return rc == 0 ? run_container(&target, terminal, failure) : rc;
}

/* In the image that holds what the container left. */
static int shell_in_image(struct engine *engine, const char *run, const json_t *old,
	const char *image, const struct string_list *command, struct failure *failure)
{
	bool terminal = terminal_is_there();
	autofree char *name = alloc_printf(PLAN_SHELL "%s", run);
	autofree char *id = NULL;
	json_auto_t *body =
		make_body(old, image, run, terminal, command, engine_facts(engine)->podman);
	if (check_signal(signal_of(engine), failure) < 0 ||
		container_create(engine, name, body, &id, failure) < 0) {
		return -1;
	}
	int rc = shell_in_container(engine, id, terminal, failure);
	if (rc < 0) {
		(void)check_signal(signal_of(engine), failure);
	}
	struct failure left;
	if (container_remove(engine, id, &left) < 0) {
		message_failure(&left);
		message_warn("container %s may be left: berth gc", name);
	}
	return rc;
}

/* A berth that was killed may have left one by the same name. */
static int make_room(struct engine *engine, const char *run, struct failure *failure)
{
	const struct shells_choice choice = { .run = run, .reach = SHELLS_ENDED };
	struct string_list open = { 0 };
	int rc = shells_remove(engine, &choice, &open, failure);
	if (rc == 0 && open.count) {
		rc = failure_set(failure, EXIT_BUSY,
			"another shell of run %s is open: exit that one first", run);
	}
	string_list_finish(&open);
	return rc;
}

int shell_after(struct engine *engine, const char *run, const char *id,
	const struct string_list *command, struct failure *failure)
{
	json_auto_t *old = inspect(engine, id, failure);
	autofree char *image = old && make_room(engine, run, failure) == 0
				       ? make_image(engine, id, failure)
				       : NULL;
	if (!image) {
		return -1;
	}
	int rc = shell_in_image(engine, run, old, image, command, failure);
	if (rc < 0) {
		(void)check_signal(signal_of(engine), failure);
	}
	struct failure left;
	if (engine_image_remove(engine, image, &left) < 0) {
		message_failure(&left);
	}
	return rc;
}

static int shell(struct engine *engine, const struct options *options, struct failure *failure)
{
	struct run_entry_list list;
	if (runs_collect(engine, &list, failure) < 0) {
		return -1;
	}
	const struct run_entry *entry =
		runs_find(&list, options->words.count ? options->words.items[0] : NULL, failure);
	const struct string_list *command = &options->build_arguments;
	int rc = -1;
	if (entry && !entry->id) {
		failure_fill(failure, EXIT_USAGE, "the container of run %s is gone", entry->run);
	} else if (entry && run_entry_is_active(entry)) {
		rc = shell_inside(engine, entry->id, command, failure);
	} else if (entry) {
		message_note("run %s has ended: a shell in what it left", entry->run);
		rc = shell_after(engine, entry->run, entry->id, command, failure);
	}
	run_entry_list_finish(&list);
	return rc;
}

int shell_command(const struct options *options, struct failure *failure)
{
	struct engine *engine;
	int rc = signals_watch();
	if (rc < 0) {
		return failure_set(
			failure, EXIT_INTERNAL, "cannot watch signals: %s", strerror(-rc));
	}
	rc = engine_open(options->engine, &engine, failure);
	if (rc == 0) {
		rc = shell(engine, options, failure);
		engine_close(engine);
	}
	/* A request that a signal broke off has that for a reason. */
	return rc < 0 && check_signal(signals_watched(), failure) < 0 ? -1 : rc;
}
