/* SPDX-License-Identifier: MIT */
/* ReadyWhen=: its syntax, its answers, and what it does to a start. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "conf/ready.h"
#include "conf/value.h"
#include "services/ready.h"
#include "services/service.h"
#include "tests/unit/expect.h"

static struct conf_arena arena;
static struct ready_when ready;
static const char *why;

static void finish(void)
{
	conf_arena_finish(&arena);
}

TestSuite(ready, .fini = finish);

static int parse(const char *text)
{
	ready = (struct ready_when) { 0 };
	why = "";
	return conf_parse_ready(&arena, text, &ready, &why);
}

Test(ready, addresses_are_numeric)
{
	cr_assert(eq(int, parse("tcp:127.0.0.1:3142"), 0));
	cr_expect(eq(int, (int)ready.kind, READY_TCP));
	cr_expect(eq(sz, ready.addresses_count, 1));
	cr_expect(eq(int, ntohs(ready.addresses[0].v4.sin_port), 3142));
	cr_expect(eq(u32, ntohl(ready.addresses[0].v4.sin_addr.s_addr), INADDR_LOOPBACK));
	cr_expect(eq(u32, ready_address_length(&ready.addresses[0]), sizeof(struct sockaddr_in)));

	cr_assert(eq(int, parse("tcp:[::1]:80"), 0));
	cr_expect(eq(int, ready.addresses[0].any.sa_family, AF_INET6));
	cr_expect(eq(u32, ready_address_length(&ready.addresses[0]), sizeof(struct sockaddr_in6)));

	cr_assert(eq(int, parse("tcp:localhost:80"), 0));
	cr_expect(eq(sz, ready.addresses_count, 2));
}

Test(ready, http_has_host_and_path)
{
	cr_assert(eq(int, parse("http://127.0.0.1:3142/acng-report.html?x=1"), 0));
	cr_expect(eq(int, (int)ready.kind, READY_HTTP));
	expect_text(ready.host, "127.0.0.1:3142");
	expect_text(ready.target, "/acng-report.html?x=1");
	cr_assert(eq(int, parse("http://[::1]:80"), 0));
	expect_text(ready.target, "/");
}

Test(ready, other_kinds)
{
	cr_assert(eq(int, parse("path:/run/x.pid"), 0));
	expect_text(ready.target, "/run/x.pid");
	cr_assert(eq(int, parse("log:^ready( to .*)?$"), 0));
	expect_text(ready.target, "^ready( to .*)?$");
	cr_assert(eq(int, parse("fd:3"), 0));
	cr_expect(eq(int, ready.fd, 3));
	cr_assert(eq(int, parse("exec:/bin/true -x"), 0));
	expect_text(ready.target, "/bin/true -x");
	expect_text(ready.text, "exec:/bin/true -x");
}

Test(ready, what_is_wrong_is_refused_with_a_reason)
{
	static const char *const wrong[] = {
		"",
		"tcp",
		"tcp:",
		"tcp:80",
		"tcp::80",
		"tcp:127.0.0.1",
		"tcp:127.0.0.1:",
		"tcp:127.0.0.1:0",
		"tcp:127.0.0.1:65536",
		"tcp:127.0.0.1:80x",
		"tcp:db.example:5432",
		"tcp:::1:80",
		"tcp:[::1]80",
		"tcp:[::1",
		"tcp:[127.0.0.1]:80",
		"tcp:[localhost]:80",
		"tcp:[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb]:80",
		"http:/127.0.0.1:80/",
		"http://127.0.0.1/",
		"http://127.0.0.1:80/a b",
		"http://127.0.0.1:80/\001",
		"https://127.0.0.1:80/",
		"path:relative",
		"path:",
		"log:",
		"log:(",
		"log:[z",
		"fd:2",
		"fd:256",
		"fd:x",
		"exec:",
		"udp:127.0.0.1:53",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect(eq(int, parse(wrong[i]), -EINVAL), "%s", wrong[i]);
		cr_expect(gt(sz, strlen(why), 0), "%s", wrong[i]);
	}
}

Test(ready, waits_double_from_10_ms_to_500_ms)
{
	int64_t delay_ms = READY_FIRST_DELAY_MS;
	int64_t sum_ms = 0;

	for (int i = 0; i < 6; i++) {
		sum_ms += delay_ms;
		delay_ms = ready_next_delay_ms(delay_ms);
	}
	cr_expect(eq(long, sum_ms, 10 + 20 + 40 + 80 + 160 + 320));
	cr_expect(eq(long, delay_ms, 500));
	cr_expect(eq(long, ready_next_delay_ms(500), 500));
}

static int status(const char *answer)
{
	return ready_http_status(answer, strlen(answer));
}

Test(ready, status_lines)
{
	cr_expect(eq(int, status("HTTP/1.1 200 OK\r\nX: y\r\n"), 200));
	cr_expect(eq(int, status("HTTP/1.0 503 \r\n"), 503));
	cr_expect(eq(int, status("HTTP/1.1 204\r\n"), 204));
	cr_expect(eq(int, status(""), 0));
	cr_expect(eq(int, status("HTTP/1.1 20"), 0));
	cr_expect(eq(int, status("HTTP/1.1 200"), 0));
	cr_expect(eq(int, status("HTTP/1.1 2000"), -EBADMSG));
	cr_expect(eq(int, status("HTTP/1.1 099 x"), -EBADMSG));
	cr_expect(eq(int, status("SSH-2.0-x"), -EBADMSG));
	cr_expect(eq(int, status("HTTP/1.1  200"), -EBADMSG));
	cr_expect(eq(int, ready_http_status("HTTP/1.1\0 200 OK", 16), -EBADMSG));
}

/* --- the start ------------------------------------------------------------------------------- */

static struct exec_command main_command = { .path = "main" };
static struct service_config config;
static struct service service;

static void start(enum service_type type)
{
	config = (struct service_config) {
		.name = "x",
		.type = type,
		.exec_start = &main_command,
		.ready_when = &ready,
		.timeout_start_ms = 1000,
		.timeout_stop_ms = 1000,
		.runtime_max_ms = CONF_INFINITY,
		.kill_signal = SIGTERM,
		.send_sigkill = true,
	};
	service_init(&service, &config);
}

static void step(enum service_event_kind kind, int64_t now_ms)
{
	const struct service_event event = { .kind = kind, .empty = kind == EVENT_MAIN_EXIT };
	struct service_actions actions = { 0 };

	service_step(&service, &event, now_ms, &actions);
}

static void expect(enum service_state state, enum start_job job)
{
	cr_expect(eq(int, (int)service.state, (int)state));
	cr_expect(eq(int, (int)service.job, (int)job));
}

Test(ready, simple_is_started_when_it_holds)
{
	start(SERVICE_SIMPLE);
	step(EVENT_START, 0);
	expect(SERVICE_START, JOB_WAITING);
	cr_expect(service_is_probed(&service));
	step(EVENT_PROBED, 10);
	expect(SERVICE_RUNNING, JOB_DONE);
	cr_expect(not(service_is_probed(&service)));
}

Test(ready, notify_and_exec_want_both_in_any_order)
{
	static const struct {
		enum service_type type;
		enum service_event_kind own;
	} kinds[] = { { SERVICE_NOTIFY, EVENT_READY }, { SERVICE_EXEC, EVENT_EXECED } };

	for (int i = 0; i < 4; i++) {
		enum service_event_kind own = kinds[i / 2].own;

		start(kinds[i / 2].type);
		step(EVENT_START, 0);
		step(i % 2 ? own : EVENT_PROBED, 10);
		expect(SERVICE_START, JOB_WAITING);
		step(i % 2 ? EVENT_PROBED : own, 20);
		expect(SERVICE_RUNNING, JOB_DONE);
	}
}

Test(ready, end_before_it_holds_is_a_failed_start)
{
	start(SERVICE_SIMPLE);
	step(EVENT_START, 0);
	step(EVENT_MAIN_EXIT, 10);
	expect(SERVICE_FAILED, JOB_FAILED);
	cr_expect(eq(int, (int)service.result, RESULT_PROTOCOL));
	step(EVENT_PROBED, 20);
	expect(SERVICE_FAILED, JOB_FAILED);
}

Test(ready, start_timeout_bounds_it_and_each_attempt_begins_anew)
{
	start(SERVICE_SIMPLE);
	config.restart = RESTART_ALWAYS;
	config.restart_max_delay_ms = CONF_INFINITY;
	step(EVENT_START, 0);
	step(EVENT_TIMEOUT, 1000);
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
	step(EVENT_MAIN_EXIT, 1010);
	expect(SERVICE_AUTO_RESTART, JOB_FAILED);
	step(EVENT_TIMEOUT, 1010);
	expect(SERVICE_START, JOB_FAILED);
	cr_expect(service_is_probed(&service));
	step(EVENT_PROBED, 1020);
	expect(SERVICE_RUNNING, JOB_FAILED);
}
