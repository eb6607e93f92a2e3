/* SPDX-License-Identifier: MIT */
#include "host-launcher/doctor/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/failure.h"

enum {
	DAY_S = 24 * 3600,
	KEYRING_GOOD_S = 60 * DAY_S,
	/* No machine's clock can be right that says less: 2024-01-01. */
	CLOCK_LEAST_S = 1704067200,
	INODES_GOOD = 200000,
	MIB = 1 << 20,
	GIB_FROM_MIB = 10240, /* sizes from here on are told in GiB */
	/* mksquashfs by xz, with apt-cacher-ng beside it. */
	MEMORY_GOOD_MIB = 2048,
	/* See --ram. */
	MEMORY_RAM_MIB = 14 * 1024,
};

static void fine(struct finding_list *list, const char *topic, char *found)
{
	finding_add(list, (struct finding) { .topic = topic, .found = found });
}

static void say(struct finding_list *list, enum finding_grade grade, const char *topic, char *found,
	const char *means, const char *todo)
{
	finding_add(list, (struct finding) {
				  .topic = topic,
				  .grade = grade,
				  .found = found,
				  .means = alloc_copy(means),
				  .todo = todo ? alloc_copy(todo) : NULL,
			  });
}

static void fail(struct finding_list *list, const char *topic, int code, char *found,
	const char *means, const char *todo)
{
	say(list, FINDING_ERROR, topic, found, means, todo);
	list->items[list->count - 1].code = code;
}

static char *show_size(uint64_t bytes)
{
	uint64_t mib = bytes / MIB;
	return mib < GIB_FROM_MIB ? alloc_printf("%llu MiB", (unsigned long long)mib)
				  : alloc_printf("%llu GiB", (unsigned long long)mib / 1024);
}

static void judge_room(const struct doctor_room *room, struct finding_list *list)
{
	if (!room->known) {
		say(list, FINDING_NOTE, "disk",
			alloc_printf("%s in %s: its room is not known", room->what, room->path),
			"another machine, another mount namespace, or no permission", NULL);
		return;
	}
	autofree char *left = show_size(room->free_bytes);
	autofree char *good = show_size(room->good_bytes);
	autofree char *todo = alloc_printf("make room below %s", room->path);
	autofree char *means = alloc_printf("a build of Tails takes %s there", good);
	char *found = alloc_printf("%s in %s: %s left", room->what, room->path, left);
	if (room->free_bytes < room->least_bytes) {
		fail(list, "disk", EXIT_RESOURCES, found, "no build fits", todo);
	} else if (room->free_bytes < room->good_bytes) {
		say(list, FINDING_WARNING, "disk", found, means, todo);
	} else {
		fine(list, "disk", found);
	}
	if (room->free_inodes < INODES_GOOD) {
		say(list, FINDING_WARNING, "disk",
			alloc_printf("%s in %s: %llu inodes left", room->what, room->path,
				(unsigned long long)room->free_inodes),
			"a live system has some hundred thousand files", todo);
	}
}

static void judge_memory(const struct doctor_facts *facts, struct finding_list *list)
{
	autofree char *total = show_size(facts->memory_total);
	autofree char *left = show_size(facts->memory_free);
	char *found = alloc_printf("%s, of which %s are free", total, left);
	if (facts->memory_free / MIB < MEMORY_GOOD_MIB) {
		say(list, FINDING_WARNING, "memory", found,
			"compressing the file system may run out of it",
			"end other programs, or add memory or swap");
	} else if (facts->memory_free / MIB < MEMORY_RAM_MIB) {
		say(list, FINDING_NOTE, "memory", found,
			"builds work on the disk unless --ram says otherwise", NULL);
	} else {
		fine(list, "memory", found);
	}
}

static char *show_day(int64_t when_s)
{
	char day[32] = "";
	struct tm parts;
	time_t seconds = when_s;
	if (gmtime_r(&seconds, &parts)) {
		strftime(day, sizeof(day), "%Y-%m-%d", &parts);
	}
	return alloc_copy(day);
}

static void judge_clock(const struct doctor_facts *facts, struct finding_list *list)
{
	autofree char *day = show_day(facts->now_s);
	char *found = alloc_printf("it is %s", day);
	if (facts->now_s < CLOCK_LEAST_S) {
		say(list, FINDING_WARNING, "clock", found,
			"no archive is valid yet, and certificates are not either",
			"set the clock (timedatectl set-ntp true)");
	} else if (!facts->clock_synchronised) {
		say(list, FINDING_NOTE, "clock", found,
			"the kernel does not know of anything that keeps its clock right", NULL);
	} else {
		fine(list, "clock", found);
	}
}

static void judge_proxy(const struct doctor_facts *facts, struct finding_list *list)
{
	if (facts->proxy_code) {
		fail(list, "proxy", facts->proxy_code, alloc_copy(facts->proxy_why),
			"the build cannot fetch packages", "correct --proxy, or start it");
		return;
	}
	fine(list, "proxy", alloc_copy(facts->proxy));
	if (facts->http_proxy && !strstr(facts->proxy, "external=")) {
		autofree char *todo =
			alloc_printf("if it is needed to get out: --proxy builtin+external=%s",
				facts->http_proxy);
		say(list, FINDING_NOTE, "proxy",
			alloc_printf("http_proxy is %s", facts->http_proxy),
			"it is not handed on to builds", todo);
	}
}

static void judge_git(const struct doctor_facts *facts, struct finding_list *list)
{
	if (!facts->git) {
		fail(list, "git", EXIT_GIT, alloc_copy("there is no git"),
			"nothing is known of what is to be built", "apt install git");
		return;
	}
	fine(list, "git", alloc_copy(facts->git));
	if (facts->source_why) {
		fail(list, "source", facts->source_code, alloc_copy(facts->source_why),
			"this tree cannot be built", "see what it says; berth gitinfo tells more");
	} else if (facts->source) {
		fine(list, "source", alloc_copy(facts->source));
	}
}

/* Only who makes images himself needs them. */
static void judge_keyring(const struct doctor_facts *facts, struct finding_list *list)
{
	const char *means = "berth image build does not work";
	int64_t left_s = facts->keyring_expires_s - facts->now_s;
	autofree char *day = show_day(facts->keyring_expires_s);
	if (!facts->gpgv) {
		say(list, FINDING_WARNING, "gpgv", alloc_copy("there is no gpgv"), means,
			"apt install gpgv");
	} else {
		fine(list, "gpgv", alloc_copy(facts->gpgv));
	}
	if (!facts->keyring_there) {
		say(list, FINDING_WARNING, "keyring",
			alloc_printf("there is no %s", facts->keyring), means,
			"apt install debian-archive-keyring");
	} else if (!facts->keyring_known) {
		say(list, FINDING_NOTE, "keyring",
			alloc_printf("when %s expires is not known", facts->keyring),
			"it holds no key that can be used, or gpg is missing", NULL);
	} else if (facts->keyring_expires_s == 0) {
		fine(list, "keyring", alloc_printf("%s does not expire", facts->keyring));
	} else if (left_s < KEYRING_GOOD_S) {
		say(list, FINDING_WARNING, "keyring",
			alloc_printf("the last key of %s expire%s on %s", facts->keyring,
				left_s < 0 ? "d" : "s", day),
			left_s < 0 ? means : "berth image build will not work then",
			"apt upgrade debian-archive-keyring");
	} else {
		fine(list, "keyring", alloc_printf("%s can be used until %s", facts->keyring, day));
	}
}

static void judge_loops(const struct doctor_facts *facts, struct finding_list *list)
{
	const char *means = "builds do without: none is handed to a container";
	if (!facts->loop_control) {
		say(list, FINDING_NOTE, "loop devices", alloc_copy("this kernel has none loaded"),
			means, NULL);
	} else if (facts->loops_orphaned) {
		say(list, FINDING_WARNING, "loop devices",
			alloc_printf("%u in use, of which %u hold deleted files", facts->loops_used,
				facts->loops_orphaned),
			"something that was killed left them behind, and they take room",
			"losetup -l lists them, losetup -d frees one");
	} else {
		say(list, FINDING_NOTE, "loop devices",
			alloc_printf("%u in use", facts->loops_used), means, NULL);
	}
}

static void judge_rights(const struct doctor_facts *facts, struct finding_list *list)
{
	if (facts->docker_group && !facts->root) {
		say(list, FINDING_WARNING, "rights", alloc_copy("you are in the group docker"),
			"every program of yours can become root at any time, without a password",
			"leave the group (gpasswd -d USER docker) and run berth with sudo");
	} else {
		fine(list, "rights",
			alloc_copy(facts->root ? "berth runs as root"
					       : "you are not in the group docker"));
	}
}

void doctor_judge_machine(const struct doctor_facts *facts, struct finding_list *list)
{
	for (size_t i = 0; i < facts->room_count; i++) {
		judge_room(&facts->rooms[i], list);
	}
	if (facts->local) {
		judge_memory(facts, list);
		judge_loops(facts, list);
	} else {
		say(list, FINDING_NOTE, "memory", alloc_copy("the engine is on another machine"),
			"its disks, memory and loop devices cannot be looked at from here", NULL);
	}
	judge_clock(facts, list);
	judge_proxy(facts, list);
	judge_git(facts, list);
	judge_keyring(facts, list);
	judge_rights(facts, list);
}

void doctor_judge(const struct doctor_facts *facts, struct finding_list *list)
{
	doctor_judge_engine(facts, list);
	doctor_judge_machine(facts, list);
}

/* The field of that number in a line of colons, from 1 on; its length in `ret_length`. */
static const char *field_of(const char *line, unsigned number, size_t *ret_length)
{
	while (--number && *line && *line != '\n') {
		line += strcspn(line, ":\n");
		line += *line == ':';
	}
	*ret_length = strcspn(line, ":\n");
	return line;
}

/* pub:VALIDITY:...: https://git.gnupg.org doc/DETAILS; field 7 is when it expires. */
int doctor_read_keys(const char *text, int64_t *ret_expires_s)
{
	int64_t last_s = -1;
	bool never = false;
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t length;
		const char *validity;
		if (strncmp(line, "pub:", strlen("pub:")) != 0) {
			continue;
		}
		validity = field_of(line, 2, &length);
		if (length && strchr("idrn", *validity)) {
			continue; /* invalid, disabled, revoked */
		}
		const char *expires = field_of(line, 7, &length);
		int64_t when_s = length ? strtoll(expires, NULL, 10) : 0;
		never |= length == 0;
		last_s = when_s > last_s ? when_s : last_s;
	}
	if (last_s < 0) {
		return 0;
	}
	*ret_expires_s = never ? 0 : last_s;
	return 1;
}

static void engine_finish(struct doctor_engine *engine)
{
	free(engine->url);
	free(engine->origin);
	free(engine->why);
}

void doctor_facts_finish(struct doctor_facts *facts)
{
	engine_finish(&facts->chosen);
	for (size_t i = 0; i < facts->other_count; i++) {
		engine_finish(&facts->others[i]);
	}
	for (size_t i = 0; i < facts->room_count; i++) {
		free(facts->rooms[i].path);
	}
	free(facts->info.driver);
	free(facts->info.cgroup_version);
	free(facts->info.root);
	free(facts->info.warning);
	free(facts->probe_why);
	free(facts->proxy);
	free(facts->proxy_why);
	free(facts->http_proxy);
	free(facts->git);
	free(facts->source);
	free(facts->source_why);
	free(facts->gpgv);
	free(facts->keyring);
	*facts = (struct doctor_facts) { 0 };
}
