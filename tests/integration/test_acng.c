/* SPDX-License-Identifier: MIT */
/* Debian's own apt-cacher-ng.service, loaded as it is, over a fresh cache. */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "tests/integration/boot.h"

#define PROXY                                                                                      \
	"[service:apt-cacher-ng]\nUnit=/lib/systemd/system/apt-cacher-ng.service\n"                \
	"CacheDirectory=apt-cacher-ng\nLogsDirectory=apt-cacher-ng\nRuntimeDirectory=apt-cacher-"  \
	"ng\n"
#define REPORT "http://127.0.0.1:3142/acng-report.html"

static void start(struct boot *boot, const char *services)
{
	boot_init(boot);
	boot_write(boot, "kill-proxy",
		"for comm in /proc/[0-9]*/comm; do\n"
		"	pid=${comm%/comm}\n"
		"	[ \"$(cat $comm)\" != apt-cacher-ng ] || kill -9 ${pid#/proc/}\n"
		"done\n");
	boot_services_in(boot, BOOT_NETWORK, services);
}

Test(acng, packaged_unit_answers_before_main_starts)
{
	struct boot boot;

	if (access("/lib/systemd/system/apt-cacher-ng.service", R_OK) < 0) {
		cr_skip_test("apt-cacher-ng is not installed");
	}
	start(&boot,
		"[init]\nMain=m\n" PROXY
		"[service:m]\nType=oneshot\nAfter=apt-cacher-ng\nRequires=apt-cacher-ng\n"
		"ExecStart=/usr/bin/curl -s -o /dev/null -w 'answer %%{http_code}\\\\n' " REPORT
		"\n"
		"ExecStart=/bin/sh -c 'stat -c \"%%U %%n\" /var/cache/apt-cacher-ng'\n");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "answer 200"), "%s", boot.log.text);
	cr_expect(
		boot_logged(&boot, "apt-cacher-ng /var/cache/apt-cacher-ng"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Its UNIX socket alone makes it say READY=1, though its port is somebody else's. */
Test(acng, ready_that_lies_is_not_believed)
{
	struct boot boot;

	if (access("/lib/systemd/system/apt-cacher-ng.service", R_OK) < 0) {
		cr_skip_test("apt-cacher-ng is not installed");
	}
	start(&boot, "[init]\nMain=m\n" PROXY "After=squatter\nReadyWhen=" REPORT
		     "\nTimeoutStartSec=3\nTimeoutStopSec=1\nRestart=no\n"
		     "[service:squatter]\nReadyWhen=tcp:127.0.0.1:3142\n"
		     "ExecStart=@/probe listen:3142 accept answer:404 answer:503 answer:503 pause\n"
		     "[service:m]\nType=oneshot\nAfter=apt-cacher-ng\nRequires=apt-cacher-ng\n"
		     "ExecStart=@/probe event:main\n");
	cr_expect(boot_end(&boot) == 75, "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "main"));
	cr_expect(boot_logged(&boot, "apt-cacher-ng: was not ready: " REPORT), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(acng, ready_is_an_answer_of_it)
{
	struct boot boot;

	if (access("/lib/systemd/system/apt-cacher-ng.service", R_OK) < 0) {
		cr_skip_test("apt-cacher-ng is not installed");
	}
	start(&boot, "[init]\nMain=m\n" PROXY "ReadyWhen=" REPORT
		     "\n[service:m]\nType=oneshot\nAfter=apt-cacher-ng\nRequires=apt-cacher-ng\n"
		     "ExecStart=/usr/bin/curl -s -f -o /dev/null " REPORT "\n");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(acng, is_restarted_after_kill_9_while_main_goes_on)
{
	struct boot boot;

	if (access("/lib/systemd/system/apt-cacher-ng.service", R_OK) < 0) {
		cr_skip_test("apt-cacher-ng is not installed");
	}
	start(&boot, "[init]\nMain=m\n" PROXY
		     "[service:m]\nType=oneshot\nAfter=apt-cacher-ng\nRequires=apt-cacher-ng\n"
		     "ExecStart=/bin/sh @/kill-proxy\n"
		     "ExecStart=/usr/bin/curl -s -o /dev/null --retry 20 --retry-connrefused "
		     "--retry-delay 1 -w 'answer %%{http_code}\\\\n' " REPORT "\n");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "answer 200"), "%s", boot.log.text);
	boot_finish(&boot);
}
