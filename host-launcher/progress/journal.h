/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What happens to builds, in systemd's journal, with fields to look for it by: `journalctl
 * BERTH_RUN=...`. Does nothing where there is no journal. sd_journal_send(3),
 * systemd.journal-fields(7)
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/words.h"
#include "host-launcher/log/phases.h"

/* MESSAGE_ID= of each kind, for `journalctl MESSAGE_ID=...`. */
#define JOURNAL_ID_BEGUN "5849ca0c4c2e4d86b2205e87370cd0ee"
#define JOURNAL_ID_PHASE "30dbef46900444a28cdf2caeab219f40"
#define JOURNAL_ID_ENDED "c639a8b5bed8457daece5fd5f3be8365"

/* Which build it is; all may be NULL but for `run`. Borrowed. */
struct build_event {
	const char *run;
	const char *commit;
	const char *ref;
	const char *source;
	const char *image;
};

/* How a build ended, or why it did not begin. */
struct journal_end {
	int code;
	bool from_build; /* it is the build's own */
	const char *cause;
	int64_t duration_ms;
};

void journal_begun(const struct build_event *event);
void journal_phase(const struct build_event *event, const struct phase *phase);
void journal_ended(const struct build_event *event, const struct journal_end *end);

/* The same as fields, "KEY=value" each, added to `fields`. Pure. */
void journal_fields_begun(const struct build_event *event, struct string_list *fields);
void journal_fields_phase(
	const struct build_event *event, const struct phase *phase, struct string_list *fields);
void journal_fields_ended(
	const struct build_event *event, const struct journal_end *end, struct string_list *fields);
