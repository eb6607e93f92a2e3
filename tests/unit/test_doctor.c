/* SPDX-License-Identifier: MIT */
#include "host-launcher/doctor/doctor.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/doctor/doctor_gather.h"
#include "host-launcher/plan/plan.h"

#define GIB (UINT64_C(1) << 30)

enum {
	NOW_S = 1800000000,
	YEAR_S = 365 * 24 * 3600,
};

/* Facts of a machine without any fault. */
static struct doctor_facts healthy(void)
{
	return (struct doctor_facts) {
		.now_s = NOW_S,
		.chosen = { .url = alloc_copy("unix:///s"),
			.origin = alloc_copy("DOCKER_HOST"),
			.version = "20.10",
			.api = "1.41" },
		.local = true,
		.info = { .driver = alloc_copy("overlay2"),
			.cgroup_version = alloc_copy("2"),
			.memory_limit = true,
			.cpu_limit = true,
			.clock_known = true },
		.probed = true,
		.probe = { .capabilities = -1 & INT64_MAX, .open_files = 4096 },
		.room_count = 1,
		.rooms = { { .what = "the engine's data",
			.path = alloc_copy("/d"),
			.known = true,
			.free_bytes = 20 * GIB,
			.free_inodes = UINT64_MAX,
			.least_bytes = GIB,
			.good_bytes = 12 * GIB } },
		.memory_total = 32 * GIB,
		.memory_free = 20 * GIB,
		.clock_synchronised = true,
		.loop_control = true,
		.proxy = alloc_copy("builtin"),
		.git = alloc_copy("git version 2"),
		.gpgv = alloc_copy("gpgv 2"),
		.keyring = alloc_copy("/k"),
		.keyring_there = true,
		.keyring_known = true,
		.keyring_expires_s = NOW_S + YEAR_S,
	};
}

static const struct finding *find(
	const struct finding_list *list, const char *topic, enum finding_grade grade)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].topic, topic) == 0 && list->items[i].grade == grade) {
			return &list->items[i];
		}
	}
	return NULL;
}

/* The facts lead to one finding of that grade on that topic, with these words in it, and to no
 * other one that is as bad; the facts are used up. */
static void expect(struct doctor_facts *facts, const char *topic, enum finding_grade grade,
	int code, const char *words)
{
	struct finding_list list = { 0 };
	doctor_judge(facts, &list);
	const struct finding *found = find(&list, topic, grade);
	cr_assert_not_null(found, "%s: nothing of grade %d", topic, grade);
	cr_expect_not_null(strstr(found->found, words), "%s", found->found);
	cr_expect_eq(found->code, code);
	if (grade >= FINDING_WARNING) {
		cr_expect_not_null(found->means);
		cr_expect_not_null(found->todo);
		cr_expect_eq(finding_list_count(&list, grade), 1);
	}
	cr_expect_eq(finding_list_code(&list), code);
	finding_list_finish(&list);
	doctor_facts_finish(facts);
}

Test(doctor, a_machine_without_fault)
{
	struct doctor_facts facts = healthy();
	struct finding_list list = { 0 };
	doctor_judge(&facts, &list);
	cr_expect_eq(finding_list_count(&list, FINDING_ERROR), 0);
	cr_expect_eq(finding_list_count(&list, FINDING_WARNING), 0);
	cr_expect_not_null(find(&list, "engine", FINDING_FINE));
	cr_expect_not_null(find(&list, "api", FINDING_FINE));
	cr_expect_not_null(find(&list, "storage", FINDING_FINE));
	cr_expect_not_null(find(&list, "cgroup", FINDING_FINE));
	cr_expect_not_null(find(&list, "capabilities", FINDING_FINE));
	cr_expect_not_null(find(&list, "disk", FINDING_FINE));
	cr_expect_not_null(find(&list, "memory", FINDING_FINE));
	cr_expect_not_null(find(&list, "clock", FINDING_FINE));
	cr_expect_not_null(find(&list, "keyring", FINDING_FINE));
	cr_expect_eq(finding_list_code(&list), 0);
	finding_list_finish(&list);
	doctor_facts_finish(&facts);
}

static struct doctor_facts without_engine(int code, const char *why)
{
	struct doctor_facts facts = healthy();
	facts.chosen.code = code;
	facts.chosen.why = alloc_copy(why);
	return facts;
}

Test(doctor, an_engine_that_does_not_answer)
{
	struct doctor_facts facts = without_engine(EXIT_NO_ENGINE, "nobody listens");
	expect(&facts, "engine", FINDING_ERROR, EXIT_NO_ENGINE, "nobody listens (DOCKER_HOST)");
	facts = without_engine(EXIT_API, "it is old");
	expect(&facts, "engine", FINDING_ERROR, EXIT_API, "it is old");
}

Test(doctor, of_an_engine_that_does_not_answer_nothing_else_is_told)
{
	struct doctor_facts facts = without_engine(EXIT_NO_ENGINE, "x");
	struct finding_list list = { 0 };
	doctor_judge_engine(&facts, &list);
	cr_expect_eq(list.count, 1);
	finding_list_finish(&list);
	doctor_facts_finish(&facts);
}

Test(doctor, what_to_do_depends_on_why)
{
	static const struct {
		int code;
		const char *todo;
	} cases[] = {
		{ EXIT_PERMISSION, "sudo" },
		{ EXIT_NO_ENGINE, "systemctl start docker" },
		{ EXIT_USAGE, "correct DOCKER_HOST" },
		{ EXIT_API, "20.10" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct doctor_facts facts = without_engine(cases[i].code, "x");
		struct finding_list list = { 0 };
		doctor_judge_engine(&facts, &list);
		cr_expect_not_null(
			strstr(list.items[0].todo, cases[i].todo), "%s", list.items[0].todo);
		finding_list_finish(&list);
		doctor_facts_finish(&facts);
	}
}

Test(doctor, another_engine_that_answers_is_what_to_do)
{
	struct doctor_facts facts = without_engine(EXIT_NO_ENGINE, "x");
	facts.other_count = 2;
	facts.others[0] = (struct doctor_engine) {
		.origin = alloc_copy("docker"), .code = EXIT_NO_ENGINE, .why = alloc_copy("none")
	};
	facts.others[1] = (struct doctor_engine) {
		.origin = alloc_copy("podman"), .url = alloc_copy("unix:///p"), .podman = true
	};
	struct finding_list list = { 0 };
	doctor_judge_engine(&facts, &list);
	cr_expect_not_null(strstr(list.items[0].todo, "--engine unix:///p"));
	cr_expect_eq(finding_list_count(&list, FINDING_NOTE), 2);
	finding_list_finish(&list);
	doctor_facts_finish(&facts);
}

Test(doctor, storage_cgroup_and_clock_of_the_engine)
{
	struct doctor_facts facts = healthy();
	free(facts.info.driver);
	facts.info.driver = alloc_copy("vfs");
	expect(&facts, "storage", FINDING_WARNING, 0, "vfs");
	facts = healthy();
	facts.info.memory_limit = false;
	expect(&facts, "cgroup", FINDING_WARNING, 0, "without a limit of memory");
	facts = healthy();
	facts.info.clock_ahead_s = -3600;
	expect(&facts, "clock", FINDING_WARNING, 0, "3600 s behind");
}

Test(doctor, capabilities_that_are_missing_are_named)
{
	struct doctor_facts facts = healthy();
	facts.probe.capabilities &= ~(INT64_C(1) << 21 | INT64_C(1) << 27);
	expect(&facts, "capabilities", FINDING_ERROR, EXIT_CANNOT_START,
		"lacks CAP_SYS_ADMIN, CAP_MKNOD");
}

Test(doctor, every_capability_of_a_build_is_known)
{
	size_t count;
	const char *const *names = plan_capabilities(&count);
	cr_assert_gt(count, 0);
	for (size_t i = 0; i < count; i++) {
		cr_expect_geq(probe_capability(names[i]), 0, "%s", names[i]);
	}
}

Test(doctor, what_a_container_is_refused)
{
	struct doctor_facts facts = healthy();
	facts.probe.mount = EPERM;
	expect(&facts, "container", FINDING_ERROR, EXIT_CANNOT_START, "may not mount a tmpfs");
	facts = healthy();
	facts.probe.overlay = EINVAL;
	expect(&facts, "container", FINDING_ERROR, EXIT_CANNOT_START, "overlay over a volume");
	facts = healthy();
	facts.probe.chroot = -1;
	expect(&facts, "container", FINDING_ERROR, EXIT_CANNOT_START, "nothing is known");
	facts = healthy();
	facts.probe.open_files = 1024;
	expect(&facts, "container", FINDING_WARNING, 0, "1024 files");
	facts = healthy();
	facts.probe_code = EXIT_CANNOT_START;
	facts.probe_why = alloc_copy("unable to apply caps");
	expect(&facts, "container", FINDING_ERROR, EXIT_CANNOT_START, "unable to apply caps");
}

Test(doctor, room_on_disks)
{
	struct doctor_facts facts = healthy();
	facts.rooms[0].free_bytes = GIB - 1;
	expect(&facts, "disk", FINDING_ERROR, EXIT_RESOURCES, "1023 MiB left");
	facts = healthy();
	facts.rooms[0].free_bytes = 11 * GIB;
	expect(&facts, "disk", FINDING_WARNING, 0, "11 GiB left");
	facts = healthy();
	facts.rooms[0].free_inodes = 1000;
	expect(&facts, "disk", FINDING_WARNING, 0, "1000 inodes");
	facts = healthy();
	facts.rooms[0].known = false;
	expect(&facts, "disk", FINDING_NOTE, 0, "not known");
}

Test(doctor, memory_matters_where_the_engine_is)
{
	struct doctor_facts facts = healthy();
	facts.memory_free = GIB;
	expect(&facts, "memory", FINDING_WARNING, 0, "1024 MiB are free");
	facts = healthy();
	facts.memory_free = 4 * GIB;
	expect(&facts, "memory", FINDING_NOTE, 0, "4096 MiB");
	facts = healthy();
	facts.memory_free = GIB;
	facts.local = false;
	expect(&facts, "memory", FINDING_NOTE, 0, "another machine");
}

Test(doctor, clocks)
{
	struct doctor_facts facts = healthy();
	facts.now_s = 86400;
	expect(&facts, "clock", FINDING_WARNING, 0, "1970-01-02");
	facts = healthy();
	facts.clock_synchronised = false;
	expect(&facts, "clock", FINDING_NOTE, 0, "it is 2027-01-15");
}

Test(doctor, proxies)
{
	struct doctor_facts facts = healthy();
	facts.proxy_code = EXIT_RESOURCES;
	facts.proxy_why = alloc_copy("does not answer");
	expect(&facts, "proxy", FINDING_ERROR, EXIT_RESOURCES, "does not answer");
	facts = healthy();
	facts.http_proxy = alloc_copy("http://p:1");
	expect(&facts, "proxy", FINDING_NOTE, 0, "http://p:1");
}

Test(doctor, git_and_the_tree)
{
	struct doctor_facts facts = healthy();
	free(facts.git);
	facts.git = NULL;
	expect(&facts, "git", FINDING_ERROR, EXIT_GIT, "no git");
	facts = healthy();
	facts.source = alloc_copy("x");
	facts.source_code = EXIT_GIT;
	facts.source_why = alloc_copy("no work tree");
	expect(&facts, "source", FINDING_ERROR, EXIT_GIT, "no work tree");
}

Test(doctor, keyrings)
{
	struct doctor_facts facts = healthy();
	facts.keyring_expires_s = NOW_S - 1;
	expect(&facts, "keyring", FINDING_WARNING, 0, "expired on 2027-01-15");
	facts = healthy();
	facts.keyring_expires_s = NOW_S + 3600;
	expect(&facts, "keyring", FINDING_WARNING, 0, "expires on");
	facts = healthy();
	facts.keyring_there = false;
	expect(&facts, "keyring", FINDING_WARNING, 0, "there is no /k");
	facts = healthy();
	facts.keyring_expires_s = 0;
	expect(&facts, "keyring", FINDING_FINE, 0, "does not expire");
	facts = healthy();
	free(facts.gpgv);
	facts.gpgv = NULL;
	expect(&facts, "gpgv", FINDING_WARNING, 0, "no gpgv");
}

Test(doctor, loop_devices_with_deleted_files)
{
	struct doctor_facts facts = healthy();
	facts.loops_used = 3;
	facts.loops_orphaned = 2;
	expect(&facts, "loop devices", FINDING_WARNING, 0, "3 in use, of which 2");
}

Test(doctor, the_group_docker_is_root_by_another_name)
{
	struct doctor_facts facts = healthy();
	facts.docker_group = true;
	expect(&facts, "rights", FINDING_WARNING, 0, "group docker");
	facts = healthy();
	facts.docker_group = true;
	facts.root = true;
	expect(&facts, "rights", FINDING_FINE, 0, "root");
}

Test(doctor, the_first_error_gives_the_code)
{
	struct doctor_facts facts = without_engine(EXIT_PERMISSION, "x");
	free(facts.git);
	facts.git = NULL;
	struct finding_list list = { 0 };
	doctor_judge(&facts, &list);
	cr_expect_eq(finding_list_count(&list, FINDING_ERROR), 2);
	cr_expect_eq(finding_list_code(&list), EXIT_PERMISSION);
	finding_list_finish(&list);
	doctor_facts_finish(&facts);
}

Test(doctor, what_others_wrote_cannot_steer_the_terminal)
{
	struct doctor_facts facts = without_engine(EXIT_NO_ENGINE, "x\033[2Jy");
	struct finding_list list = { 0 };
	char text[8192] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	doctor_judge_engine(&facts, &list);
	finding_list_print(&list, out);
	fclose(out);
	cr_expect_null(strchr(text, '\033'));
	cr_expect_not_null(strstr(text, "x?[2Jy"));
	finding_list_finish(&list);
	doctor_facts_finish(&facts);
}

static void expect_keys(const char *text, int rc, int64_t expires_s)
{
	int64_t found = -1;
	cr_expect_eq(doctor_read_keys(text, &found), rc, "%s", text);
	cr_expect_eq(found, rc ? expires_s : -1);
}

Test(doctor, the_last_key_that_can_be_used_counts)
{
	expect_keys("pub:-:4096:1:A:1:100::-:\nfpr:::::::::B:\npub:e:4096:1:A:1:300::-:\n", 1, 300);
	expect_keys("pub:-:4096:1:A:1:100::-:\npub:-:4096:1:A:1:::-:\n", 1, 0);
	expect_keys("pub:r:4096:1:A:1:900::-:\npub:-:4096:1:A:1:100::-:\n", 1, 100);
	expect_keys("pub:r:4096:1:A:1:900::-:\n", 0, 0);
	expect_keys("sub:-:4096:1:A:1:900::-:\n", 0, 0);
	expect_keys("pub:", 1, 0);
	expect_keys("", 0, 0);
}

Test(probe_report, a_whole_report)
{
	static const char text[] = "capabilities 5\nmount 0\nnews 7\noverlay 22\nend 0\nmount 1\n";
	struct probe_report report;
	cr_assert_eq(probe_report_parse(text, strlen(text), &report), 0);
	cr_expect_eq(report.capabilities, 5);
	cr_expect_eq(report.mount, 0);
	cr_expect_eq(report.overlay, 22);
	cr_expect_eq(report.chroot, -1);
}

Test(probe_report, what_is_no_number_says_nothing)
{
	static const char text[] =
		"mount -3\noverlay 1x\nmknod\nchown \nchroot 99999999999999999999\n"
		"end 0\n";
	struct probe_report report;
	cr_assert_eq(probe_report_parse(text, strlen(text), &report), 0);
	cr_expect_eq(report.mount, -1);
	cr_expect_eq(report.overlay, -1);
	cr_expect_eq(report.mknod, -1);
	cr_expect_eq(report.chown, -1);
	cr_expect_eq(report.chroot, -1);
}

Test(probe_report, a_report_that_breaks_off_is_none)
{
	static const char *const texts[] = { "", "mount 0\n", "end 0", "end 1\n", "xend 0\n" };
	struct probe_report report;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cr_expect_eq(probe_report_parse(texts[i], strlen(texts[i]), &report), -EPROTO, "%s",
			texts[i]);
	}
}
