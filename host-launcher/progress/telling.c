/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/telling.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/live.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/service.h"
#include "host-launcher/base/terminal.h"

enum {
	/* Of what is between the end of a build and berth's own: results, container, reports. */
	AFTERWARDS_MS = 60 * 1000,
	TICK_MS = 1000,
	/* A log that comes fast is not slowed down by drawing. */
	REDRAW_MS = 100,
};

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value && strcmp(value, "false") != 0 && strcmp(value, "0") != 0;
}

enum progress_mode telling_mode(const struct options *options)
{
	const struct progress_place place = {
		.unwanted = options->no_progress || options->quiet,
		.terminal = isatty(STDERR_FILENO),
		.term = getenv("TERM"),
		.ci = is_set("CI") || is_set("JENKINS_URL"),
	};
	return progress_choose(&place);
}

static const char *name_of(const struct build_event *event)
{
	return event->ref ? event->ref : "?";
}

void telling_begin(struct telling *telling, const struct build_event *event,
	const struct account *account, const struct output *output)
{
	telling->event = event;
	telling->account = account;
	telling->output = output;
	telling->heard_ms = clock_now_ms();
	if (event->source) {
		history_load(event->source, &telling->history);
	}
	autofree char *status = alloc_printf("building %s at %.12s (run %s)", name_of(event),
		event->commit ? event->commit : "?", event->run);
	service_ready(status);
	journal_begun(event);
}

static void measure(const struct telling *telling, int64_t now_ms, struct progress *progress)
{
	const struct account *account = telling->account;
	const struct phases *phases = &account->phases;
	const struct phase *phase = phases_current(phases);
	*progress = (struct progress) {
		.phase = phase ? phase->name : NULL,
		.elapsed_ms = now_ms - account->build_start_ms,
		.phase_ms = phase ? now_ms - phase->start_ms : 0,
		.left_ms = history_left_ms(&telling->history, phases, now_ms),
		.cache_percent = phases->cache_known ? (int)phases->cache_percent : -1,
		.written_bytes =
			account->samples.count ? (int64_t)account->samples.last.written : -1,
	};
}

static void say_plainly(struct telling *telling, int64_t now_ms)
{
	struct progress progress;
	measure(telling, now_ms, &progress);
	autofree char *sentence = progress_sentence(&progress);
	message_note("%s", sentence);
	telling->heard_ms = now_ms;
}

/* Somebody else's line is not touched: what is shown begins one. */
static bool may_draw(const struct telling *telling)
{
	return !telling->output->is_terminal || telling->output->at_line_start;
}

/* When it is drawn next: each second, and soon after something else was written. */
static int64_t draw_due_ms(const struct telling *telling)
{
	return telling->drawn_ms + (live_is_shown() ? TICK_MS : REDRAW_MS);
}

static void draw(struct telling *telling, int64_t now_ms)
{
	struct progress progress;
	if (!may_draw(telling) || now_ms < draw_due_ms(telling)) {
		return;
	}
	measure(telling, now_ms, &progress);
	autofree char *line = progress_line(&progress, terminal_columns(STDERR_FILENO));
	if (*line) {
		live_show(line);
	} else {
		live_hide();
	}
	telling->drawn_ms = now_ms;
}

int telling_wait_ms(const struct telling *telling, int64_t now_ms, int longest_ms)
{
	int64_t due_ms = now_ms + longest_ms;
	if (telling->mode == PROGRESS_LIVE) {
		/* Whatever ends a line that is not ours wakes us up. */
		due_ms = may_draw(telling) ? draw_due_ms(telling) : due_ms;
	} else if (telling->mode == PROGRESS_PLAIN && telling->heartbeat_ms) {
		due_ms = telling->heard_ms + telling->heartbeat_ms;
	}
	int64_t left_ms = due_ms > now_ms ? due_ms - now_ms : 0;
	return left_ms < longest_ms ? (int)left_ms : longest_ms;
}

static void tell_of_phases(struct telling *telling, int64_t now_ms)
{
	const struct phases *phases = &telling->account->phases;
	bool news = telling->phases_told < phases->count;
	for (; telling->phases_told < phases->count; telling->phases_told++) {
		const struct phase *phase = &phases->items[telling->phases_told];
		service_status("building %s: %s (run %s)", name_of(telling->event), phase->name,
			telling->event->run);
		journal_phase(telling->event, phase);
	}
	if (news && telling->mode == PROGRESS_PLAIN) {
		say_plainly(telling, now_ms);
	}
}

void telling_turn(struct telling *telling, int64_t now_ms)
{
	const struct phases *phases = &telling->account->phases;
	tell_of_phases(telling, now_ms);
	if (phases->offset != telling->log_seen) {
		telling->log_seen = phases->offset;
		telling->heard_ms = now_ms;
	}
	if (telling->mode == PROGRESS_LIVE) {
		draw(telling, now_ms);
	} else if (telling->mode == PROGRESS_PLAIN && telling->heartbeat_ms &&
		   now_ms - telling->heard_ms >= telling->heartbeat_ms) {
		say_plainly(telling, now_ms);
	}
}

void telling_stop(int64_t grace_ms)
{
	service_stopping("stopping the build", grace_ms + AFTERWARDS_MS);
}

void telling_end(struct telling *telling, int code)
{
	live_hide();
	if (code == 0 && telling->event->source && telling->account->phases.count) {
		history_save(telling->event->source, &telling->history, &telling->account->phases);
	}
	history_finish(&telling->history);
}
