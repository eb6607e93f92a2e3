/* SPDX-License-Identifier: MIT */
/* What PID 1 tells to who runs the container. */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/integration/boot.h"

static int listener;

/* The socket lies in the scratch directory, which the container sees. */
static void start(struct boot *boot, const char *services)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	boot_init(boot);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/upstream", boot->directory);
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cr_assert(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	cr_assert(setenv("NOTIFY_SOCKET", address.sun_path, 1) == 0);
	boot_services(boot, services);
}

static void finish(struct boot *boot)
{
	unsetenv("NOTIFY_SOCKET");
	close(listener);
	boot_finish(boot);
}

static void expect(const char *text)
{
	struct pollfd ready = { .fd = listener, .events = POLLIN };
	char message[512];

	cr_assert(poll(&ready, 1, BOOT_DEADLINE_MS) == 1, "no %s", text);
	ssize_t length = recv(listener, message, sizeof(message) - 1, 0);
	cr_assert(length > 0);
	message[length] = '\0';
	cr_expect(strcmp(message, text) == 0, "%s instead of %s", message, text);
}

Test(upstream, hears_of_readiness_stop_and_exit)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nAfter=a\n"
		     "ExecStart=@/probe ready on:TERM:5 event:up pause\n"
		     "[service:a]\nExecStart=@/probe pause\n"
		     "[service:b]\nType=exec\nExecStart=/nowhere\n");
	expect("STATUS=starting");
	expect("READY=1\nSTATUS=2 of 3 services are up");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	expect("STOPPING=1\nSTATUS=stopping: SIGTERM");
	expect("EXIT_STATUS=5");
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	finish(&boot);
}

Test(upstream, main_that_runs_to_its_end_is_ready_when_it_runs)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\n"
		     "ExecStart=@/probe on:TERM:7 event:up pause\n"
		     "[service:a]\nType=notify\nExecStart=@/probe event:a after:100 ready pause\n");
	expect("STATUS=starting");
	boot_expect_event(&boot, "a");
	expect("READY=1\nSTATUS=2 of 2 services are up");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	expect("STOPPING=1\nSTATUS=stopping: SIGTERM");
	expect("EXIT_STATUS=7");
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	finish(&boot);
}

Test(upstream, is_no_business_of_services)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe env:NOTIFY_SOCKET exit:3\n");
	cr_expect(boot_end(&boot) == 3);
	cr_expect(!boot_logged(&boot, "/upstream"), "%s", boot.log.text);
	finish(&boot);
}

/* Its queue is full, or it is gone: nobody waits for it. */
Test(upstream, that_does_not_listen_stalls_nothing)
{
	struct boot boot;
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	boot_init(&boot);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/upstream", boot.directory);
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cr_assert(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	int writer = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	while (sendto(writer, "x", 1, 0, (struct sockaddr *)&address, sizeof(address)) == 1) {
	}
	cr_assert(errno == EAGAIN);
	cr_assert(setenv("NOTIFY_SOCKET", address.sun_path, 1) == 0);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe exit:3\n") == 3,
		"%s", boot.log.text);
	close(writer);
	finish(&boot);

	boot_init(&boot);
	setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe exit:3\n") == 3);
	setenv("NOTIFY_SOCKET", "nonsense", 1);
	boot_finish(&boot);
	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe exit:3\n") == 3);
	unsetenv("NOTIFY_SOCKET");
	boot_finish(&boot);
}
