/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "services/reload.h"
#include "tests/unit/expect.h"

#define RUN "ExecStart=/x\n"

static struct conf_set set, next;
static struct supervisor sup, later;
static ssize_t from[8];

static void finish(void)
{
	conf_set_finish(&set);
	conf_set_finish(&next);
}

TestSuite(reload, .fini = finish);

static void load(struct conf_set *ret_set, const char *text)
{
	struct conf_problems problems = { 0 };

	conf_load_text("f", text, strlen(text), ret_set, &problems);
	conf_check(ret_set, &problems);
	cr_assert(eq(sz, problems.errors, 0));
	conf_problems_finish(&problems);
}

static void begin(const char *text)
{
	struct conf_problems problems = { 0 };

	load(&set, text);
	cr_assert(eq(int, supervisor_init(&sup, &set, &problems), 0));
}

static const char *start_due(struct supervisor *s)
{
	static char names[256];
	ssize_t i;

	names[0] = '\0';
	while ((i = supervisor_next_start(s)) >= 0) {
		struct service_actions actions = { 0 };

		supervisor_start(s, (size_t)i, RESULT_SUCCESS, 0, &actions);
		strcat(names, s->set->services[i]->name);
		strcat(names, " ");
	}
	return names;
}

static void tell(struct supervisor *s, const char *name, enum service_event_kind kind, int status)
{
	struct service_actions actions = { 0 };
	const struct service_event event = { kind, status, kind == EVENT_MAIN_EXIT };

	supervisor_step(s, (size_t)conf_set_find(s->set, name), &event, 0, &actions);
}

static const char *stop_due(void)
{
	static char names[256];
	enum service_event_kind kind;
	ssize_t i;

	names[0] = '\0';
	while ((i = supervisor_next_stop(&sup, 0, &kind)) >= 0) {
		tell(&sup, set.services[i]->name, kind, 0);
		strcat(names, set.services[i]->name);
		strcat(names, " ");
	}
	return names;
}

static void exchange(void)
{
	struct conf_problems problems = { 0 };

	reload_map(&sup, &next, from);
	cr_assert(eq(int, reload_finish(&sup, &next, from, &problems, &later), 0));
}

Test(reload, counts_what_differs_and_stops_that_alone)
{
	begin("[service:a]\n" RUN "[service:b]\n" RUN "[service:c]\n" RUN);
	start_due(&sup);
	load(&next, "[service:d]\n" RUN "[service:c]\n" RUN "[service:b]\nNice=1\n" RUN);
	struct reload_difference d = reload_begin(&sup, &next);

	cr_expect(eq(sz, d.added, 1));
	cr_expect(eq(sz, d.removed, 1));
	cr_expect(eq(sz, d.changed, 1));
	cr_expect(eq(sz, d.unchanged, 1));
	cr_expect(not(reload_is_due(&sup)));
	expect_text(stop_due(), "a b ");
	tell(&sup, "a", EVENT_MAIN_EXIT, SIGTERM);
	cr_expect(not(reload_is_due(&sup)));
	tell(&sup, "b", EVENT_MAIN_EXIT, SIGTERM);
	cr_expect(reload_is_due(&sup));
	expect_text(start_due(&sup), "");
	exchange();
	cr_expect(eq(long, (long)from[0], -1));
	cr_expect(eq(long, (long)from[1], 2));
	cr_expect(eq(long, (long)from[2], -1));
	expect_text(start_due(&later), "d b ");
	cr_expect(eq(int, (int)later.services[1].state, SERVICE_RUNNING));
	cr_expect(later.services[1].config == next.services[1]);
}

Test(reload, comments_and_blanks_are_no_change)
{
	begin("[service:a]\n" RUN);
	start_due(&sup);
	load(&next, "# new\n\n[service:a]\n  " RUN);
	cr_expect(eq(sz, reload_begin(&sup, &next).unchanged, 1));
	cr_expect(reload_is_due(&sup));
}

Test(reload, what_is_under_way_goes_on_where_it_was)
{
	static const char text[] = "[service:a]\nExecStartPre=/one\nExecStartPre=/two\n" RUN;

	begin(text);
	start_due(&sup);
	load(&next, text);
	reload_begin(&sup, &next);
	exchange();
	cr_expect(later.services[0].command == next.services[0]->exec_start_pre);
	tell(&later, "a", EVENT_CONTROL_EXIT, 0);
	expect_text(later.services[0].command->path, "/two");
	tell(&later, "a", EVENT_CONTROL_EXIT, 0);
	cr_expect(eq(int, (int)later.services[0].state, SERVICE_RUNNING));
}

Test(reload, what_waited_for_its_turn_waits_on)
{
	static const char text[] = "[service:a]\nType=notify\n" RUN "[service:b]\nAfter=a\n" RUN;

	begin(text);
	expect_text(start_due(&sup), "a ");
	load(&next, text);
	reload_begin(&sup, &next);
	exchange();
	expect_text(start_due(&later), "");
	tell(&later, "a", EVENT_READY, 0);
	expect_text(start_due(&later), "b ");
}

Test(reload, what_was_over_stays_so_unless_it_changed)
{
	begin("[service:a]\nType=oneshot\n" RUN "[service:b]\nType=oneshot\n" RUN
	      "[service:k]\n" RUN);
	start_due(&sup);
	tell(&sup, "a", EVENT_MAIN_EXIT, 0);
	tell(&sup, "b", EVENT_MAIN_EXIT, 1 << 8);
	load(&next, "[service:a]\nType=oneshot\n" RUN "[service:b]\nType=oneshot\nNice=1\n" RUN
		    "[service:k]\n" RUN);
	reload_begin(&sup, &next);
	cr_expect(reload_is_due(&sup));
	exchange();
	expect_text(start_due(&later), "b ");
	cr_expect(eq(sz, later.active, 2));
}

Test(reload, given_up_all_starts_again_as_it_was)
{
	begin("[service:a]\n" RUN);
	start_due(&sup);
	load(&next, "[service:b]\n" RUN);
	reload_begin(&sup, &next);
	expect_text(stop_due(), "a ");
	tell(&sup, "a", EVENT_MAIN_EXIT, SIGTERM);
	reload_cancel(&sup);
	expect_text(start_due(&sup), "a ");
}
