/* SPDX-License-Identifier: MIT */
#include "services/epitaph.h"
#include "tests/unit/machine.h"

TestSuite(epitaph, .init = machine_init);

static struct epitaph epitaph;

Test(epitaph, a_service_that_runs_has_none)
{
	step(EVENT_START, 0, true, 0);
	epitaph_write(&epitaph, &service);
	cr_expect(epitaph.items[0] == NULL);
}

Test(epitaph, the_stop_of_a_service_that_runs_knows_no_exit)
{
	config.exec_stop = &stop_command;
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 1);
	epitaph_write(&epitaph, &service);
	expect_text(epitaph.items[0], "SERVICE_RESULT=success");
	cr_expect(epitaph.items[1] == NULL);
}

Test(epitaph, an_exit_is_told_by_code_and_a_death_by_signal)
{
	config.exec_stop_post = &stop_post;
	step(EVENT_START, 0, true, 0);
	step(EVENT_MAIN_EXIT, EXIT(7), true, 1);
	epitaph_write(&epitaph, &service);
	expect_text(epitaph.items[0], "SERVICE_RESULT=exit-code");
	expect_text(epitaph.items[1], "EXIT_CODE=exited");
	expect_text(epitaph.items[2], "EXIT_STATUS=7");
	cr_expect(epitaph.items[3] == NULL);

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	step(EVENT_MAIN_EXIT, KILLED(SIGKILL), true, 1);
	epitaph_write(&epitaph, &service);
	expect_text(epitaph.items[0], "SERVICE_RESULT=signal");
	expect_text(epitaph.items[1], "EXIT_CODE=killed");
	expect_text(epitaph.items[2], "EXIT_STATUS=KILL");

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	step(EVENT_MAIN_EXIT, DUMPED(SIGSEGV), true, 1);
	epitaph_write(&epitaph, &service);
	expect_text(epitaph.items[0], "SERVICE_RESULT=core-dump");
	expect_text(epitaph.items[1], "EXIT_CODE=dumped");
	expect_text(epitaph.items[2], "EXIT_STATUS=SEGV");
}
