/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/journal.h"

#include <inttypes.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

/* Where in this file a message is sent is nobody's business. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "host-launcher/base/alloc.h"

enum {
	FIELDS_MAX = 16,
};

static void add(struct string_list *fields, const char *key, const char *value)
{
	if (value) {
		string_list_take(fields, alloc_printf("%s=%s", key, value));
	}
}

static void add_common(const struct build_event *event, struct string_list *fields, const char *id,
	int priority, const char *kind)
{
	string_list_take(fields, alloc_printf("MESSAGE_ID=%s", id));
	string_list_take(fields, alloc_printf("PRIORITY=%d", priority));
	add(fields, "SYSLOG_IDENTIFIER", "berth");
	add(fields, "BERTH_EVENT", kind);
	add(fields, "BERTH_RUN", event->run);
	add(fields, "BERTH_SOURCE", event->source);
	add(fields, "BERTH_IMAGE", event->image);
	add(fields, "GIT_COMMIT", event->commit);
	add(fields, "GIT_REF", event->ref);
}

static const char *name_of(const struct build_event *event)
{
	return event->ref ? event->ref : event->source ? event->source : "a source tree";
}

void journal_fields_begun(const struct build_event *event, struct string_list *fields)
{
	string_list_take(
		fields, alloc_printf("MESSAGE=Building %s (run %s)", name_of(event), event->run));
	add_common(event, fields, JOURNAL_ID_BEGUN, LOG_INFO, "begun");
}

void journal_fields_phase(
	const struct build_event *event, const struct phase *phase, struct string_list *fields)
{
	string_list_take(
		fields, alloc_printf("MESSAGE=Building %s: %s", name_of(event), phase->name));
	add_common(event, fields, JOURNAL_ID_PHASE, LOG_DEBUG, "phase");
	add(fields, "BERTH_PHASE", phase->name);
}

void journal_fields_ended(
	const struct build_event *event, const struct journal_end *end, struct string_list *fields)
{
	int64_t seconds = end->duration_ms / 1000;
	string_list_take(
		fields, end->code == 0 ? alloc_printf("MESSAGE=Built %s in %" PRId64 " s (run %s)",
						 name_of(event), seconds, event->run)
				       : alloc_printf("MESSAGE=Building %s failed after %" PRId64
						      " s (run %s): %s",
						 name_of(event), seconds, event->run, end->cause));
	add_common(event, fields, JOURNAL_ID_ENDED, end->code ? LOG_ERR : LOG_NOTICE, "ended");
	string_list_take(fields, alloc_printf("EXIT_STATUS=%d", end->code));
	add(fields, "BERTH_EXIT_ORIGIN", end->from_build ? "build" : "berth");
	string_list_take(
		fields, alloc_printf("BERTH_DURATION_USEC=%" PRId64, end->duration_ms * 1000));
}

/* A journal that is not there or does not take it does not stop a build. */
static void send_and_finish(struct string_list *fields)
{
	struct iovec parts[FIELDS_MAX];
	size_t count = fields->count < FIELDS_MAX ? fields->count : FIELDS_MAX;
	for (size_t i = 0; i < count; i++) {
		parts[i] = (struct iovec) {
			.iov_base = fields->items[i],
			.iov_len = strlen(fields->items[i]),
		};
	}
	(void)sd_journal_sendv(parts, (int)count);
	string_list_finish(fields);
}

void journal_begun(const struct build_event *event)
{
	struct string_list fields = { 0 };
	journal_fields_begun(event, &fields);
	send_and_finish(&fields);
}

void journal_phase(const struct build_event *event, const struct phase *phase)
{
	struct string_list fields = { 0 };
	journal_fields_phase(event, phase, &fields);
	send_and_finish(&fields);
}

void journal_ended(const struct build_event *event, const struct journal_end *end)
{
	struct string_list fields = { 0 };
	journal_fields_ended(event, end, &fields);
	send_and_finish(&fields);
}
