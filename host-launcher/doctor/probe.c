/* SPDX-License-Identifier: MIT */
/*
 * berth-probe: the only program in the container by which `berth doctor` tries an engine. Does what
 * builds do and tells how that came out: probe_report.h has the lines. Static, without any
 * dependency.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

/* Where there is a volume, as a build has one. */
#define WORK "/work"

enum {
	NULL_MAJOR = 1,
	NULL_MINOR = 3,
};

static void tell(const char *name, long long value)
{
	printf("%s %lld\n", name, value);
}

static void tell_outcome(const char *name, int rc)
{
	tell(name, rc < 0 ? errno : 0);
}

static void tell_capabilities(void)
{
	char line[256];
	static const char key[] = "CapEff:";
	FILE *status = fopen("/proc/self/status", "re");
	while (status && fgets(line, sizeof(line), status)) {
		if (strncmp(line, key, strlen(key)) == 0) {
			tell("capabilities", strtoll(line + strlen(key), NULL, 16));
		}
	}
	if (status) {
		fclose(status);
	}
}

static int make_overlay(void)
{
	static const char *const folders[] = { WORK "/lower", WORK "/upper", WORK "/inner",
		WORK "/merged" };
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (mkdir(folders[i], 0755) < 0 && errno != EEXIST) {
			return -1;
		}
	}
	return mount("overlay", WORK "/merged", "overlay", 0,
		"lowerdir=" WORK "/lower,upperdir=" WORK "/upper,workdir=" WORK "/inner");
}

static int make_file(void)
{
	int fd = open(WORK "/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	return fd < 0 ? -1 : close(fd);
}

static void tell_mounts(void)
{
	int rc = unshare(CLONE_NEWNS);
	if (rc == 0) {
		rc = mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	}
	if (rc == 0) {
		rc = mkdir(WORK "/tmpfs", 0755);
	}
	if (rc == 0) {
		rc = mount("tmpfs", WORK "/tmpfs", "tmpfs", 0, NULL);
	}
	tell_outcome("mount", rc);
	tell_outcome("overlay", make_overlay());
}

int main(void)
{
	struct rlimit files;
	tell_capabilities();
	tell_mounts();
	tell_outcome("mknod", mknod(WORK "/null", S_IFCHR | 0600, makedev(NULL_MAJOR, NULL_MINOR)));
	tell_outcome("chown", make_file() < 0 ? -1 : chown(WORK "/file", 1000, 1000));
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		tell("open_files",
			(long long)(files.rlim_cur > INT32_MAX ? INT32_MAX : files.rlim_cur));
	}
	tell_outcome("loop_control", open("/dev/loop-control", O_RDWR | O_CLOEXEC));
	tell("clock_s", time(NULL));
	/* Last: nothing else is found after it. */
	tell_outcome("chroot", chroot(WORK));
	tell("end", 0);
	return fflush(stdout) == 0 ? 0 : 1;
}
