/* SPDX-License-Identifier: MIT */
/* doctor_gather_machine() of doctor_gather.h. */
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/process.h"
#include "host-launcher/doctor/doctor_gather.h"
#include "host-launcher/git/git_rule.h"
#include "host-launcher/git/gitinfo.h"
#include "host-launcher/image/apt_source.h"
#include "host-launcher/plan/machine.h"
#include "host-launcher/state/scratch.h"

enum {
	GROUPS_MAX = 1024,
};

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* What a program prints, owned by the caller; NULL where it cannot run or fails. */
static char *ask_program(const char *const *argv)
{
	struct process_spec spec = {
		.argv = argv,
		.output = PROCESS_CAPTURE,
		.errors = PROCESS_DISCARD,
	};
	struct process_result result;
	if (process_run(&spec, &result) < 0) {
		return NULL;
	}
	char *text = result.code == 0 ? alloc_copy(buffer_text(&result.output)) : NULL;
	process_result_finish(&result);
	return text;
}

/* The first line of what it says of itself. */
static char *ask_version(const char *program)
{
	char *text = ask_program((const char *const[]) { program, "--version", NULL });
	if (text) {
		text[strcspn(text, "\n")] = '\0';
	}
	return text;
}

/* The folder itself, or the nearest one above it that there is. */
static bool measure(const char *path, struct statvfs *status)
{
	autofree char *at = alloc_copy(*path ? path : ".");
	while (statvfs(at, status) < 0) {
		char *slash = strrchr(at, '/');
		if (!slash) {
			return statvfs(".", status) == 0;
		}
		if (slash == at) {
			return statvfs("/", status) == 0;
		}
		*slash = '\0';
	}
	return true;
}

static void add_room(struct doctor_facts *facts, const char *what, const char *path,
	uint64_t least_bytes, uint64_t good_bytes)
{
	struct statvfs status;
	struct doctor_room *room = &facts->rooms[facts->room_count++];
	*room = (struct doctor_room) {
		.what = what,
		.path = alloc_copy(path),
		.known = measure(path, &status),
		.least_bytes = least_bytes,
		.good_bytes = good_bytes,
	};
	if (room->known) {
		room->free_bytes = (uint64_t)status.f_bavail * status.f_frsize;
		/* btrfs has none to run out of. */
		room->free_inodes = status.f_files ? status.f_favail : UINT64_MAX;
	}
}

static void look_at_disks(const struct options *options, struct doctor_facts *facts)
{
	const char *temporary = getenv("TMPDIR");
	if (facts->info.root && facts->local) {
		add_room(facts, "the engine's data", facts->info.root, 512 * MIB, 12 * GIB);
	}
	add_room(facts, "results", options->artifacts, 64 * MIB, 3 * GIB);
	add_room(facts, "merges and images", temporary && *temporary ? temporary : "/var/tmp",
		16 * MIB, 2 * GIB);
}

static void look_at_memory(struct doctor_facts *facts)
{
	struct sysinfo info;
	if (sysinfo(&info) == 0) {
		facts->memory_total = (uint64_t)info.totalram * info.mem_unit;
	}
	facts->memory_free = machine_free_memory("unix://");
}

static void look_at_clock(struct doctor_facts *facts)
{
	struct timex state = { 0 };
	facts->now_s = time(NULL);
	facts->clock_synchronised = adjtimex(&state) >= 0 && !(state.status & STA_UNSYNC);
}

static void look_at_loops(struct doctor_facts *facts)
{
	glob_t found = { 0 };
	static const char gone[] = " (deleted)\n";
	facts->loop_control = access("/dev/loop-control", F_OK) == 0;
	(void)glob("/sys/block/loop*/loop/backing_file", 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		autofree char *text = NULL;
		facts->loops_used++;
		if (file_read_text(found.gl_pathv[i], &text) == 0) {
			size_t length = strlen(text);
			facts->loops_orphaned += length >= strlen(gone) &&
						 strcmp(text + length - strlen(gone), gone) == 0;
		}
	}
	globfree(&found);
}

static void look_at_proxy(const struct options *options, struct doctor_facts *facts)
{
	struct failure failure = { 0 };
	const char *variable = getenv("http_proxy");
	facts->proxy = alloc_copy(options->proxy);
	if (machine_check_proxy(options->proxy, &failure) < 0) {
		facts->proxy_code = failure.code;
		facts->proxy_why = alloc_copy(failure.text);
	}
	if (variable && *variable) {
		facts->http_proxy = alloc_copy(variable);
		git_rule_redact(facts->http_proxy);
	}
	git_rule_redact(facts->proxy);
}

static void look_at_source(const struct options *options, struct doctor_facts *facts)
{
	struct string_list none = { 0 };
	struct gitinfo git;
	struct failure failure;
	if (!options->words.count || !facts->git) {
		return;
	}
	struct gitinfo_request request = {
		.source = options->words.items[0],
		.base_branch = options->base_branch,
		.ref = options->git_ref,
		.no_merge_base = options->no_merge_base,
		.ignored = &none,
	};
	facts->source = alloc_copy(request.source);
	if (gitinfo_collect(&request, &git, &failure) < 0) {
		facts->source_code = failure.code;
		facts->source_why = alloc_copy(failure.text);
		return;
	}
	gitinfo_finish(&git);
}

static void look_at_keyring(struct doctor_facts *facts)
{
	char *home = NULL;
	struct failure ignored;
	facts->gpgv = ask_version("gpgv");
	facts->keyring = alloc_copy(APT_SOURCE_KEYRING);
	facts->keyring_there = access(facts->keyring, R_OK) == 0;
	/* gpg would put things into the user's own folder. */
	if (facts->keyring_there && scratch_create(&home, &ignored) == 0) {
		autofree char *keys = ask_program(
			(const char *const[]) { "gpg", "--homedir", home, "--batch", "--no-options",
				"--with-colons", "--show-keys", facts->keyring, NULL });
		facts->keyring_known =
			keys && doctor_read_keys(keys, &facts->keyring_expires_s) > 0;
		scratch_remove(home);
	}
}

static void look_at_rights(struct doctor_facts *facts)
{
	gid_t groups[GROUPS_MAX];
	int count = GROUPS_MAX;
	const struct group *docker = getgrnam("docker");
	const struct passwd *user = getpwuid(getuid());
	facts->root = geteuid() == 0;
	if (!docker) {
		return;
	}
	gid_t wanted = docker->gr_gid;
	if (!user || getgrouplist(user->pw_name, user->pw_gid, groups, &count) < 0) {
		count = getgroups(GROUPS_MAX, groups);
	}
	for (int i = 0; i < count; i++) {
		facts->docker_group |= groups[i] == wanted;
	}
}

void doctor_gather_machine(const struct options *options, struct doctor_facts *facts)
{
	look_at_disks(options, facts);
	look_at_memory(facts);
	look_at_clock(facts);
	look_at_loops(facts);
	look_at_proxy(options, facts);
	facts->git = ask_version("git");
	look_at_source(options, facts);
	look_at_keyring(facts);
	look_at_rights(facts);
}
