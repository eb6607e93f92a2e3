/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The parts of the table of all directives, for directives.c: one for each manual page of systemd.
 * Each is sorted by name, as strcmp() has it. They hold every directive that systemd 252 takes in
 * [Unit], [Service] and [Install] of a service, those of later versions that are of use here, and
 * berth-init's own.
 *
 * An entry with a parser is honoured; one with parse_accepted() has no effect, and one without a
 * parser cannot be honoured: then `doc` says why, in one phrase.
 */

#include "conf/directives.h"

#define FIELD(field) offsetof(struct service_config, field)
#define EXEC(field)  offsetof(struct service_config, exec.field)
#define INIT(field)  offsetof(struct init_config, field)

/* What is expected, of several keys. */
#define A_BOOLEAN   "yes or no"
#define A_TIMESPAN  "a time span such as 5, 1min 30s, 500ms or infinity"
#define A_SIGNAL    "a signal such as SIGTERM"
#define A_MODE      "an access mode in octal such as 0755"
#define A_NUMBER    "a number"
#define A_PATH      "an absolute path"
#define A_EXIT_CODE "a number from 0 to 255"

/* Of SuccessAction= and FailureAction=, which systemd also takes in [Service]. */
extern const struct enum_name directives_unit_actions[];

struct directive_table {
	const struct directive *items;
	size_t count;
};

extern const struct directive_table directives_unit;     /* [init], [Unit], [Install] */
extern const struct directive_table directives_service;  /* systemd.service(5), systemd.kill(5) */
extern const struct directive_table directives_exec;     /* systemd.exec(5) */
extern const struct directive_table directives_resource; /* systemd.resource-control(5) */
