/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "services/notify_message.h"
#include "tests/unit/expect.h"

static struct notify_message parse(const char *text)
{
	struct notify_message message = { 0 };

	notify_message_add(&message, text, strlen(text));
	return message;
}

Test(notify_message, takes_the_lines_it_knows_and_passes_over_the_rest)
{
	struct notify_message m =
		parse("X_FOO=1\nREADY=1\nSTATUS=all is well\nSTOPPING=1\n"
		      "BUSERROR=org.x\nMONOTONIC_USEC=5\nBARRIER=1\nnonsense\n=\n");

	cr_expect(m.ready);
	cr_expect(m.stopping);
	cr_expect(not(m.reloading));
	cr_expect(not(m.fd_store));
	expect_text(m.status, "all is well");
	cr_expect(eq(int, m.main_pid, 0));
}

/* apt-cacher-ng says READY=0 when it goes. */
Test(notify_message, only_the_exact_word_is_ready)
{
	cr_expect(not(parse("READY=0").ready));
	cr_expect(not(parse("READY=1 ").ready));
	cr_expect(not(parse("XREADY=1").ready));
	cr_expect(not(parse("READY=10").ready));
	cr_expect(not(parse("READY").ready));
	cr_expect(not(parse("").ready));
	cr_expect(parse("READY=1").ready);
	cr_expect(parse("\n\nREADY=1").ready);
}

Test(notify_message, ready_ends_a_reload)
{
	cr_expect(parse("RELOADING=1\nMONOTONIC_USEC=123").reloading);
	cr_expect(not(parse("RELOADING=1\nREADY=1").reloading));
	cr_expect(parse("READY=1\nRELOADING=1").reloading);
}

Test(notify_message, numbers_are_taken_whole_or_not_at_all)
{
	struct notify_message m =
		parse("MAINPID=4711\nERRNO=2\nEXIT_STATUS=42\nWATCHDOG_USEC=1500001\n"
		      "EXTEND_TIMEOUT_USEC=1");

	cr_expect(eq(int, m.main_pid, 4711));
	cr_expect(m.error_set);
	cr_expect(eq(int, m.error, ENOENT));
	cr_expect(m.exit_status_set);
	cr_expect(eq(int, m.exit_status, 42));
	cr_expect(eq(long, m.watchdog_ms, 1501));
	cr_expect(eq(long, m.extend_ms, 1));

	m = parse("MAINPID=-1\nMAINPID=99999999999999999999\nMAINPID=0\nMAINPID=\nMAINPID=1x\n"
		  "ERRNO=x\nERRNO=4096\nEXIT_STATUS=256\nWATCHDOG_USEC=0\nWATCHDOG_USEC=-5\n"
		  "EXTEND_TIMEOUT_USEC=18446744073709551615");
	cr_expect(eq(int, m.main_pid, 0));
	cr_expect(not(m.error_set));
	cr_expect(not(m.exit_status_set));
	cr_expect(eq(long, m.watchdog_ms, 0));
	cr_expect(eq(long, m.extend_ms, 0));
}

Test(notify_message, trigger_outdoes_a_sign_of_life)
{
	cr_expect(eq(int, (int)parse("WATCHDOG=1").watchdog, NOTIFY_WATCHDOG_ALIVE));
	cr_expect(eq(int, (int)parse("WATCHDOG=0").watchdog, NOTIFY_WATCHDOG_SILENT));
	cr_expect(eq(
		int, (int)parse("WATCHDOG=trigger\nWATCHDOG=1").watchdog, NOTIFY_WATCHDOG_TRIGGER));
}

Test(notify_message, status_is_one_printable_line_and_cut)
{
	char text[1000] = "STATUS=";

	memset(text + 7, 'x', sizeof(text) - 8);
	text[sizeof(text) - 1] = '\0';
	cr_expect(eq(sz, strlen(parse(text).status), NOTIFY_STATUS_MAX - 1));
	expect_text(parse("STATUS=a\033[31mb\tc\x7f").status, "a?[31mb?c?");
	cr_expect(parse("STATUS=").status_set);
}

Test(notify_message, later_words_override_and_others_stay)
{
	struct notify_message m = { 0 };

	notify_message_add(&m, "READY=1\nSTATUS=long text", 24);
	notify_message_add(&m, "STATUS=b\0", 8);
	cr_expect(m.ready);
	expect_text(m.status, "b");
}
