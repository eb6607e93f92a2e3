/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "services/supervisor.h"
#include "tests/unit/expect.h"

#define EXIT(code)  ((code) << 8)
#define KILLED(sig) (sig)
#define RUN         "ExecStart=/x\n"

static struct conf_set set;
static struct supervisor sup;
static char *problems_text;

static void finish(void)
{
	conf_set_finish(&set);
	free(problems_text);
}

TestSuite(supervisor, .fini = finish);

static int load(const char *text)
{
	struct conf_problems problems = { 0 };
	size_t size;

	conf_load_text("f", text, strlen(text), &set, &problems);
	conf_check(&set, &problems);
	int r = supervisor_init(&sup, &set, &problems);
	FILE *out = open_memstream(&problems_text, &size);
	conf_problems_print(&problems, out);
	fclose(out);
	conf_problems_finish(&problems);
	return r;
}

/* Starts all that is due; gives their names. */
static const char *start_due(int64_t now_ms)
{
	static char names[256];
	ssize_t i;

	names[0] = '\0';
	while ((i = supervisor_next_start(&sup)) >= 0) {
		struct service_actions actions = { 0 };

		supervisor_start(&sup, (size_t)i, RESULT_SUCCESS, now_ms, &actions);
		strcat(names, set.services[i]->name);
		strcat(names, actions.count ? " " : "! ");
	}
	return names;
}

static void tell(const char *name, enum service_event_kind kind, int status, int64_t now_ms)
{
	struct service_actions actions = { 0 };
	const struct service_event event = { kind, status,
		kind == EVENT_MAIN_EXIT || kind == EVENT_EMPTY };

	supervisor_step(&sup, (size_t)conf_set_find(&set, name), &event, now_ms, &actions);
}

/* Tells all that are due to stop; gives their names, with ! for a kill. */
static const char *stop_due(int64_t now_ms)
{
	static char names[256];
	enum service_event_kind kind;
	ssize_t i;

	names[0] = '\0';
	while ((i = supervisor_next_stop(&sup, now_ms, &kind)) >= 0) {
		tell(set.services[i]->name, kind, 0, now_ms);
		strcat(names, set.services[i]->name);
		strcat(names, kind == EVENT_KILL ? "! " : " ");
	}
	return names;
}

static int exit_code(void)
{
	ssize_t index;

	return supervisor_exit_code(&sup, &index);
}

static const char chain[] =
	"[init]\nMain=c\n"
	"[service:a]\nType=notify\n" RUN "[service:b]\nType=notify\nAfter=a\nRequires=a\n" RUN
	"[service:c]\nAfter=b\nRequires=b\n" RUN;

Test(supervisor, starts_by_readiness_and_stops_in_reverse)
{
	load(chain);
	expect_text(start_due(0), "a ");
	tell("a", EVENT_READY, 0, 1);
	expect_text(start_due(1), "b ");
	tell("b", EVENT_READY, 0, 2);
	expect_text(start_due(2), "c ");
	supervisor_on_signal(&sup, SIGTERM, 10);
	expect_text(stop_due(10), "c ");
	tell("c", EVENT_MAIN_EXIT, KILLED(SIGTERM), 20);
	expect_text(stop_due(20), "b ");
	tell("b", EVENT_MAIN_EXIT, EXIT(0), 30);
	expect_text(stop_due(30), "a ");
	cr_expect(not(supervisor_is_over(&sup, 30)));
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 40);
	cr_expect(supervisor_is_over(&sup, 40));
	cr_expect(eq(int, exit_code(), 143));
}

Test(supervisor, the_end_of_main_ends_all_with_its_code)
{
	load(chain);
	start_due(0);
	tell("a", EVENT_READY, 0, 1);
	start_due(1);
	tell("b", EVENT_READY, 0, 2);
	start_due(2);
	tell("c", EVENT_MAIN_EXIT, EXIT(42), 3);
	expect_text(stop_due(3), "b ");
	tell("b", EVENT_MAIN_EXIT, EXIT(0), 4);
	expect_text(stop_due(4), "a ");
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 5);
	cr_expect(supervisor_is_over(&sup, 5));
	cr_expect(eq(int, exit_code(), 42));
}

Test(supervisor, main_never_starts_without_what_it_requires)
{
	load(chain);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 1);
	expect_text(start_due(1), "b! c! ");
	cr_expect(supervisor_is_over(&sup, 1));
	cr_expect(eq(int, exit_code(), 69));
}

Test(supervisor, a_start_timeout_of_what_main_requires_is_75)
{
	load(chain);
	start_due(0);
	tell("a", EVENT_TIMEOUT, 0, 90000);
	tell("a", EVENT_MAIN_EXIT, KILLED(SIGTERM), 90001);
	expect_text(start_due(90001), "b! c! ");
	cr_expect(eq(int, exit_code(), 75));
}

Test(supervisor, wants_goes_on_without)
{
	load("[init]\nMain=b\n[service:a]\nType=notify\n" RUN
	     "[service:b]\nAfter=a\nWants=a\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 1);
	expect_text(start_due(1), "b ");
}

Test(supervisor, before_orders_as_after_does_and_requires_alone_does_not)
{
	load("[service:a]\nRequires=b\n" RUN "[service:b]\nType=notify\n" RUN
	     "[service:z]\nBefore=b\n" RUN);
	expect_text(start_due(0), "a z b ");
}

Test(supervisor, stop_before_main_started_is_143_or_130)
{
	load(chain);
	start_due(0);
	supervisor_on_signal(&sup, SIGINT, 1);
	tell("a", EVENT_READY, 0, 1);
	expect_text(start_due(1), "");
	expect_text(stop_due(1), "a ");
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 2);
	cr_expect(supervisor_is_over(&sup, 2));
	cr_expect(eq(int, exit_code(), 130));
}

Test(supervisor, the_whole_stop_keeps_its_budget)
{
	load("[service:a]\n" RUN "[service:b]\nAfter=a\n" RUN);
	start_due(0);
	supervisor_on_signal(&sup, SIGTERM, 1000);
	expect_text(stop_due(1000), "b ");
	cr_expect(eq(i64, sup.deadline_ms, 8000));
	expect_text(stop_due(7999), "");
	expect_text(stop_due(8000), "a! b! ");
	tell("a", EVENT_MAIN_EXIT, KILLED(SIGKILL), 8001);
	cr_expect(not(supervisor_is_over(&sup, 8001)));
	cr_expect(supervisor_is_over(&sup, 9000));
}

Test(supervisor, the_second_signal_hurries_and_the_third_kills)
{
	load("[service:a]\n" RUN "[service:b]\nAfter=a\n" RUN);
	start_due(0);
	supervisor_on_signal(&sup, SIGTERM, 0);
	expect_text(stop_due(0), "b ");
	supervisor_on_signal(&sup, SIGTERM, 100);
	expect_text(stop_due(100), "a b ");
	cr_expect(eq(i64, sup.deadline_ms, 1100));
	supervisor_on_signal(&sup, SIGTERM, 200);
	expect_text(stop_due(200), "a! b! ");
}

Test(supervisor, without_main_it_ends_when_nothing_is_left)
{
	load("[service:a]\nType=oneshot\n" RUN "[service:b]\nType=oneshot\nAfter=a\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 1);
	cr_expect(not(supervisor_is_over(&sup, 1)));
	start_due(1);
	tell("b", EVENT_MAIN_EXIT, EXIT(3), 2);
	cr_expect(supervisor_is_over(&sup, 2));
	cr_expect(eq(int, exit_code(), 3));
}

Test(supervisor, an_ordered_stop_without_main_is_0)
{
	load("[service:a]\n" RUN);
	start_due(0);
	supervisor_on_signal(&sup, SIGTERM, 1);
	stop_due(1);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 2);
	cr_expect(supervisor_is_over(&sup, 2));
	cr_expect(eq(int, exit_code(), 0));
}

Test(supervisor, success_exit_status_makes_0_of_it)
{
	load("[init]\nMain=a\n[service:a]\nSuccessExitStatus=3\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(3), 1);
	cr_expect(eq(int, exit_code(), 0));
}

Test(supervisor, a_failure_that_is_ignored_is_0_too)
{
	load("[init]\nMain=a\n[service:a]\nExecStart=-/x\n");
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(4), 1);
	cr_expect(eq(int, exit_code(), 0));
}

Test(supervisor, a_condition_that_fails_skips_and_is_no_failure)
{
	struct service_actions actions = { 0 };

	load("[init]\nMain=b\n[service:a]\nConditionEnvironment=NOPE\n" RUN
	     "[service:b]\nAfter=a\nRequires=a\n" RUN);
	supervisor_start(&sup, (size_t)supervisor_next_start(&sup), RESULT_CONDITION, 0, &actions);
	cr_expect(eq(sz, actions.count, 0));
	expect_text(start_due(0), "b ");
}

Test(supervisor, an_assertion_that_fails_is_a_failure_of_the_start)
{
	struct service_actions actions = { 0 };

	load("[init]\nMain=b\n[service:a]\nFailureAction=exit-force\n" RUN
	     "[service:b]\nAfter=a\nRequires=a\n" RUN);
	supervisor_start(&sup, (size_t)supervisor_next_start(&sup), RESULT_ASSERT, 0, &actions);
	cr_expect(eq(sz, actions.count, 0));
	expect_text(start_due(0), "b! ");
	cr_expect(eq(int, exit_code(), 69));
}

Test(supervisor, cycles_are_told_with_their_path)
{
	cr_expect(lt(int,
		load("[service:x]\n" RUN "[service:a]\nAfter=c\n" RUN "[service:b]\nAfter=a\n" RUN
		     "[service:c]\nAfter=b x\n" RUN),
		0));
	expect_text(problems_text,
		"f:9:1: error: services wait for each other: c after b after a after c\n");
}

Test(supervisor, a_wish_in_a_circle_is_no_cycle)
{
	cr_expect(eq(
		int, load("[service:a]\nWants=b\n" RUN "[service:b]\nWants=a\nAfter=a\n" RUN), 0));
}

Test(supervisor, what_is_bound_goes_down_with_it_and_takes_its_dependants_along)
{
	load("[service:a]\n" RUN "[service:b]\nBindsTo=a\nAfter=a\n" RUN
	     "[service:c]\nRequires=b\nAfter=b\n" RUN "[service:d]\nRequires=a\nAfter=a\n" RUN
	     "[service:e]\nPartOf=c\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 10);
	expect_text(stop_due(10), "c e ");
	tell("c", EVENT_MAIN_EXIT, EXIT(0), 20);
	expect_text(stop_due(20), "b ");
	tell("b", EVENT_MAIN_EXIT, EXIT(0), 30);
	expect_text(start_due(110), "");
	expect_text(stop_due(110), "");
	cr_expect(not(supervisor_is_over(&sup, 110)));
	supervisor_on_signal(&sup, SIGTERM, 120);
	expect_text(stop_due(120), "d e ");
}

Test(supervisor, what_requires_it_is_restarted_along)
{
	load("[init]\nMain=c\n"
	     "[service:a]\nType=notify\nRestart=always\n" RUN
	     "[service:b]\nRequires=a\nAfter=a\n" RUN "[service:c]\nRequires=b\nAfter=b\n" RUN
	     "[service:d]\nAfter=a\nWants=a\n" RUN);
	start_due(0);
	tell("a", EVENT_READY, 0, 1);
	expect_text(start_due(1), "b d c ");
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 10);
	expect_text(stop_due(10), "");
	tell("a", EVENT_TIMEOUT, 0, 110);
	expect_text(stop_due(110), "c ");
	tell("c", EVENT_MAIN_EXIT, KILLED(SIGTERM), 120);
	expect_text(stop_due(120), "b ");
	expect_text(start_due(120), "");
	tell("a", EVENT_READY, 0, 125);
	expect_text(start_due(125), "");
	tell("b", EVENT_MAIN_EXIT, KILLED(SIGTERM), 130);
	expect_text(start_due(130), "b c ");
	cr_expect(not(supervisor_is_over(&sup, 130)));
	tell("c", EVENT_MAIN_EXIT, EXIT(4), 200);
	expect_text(stop_due(200), "b d ");
	cr_expect(eq(int, exit_code(), 4));
}

Test(supervisor, a_stop_goes_on_as_said_and_requisites_must_be_up)
{
	load("[service:a]\nPropagatesStopTo=c\n" RUN "[service:b]\nRequisite=o\nAfter=o\n" RUN
	     "[service:c]\n" RUN "[service:o]\nType=oneshot\nStopPropagatedFrom=c\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 1);
	expect_text(stop_due(1), "c o ");
	tell("o", EVENT_MAIN_EXIT, EXIT(0), 2);
	start_due(2);
	cr_expect(eq(int, (int)sup.services[1].result, RESULT_DEPENDENCY));
}

/* As systemd has it, unlike what requires it. */
Test(supervisor, what_is_bound_does_not_come_back_with_it)
{
	load("[service:a]\nRestart=always\n" RUN "[service:b]\nBindsTo=a\nAfter=a\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 10);
	expect_text(stop_due(10), "b ");
	tell("b", EVENT_MAIN_EXIT, KILLED(SIGTERM), 20);
	tell("a", EVENT_TIMEOUT, 0, 110);
	expect_text(start_due(110), "");
	expect_text(stop_due(110), "");
}

Test(supervisor, what_requires_it_comes_back_behind_one_that_is_up_at_once)
{
	load("[service:a]\nRestart=always\n" RUN "[service:b]\nRequires=a\nAfter=a\n" RUN
	     "[service:c]\nPartOf=a\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 10);
	tell("a", EVENT_TIMEOUT, 0, 110);
	expect_text(stop_due(110), "b c ");
	tell("c", EVENT_MAIN_EXIT, KILLED(SIGTERM), 115);
	expect_text(start_due(115), "c ");
	tell("b", EVENT_MAIN_EXIT, KILLED(SIGTERM), 120);
	expect_text(start_due(120), "b ");
}

/* Such as a build that goes on while its proxy is restarted. */
Test(supervisor, a_oneshot_that_runs_is_not_restarted_along)
{
	load("[init]\nMain=m\n[service:a]\nRestart=always\n" RUN
	     "[service:m]\nType=oneshot\nRequires=a\nAfter=a\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 10);
	tell("a", EVENT_TIMEOUT, 0, 110);
	expect_text(stop_due(110), "");
	tell("m", EVENT_MAIN_EXIT, EXIT(2), 200);
	expect_text(stop_due(200), "a ");
	cr_expect(eq(int, exit_code(), 2));
}

Test(supervisor, what_requires_it_fails_if_it_does_not_come_back)
{
	load("[service:a]\nType=notify\nRestart=always\nStartLimitBurst=2\n" RUN
	     "[service:b]\nRequires=a\nAfter=a\n" RUN);
	start_due(0);
	tell("a", EVENT_READY, 0, 1);
	expect_text(start_due(1), "b ");
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 10);
	tell("a", EVENT_TIMEOUT, 0, 110);
	expect_text(stop_due(110), "b ");
	tell("b", EVENT_MAIN_EXIT, EXIT(0), 120);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 130);
	expect_text(start_due(130), "");
	tell("a", EVENT_TIMEOUT, 0, 230); /* one start too many */
	expect_text(start_due(230), "b! ");
	cr_expect(supervisor_is_over(&sup, 230));
	cr_expect(eq(int, exit_code(), 1));
}

Test(supervisor, a_stop_for_good_is_not_undone_by_a_restart)
{
	load("[service:a]\nRestart=always\n" RUN "[service:b]\nRequires=a\nAfter=a\n" RUN);
	start_due(0);
	start_due(0);
	supervisor_stop(&sup, (size_t)conf_set_find(&set, "b"));
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 10);
	tell("a", EVENT_TIMEOUT, 0, 110);
	expect_text(stop_due(110), "b ");
	tell("b", EVENT_MAIN_EXIT, EXIT(0), 120);
	expect_text(start_due(120), "");
}

Test(supervisor, a_stop_that_is_asked_for_takes_dependants_along_in_reverse_order)
{
	load("[service:a]\n" RUN "[service:b]\nRequires=a\nAfter=a\n" RUN
	     "[service:c]\nPartOf=b\n" RUN "[service:d]\nWants=a\nAfter=a\n" RUN);
	start_due(0);
	supervisor_stop(&sup, (size_t)conf_set_find(&set, "a"));
	expect_text(stop_due(10), "b c ");
	tell("c", EVENT_MAIN_EXIT, EXIT(0), 20);
	expect_text(stop_due(20), "");
	tell("b", EVENT_MAIN_EXIT, EXIT(0), 30);
	expect_text(stop_due(30), "a ");
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 40);
	expect_text(stop_due(40), "");
	cr_expect(not(supervisor_is_over(&sup, 40)));
}

Test(supervisor, a_bond_to_what_is_not_up_keeps_from_starting)
{
	load("[init]\nMain=b\n[service:a]\nType=oneshot\n" RUN
	     "[service:b]\nBindsTo=a\nAfter=a\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 1);
	expect_text(start_due(1), "b! ");
	cr_expect(eq(int, exit_code(), 69));
}

Test(supervisor, conflicts_of_two_that_are_started_are_an_error)
{
	load("[service:a]\nConflicts=b\n" RUN "[service:b]\n" RUN);
	expect_text(problems_text,
		"f:2:1: error: Conflicts=b: both would be started, leave one of them out\n");
}

Test(supervisor, failure_action_ends_all_with_the_code_of_the_service)
{
	load("[init]\nMain=m\n[service:m]\n" RUN
	     "[service:a]\nFailureAction=exit\nRestart=on-failure\nStartLimitBurst=2\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(5), 1);
	expect_text(stop_due(1), "");
	tell("a", EVENT_TIMEOUT, 0, 101);
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 102);
	expect_text(stop_due(102), "");

	finish();
	load("[init]\nMain=m\n[service:m]\n" RUN "[service:a]\nFailureAction=exit\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(5), 1);
	expect_text(stop_due(1), "m ");
	tell("m", EVENT_MAIN_EXIT, EXIT(7), 2);
	cr_expect(supervisor_is_over(&sup, 2));
	cr_expect(eq(int, exit_code(), 5));
}

Test(supervisor, success_action_has_a_code_of_its_own_and_can_do_without_a_stop)
{
	load("[service:m]\n" RUN "[service:a]\nSuccessAction=exit-force\n"
	     "SuccessActionExitStatus=9\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 1);
	cr_expect(supervisor_is_over(&sup, 1));
	cr_expect(eq(int, exit_code(), 9));
}

Test(supervisor, a_failure_without_a_code_is_69)
{
	load("[service:m]\n" RUN
	     "[service:a]\nType=notify\nFailureAction=exit\nSuccessAction=exit-force\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 1);
	expect_text(stop_due(1), "m ");
	cr_expect(eq(int, exit_code(), 69));
}

Test(supervisor, a_service_that_restarts_is_not_the_end)
{
	load("[init]\nMain=a\n[service:a]\nRestart=on-failure\n" RUN);
	start_due(0);
	tell("a", EVENT_MAIN_EXIT, EXIT(1), 1);
	cr_expect(not(supervisor_is_over(&sup, 1)));
	tell("a", EVENT_TIMEOUT, 0, 101);
	tell("a", EVENT_MAIN_EXIT, EXIT(0), 200);
	cr_expect(supervisor_is_over(&sup, 200));
	cr_expect(eq(int, exit_code(), 0));
}
