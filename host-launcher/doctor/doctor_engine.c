/* SPDX-License-Identifier: MIT */
/* doctor_judge_engine() of doctor.h: the engine, and what a container in it may do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/failure.h"
#include "host-launcher/doctor/doctor.h"

enum {
	CLOCK_GOOD_S = 60,
	/* apt-cacher-ng answers 503 when it runs out of them. */
	OPEN_FILES_GOOD = 4096,
};

static void fine(struct finding_list *list, const char *topic, char *found)
{
	finding_add(list, (struct finding) { .topic = topic, .found = found });
}

static void note(struct finding_list *list, const char *topic, char *found, const char *means)
{
	finding_add(list, (struct finding) {
				  .topic = topic,
				  .grade = FINDING_NOTE,
				  .found = found,
				  .means = means ? alloc_copy(means) : NULL,
			  });
}

/* An error with a code, a warning without. */
static void complain(struct finding_list *list, const char *topic, int code, char *found,
	const char *means, const char *todo)
{
	finding_add(list, (struct finding) {
				  .topic = topic,
				  .grade = code ? FINDING_ERROR : FINDING_WARNING,
				  .code = code,
				  .found = found,
				  .means = alloc_copy(means),
				  .todo = alloc_copy(todo),
			  });
}

static const char *kind_of(const struct doctor_engine *engine)
{
	if (engine->podman) {
		return engine->rootless ? "rootless podman" : "podman";
	}
	return engine->rootless ? "rootless docker" : "docker";
}

static const struct doctor_engine *find_other(const struct doctor_facts *facts)
{
	for (size_t i = 0; i < facts->other_count; i++) {
		if (facts->others[i].code == 0) {
			return &facts->others[i];
		}
	}
	return NULL;
}

/* How to come by an engine, where the one that was meant does not do. */
static char *advise(const struct doctor_facts *facts)
{
	const struct doctor_engine *chosen = &facts->chosen;
	const struct doctor_engine *other = find_other(facts);
	if (other) {
		return alloc_printf("%s at %s answers: name it with --engine %s, or correct %s",
			kind_of(other), other->url, other->url, chosen->origin);
	}
	switch (chosen->code) {
	case EXIT_PERMISSION:
		return alloc_copy("run berth with sudo; membership of group docker would be root "
				  "access for good");
	case EXIT_API:
		return alloc_copy("use Docker 20.10 or newer, or podman 4 or newer");
	case EXIT_USAGE:
		return alloc_printf(
			"correct %s: unix:///PATH, tcp://HOST:PORT, ssh://HOST, docker, "
			"podman or context:NAME",
			chosen->origin);
	default:
		return alloc_printf("start the engine (systemctl start docker), install one (apt "
				    "install docker.io), or correct %s",
			chosen->origin);
	}
}

static void judge_chosen(const struct doctor_facts *facts, struct finding_list *list)
{
	const struct doctor_engine *chosen = &facts->chosen;
	if (chosen->code == 0) {
		fine(list, "engine",
			alloc_printf("%s %s at %s (%s)", kind_of(chosen), chosen->version,
				chosen->url, chosen->origin));
		fine(list, "api", alloc_printf("version %s", chosen->api));
		return;
	}
	autofree char *todo = advise(facts);
	complain(list, "engine", chosen->code, alloc_printf("%s (%s)", chosen->why, chosen->origin),
		"no build can be started", todo);
}

static void judge_others(const struct doctor_facts *facts, struct finding_list *list)
{
	for (size_t i = 0; i < facts->other_count; i++) {
		const struct doctor_engine *other = &facts->others[i];
		if (other->code == 0) {
			note(list, "other engine",
				alloc_printf("%s %s answers at %s, %s", kind_of(other),
					other->version, other->url, other->origin),
				NULL);
		} else {
			note(list, "other engine",
				alloc_printf("%s: %s", other->origin, other->why), NULL);
		}
	}
}

static void judge_storage(const struct doctor_facts *facts, struct finding_list *list)
{
	const char *driver = facts->info.driver;
	if (!driver) {
		note(list, "storage", alloc_copy("the engine does not tell its storage driver"),
			NULL);
	} else if (strcmp(driver, "vfs") == 0) {
		complain(list, "storage", 0, alloc_copy("the storage driver is vfs"),
			"each container is a full copy of its image: builds start slowly and take "
			"more room",
			"use overlay2 (overlay for podman), which needs a file system such as ext4 "
			"or xfs");
	} else if (strcmp(driver, "devicemapper") == 0 || strcmp(driver, "aufs") == 0) {
		complain(list, "storage", 0, alloc_printf("the storage driver is %s", driver),
			"newer engines do not support it any more", "use overlay2");
	} else {
		fine(list, "storage", alloc_printf("driver %s", driver));
	}
}

static void judge_cgroup(const struct doctor_facts *facts, struct finding_list *list)
{
	const struct doctor_info *info = &facts->info;
	const char *version = info->cgroup_version ? info->cgroup_version : "unknown";
	if (!info->memory_limit || !info->cpu_limit) {
		complain(list, "cgroup", 0,
			alloc_printf("version %s, without a limit of %s", version,
				info->memory_limit ? "CPUs"
				: info->cpu_limit  ? "memory"
						   : "memory and of CPUs"),
			"--memory and --cpus have no effect or are refused",
			"give the engine these controllers: as root, or by Delegate= of the user's "
			"systemd");
	} else {
		fine(list, "cgroup", alloc_printf("version %s, limits memory and CPUs", version));
	}
}

static void judge_info(const struct doctor_facts *facts, struct finding_list *list)
{
	int64_t ahead = facts->info.clock_ahead_s;
	if (facts->info.warning) {
		note(list, "engine", alloc_printf("it warns: %s", facts->info.warning), NULL);
	}
	if (facts->info.clock_known && (ahead > CLOCK_GOOD_S || ahead < -CLOCK_GOOD_S)) {
		complain(list, "clock", 0,
			alloc_printf("the engine's clock is %lld s %s ours",
				(long long)(ahead > 0 ? ahead : -ahead),
				ahead > 0 ? "ahead of" : "behind"),
			"APT refuses archives that are not valid yet or any more, and dates of "
			"files "
			"differ",
			"synchronise both machines (systemd-timesyncd, chrony)");
	}
}

/* What a container was refused that every build does. */
static void judge_step(
	struct finding_list *list, const char *what, int64_t outcome, const char *todo)
{
	if (outcome == 0) {
		return;
	}
	complain(list, "container", EXIT_CANNOT_START,
		outcome < 0 ? alloc_printf("nothing is known of %s", what)
			    : alloc_printf(
				      "the container may not %s: %s", what, strerror((int)outcome)),
		"live-build fails", todo);
}

static void judge_steps(const struct doctor_facts *facts, struct finding_list *list)
{
	const struct probe_report *probe = &facts->probe;
	const char *confined = "look for what confines it: AppArmor, SELinux, seccomp, a user "
			       "namespace; rootless engines cannot";
	autofree char *missing = probe_report_missing(probe);
	if (missing) {
		complain(list, "capabilities", EXIT_CANNOT_START,
			alloc_printf("a container lacks %s", missing), "live-build fails",
			"run the engine as root, outside of another container, or with these "
			"capabilities");
	} else {
		fine(list, "capabilities", alloc_copy("a container gets all that a build needs"));
	}
	judge_step(list, "mount a tmpfs", probe->mount, confined);
	judge_step(list, "make device nodes on a volume", probe->mknod, confined);
	judge_step(list, "change the root folder", probe->chroot, confined);
	judge_step(list, "give files away", probe->chown, confined);
	judge_step(list, "mount an overlay over a volume", probe->overlay,
		"keep the engine's data on a file system that overlays can lie on (ext4, xfs, "
		"btrfs; no overlay, no NFS)");
}

static void judge_probe(const struct doctor_facts *facts, struct finding_list *list)
{
	if (!facts->probed) {
		note(list, "container", alloc_copy("no container was tried"), NULL);
		return;
	}
	if (facts->probe_code) {
		complain(list, "container", facts->probe_code, alloc_copy(facts->probe_why),
			"no build can be started",
			"the engine's log tells more (journalctl -u docker); it may lack what it "
			"needs of this machine");
		return;
	}
	judge_steps(facts, list);
	if (facts->probe.open_files >= 0 && facts->probe.open_files < OPEN_FILES_GOOD) {
		complain(list, "container", 0,
			alloc_printf("a container may open %lld files",
				(long long)facts->probe.open_files),
			"apt-cacher-ng may refuse parallel requests",
			"raise the engine's default of nofile to 4096 or more");
	}
}

void doctor_judge_engine(const struct doctor_facts *facts, struct finding_list *list)
{
	judge_chosen(facts, list);
	judge_others(facts, list);
	if (facts->chosen.code == 0) {
		judge_storage(facts, list);
		judge_cgroup(facts, list);
		judge_info(facts, list);
		judge_probe(facts, list);
	}
}
