/* SPDX-License-Identifier: MIT */
#include "tests/integration/boot_world.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0) {
		_exit(123);
	}
	close(fd);
}

/* Directories that a service may be given are empty and ours alone. */
static void own_mounts(unsigned flags)
{
	static const char *const fresh[] = { "/run", "/var/cache", "/var/log", "/var/lib" };

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		_exit(121);
	}
	for (size_t i = 0; i < sizeof(fresh) / sizeof(fresh[0]); i++) {
		unsigned long read_only = flags & BOOT_BARE ? MS_RDONLY : 0;

		if (mount("tmpfs", fresh[i], "tmpfs", read_only, "mode=755") < 0) {
			_exit(121);
		}
	}
	if (flags & BOOT_BARE) {
		if (mount("tmpfs", "/proc", "tmpfs", MS_RDONLY, NULL) < 0) {
			_exit(121);
		}
	} else if (!(flags & BOOT_SAME_PIDS) && mount("proc", "/proc", "proc", 0, NULL) < 0) {
		_exit(121);
	}
	if (flags & BOOT_NO_DEV && mount("tmpfs", "/dev", "tmpfs", MS_RDONLY, NULL) < 0) {
		_exit(121);
	}
}

static void freeze_sys(void)
{
	if (mount("/sys", "/sys", NULL, MS_BIND | MS_REC, NULL) < 0 ||
		mount(NULL, "/sys", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0 ||
		mount("tmpfs", "/sys/fs/cgroup", "tmpfs", MS_RDONLY, NULL) < 0) {
		_exit(120);
	}
}

static void hide_cgroups(void)
{
	if (mount("tmpfs", "/sys/fs/cgroup", "tmpfs", MS_RDONLY, NULL) < 0 ||
		prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN) < 0) {
		_exit(120);
	}
}

static void drop_capabilities(void)
{
	setgroups(0, NULL);
	for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++) {
		prctl(PR_CAPBSET_DROP, i);
	}
}

/* A user of its own, for whom the limit of processes counts: none for now, but it may be raised. */
static void become_poor(uid_t id)
{
	const struct rlimit none = { 1, 1000 };

	setgroups(0, NULL);
	if (setrlimit(RLIMIT_NPROC, &none) < 0 || setresgid(id, id, -1) < 0 ||
		setresuid(id, id, id) < 0) {
		_exit(119);
	}
}

static void limit_descriptors(unsigned count)
{
	const struct rlimit few = { count, count };

	if (setrlimit(RLIMIT_NOFILE, &few) < 0) {
		_exit(118);
	}
}

/* Whatever makes a process fails as if there were no memory for it. */
static void forbid_fork(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fork, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_vfork, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
	};
	const struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		_exit(118);
	}
}

static void own_signals(unsigned flags)
{
	sigset_t mask;

	for (int i = 1; i < NSIG; i++) {
		signal(i, SIG_DFL);
	}
	sigemptyset(&mask);
	if (flags & BOOT_IGNORE_HUP) {
		signal(SIGHUP, SIG_IGN);
		sigaddset(&mask, SIGUSR1);
	}
	if (flags & BOOT_IGNORE_CHLD) {
		signal(SIGCHLD, SIG_IGN);
	}
	if (flags & BOOT_ODD_SIGNALS) {
		signal(SIGTTOU, SIG_IGN);
		signal(SIGSEGV, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		sigaddset(&mask, SIGTTIN);
		sigaddset(&mask, SIGILL);
		sigaddset(&mask, SIGTERM);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* As a container runtime does it with version 1 of cgroups. */
static void enter_cgroup(const char *path)
{
	char procs[256];

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	int fd = open(procs, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) != 1 ||
		mount(path, "/sys/fs/cgroup/memory", NULL, MS_BIND, NULL) < 0) {
		_exit(117);
	}
	close(fd);
}

_Noreturn void boot_world_enter(const struct boot_launch *launch)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	own_mounts(launch->flags);
	if (launch->own_cgroup) {
		enter_cgroup(launch->own_cgroup);
	}
	if (launch->flags & BOOT_SYS_RO) {
		freeze_sys();
	}
	if (launch->flags & BOOT_NO_CGROUP) {
		hide_cgroups();
	}
	if (launch->flags & BOOT_NETWORK) {
		loopback_up();
	}
	if (launch->flags & BOOT_TTY) {
		setsid();
		ioctl(launch->input, TIOCSCTTY, 0);
	}
	if (dup2(launch->input, 0) < 0 || dup2(launch->output, 1) < 0 ||
		dup2(launch->output, 2) < 0 || chdir(launch->cwd) < 0) {
		_exit(122);
	}
	syscall(SYS_close_range, launch->flags & BOOT_CLOSED ? 0U : 3U, ~0U, 0U);
	if (launch->flags & BOOT_WEAK) {
		drop_capabilities();
	}
	if (launch->flags & BOOT_FULL && dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), 1) < 0) {
		_exit(122);
	}
	if (launch->descriptors) {
		limit_descriptors(launch->descriptors);
	}
	if (launch->flags & BOOT_POOR) {
		become_poor(launch->poor_id);
	}
	if (launch->flags & BOOT_NO_FORK) {
		forbid_fork();
	}
	own_signals(launch->flags);
	execv(launch->program, launch->argv);
	_exit(124);
}
