/* SPDX-License-Identifier: MIT */
#include "init/self.h"

#include <fcntl.h>
#include <link.h>
#include <linux/close_range.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum {
	/* What a child may need for its set-up. */
	SPARE_DESCRIPTORS = 16,
	/* With fewer in all, PID 1 keeps them for itself. */
	SPARE_LEAST = 64,
};

/* In a root without /dev: a file that is empty and stays so. What is written to it is refused. */
static int open_nothing(void)
{
	int fd = memfd_create("nothing", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0) {
		fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
	}
	return fd;
}

/* A program that writes to descriptor 1 must not hit a file that happened to get that number. */
static int open_standard_descriptors(bool *ret_device)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
		*ret_device = fd >= 0;
		if (fd < 0) {
			fd = open_nothing();
		}
		if (fd >= 0 && fd <= STDERR_FILENO) {
			fcntl(fd, F_SETFD, 0);
		}
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd;
}

/* Where it is ignored, which is inherited, the kernel reaps at once and tells nobody (wait(2)). */
static bool hear_of_children(void)
{
	return signal(SIGCHLD, SIG_DFL) == SIG_IGN;
}

bool self_prepare(struct spawn_host *ret_host)
{
	sigset_t all;
	bool first = getpid() == 1;

	*ret_host = (struct spawn_host) { .report_fd = -1, .environment = environ };
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &ret_host->signal_mask);
	ret_host->ignores_children = hear_of_children();
	ret_host->null_fd = open_standard_descriptors(&ret_host->null_is_device);
	ret_host->can_leave_descriptors =
		close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
	if (!first) {
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	}
	terminal_init(&ret_host->terminal);
	return first;
}

void self_raise_nofile(struct spawn_host *host)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return;
	}
	host->nofile = limit;
	limit.rlim_cur =
		limit.rlim_max > SPARE_LEAST ? limit.rlim_max - SPARE_DESCRIPTORS : limit.rlim_max;
	host->nofile_raised =
		host->nofile.rlim_cur != limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

void self_settle(struct spawn_host *host)
{
	/* UMask= has this value unless told: then a child has nothing to do. */
	host->umask = 0022;
	umask(host->umask);
	host->at_root = chdir("/") == 0;
}

/* What is never written to: it comes from the file as it was. The first object is the program. */
static int drop_pages(struct dl_phdr_info *info, size_t size, void *data)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t begin = (info->dlpi_addr + part->p_vaddr) & ~(page - 1);

		if (part->p_type == PT_LOAD && !(part->p_flags & PF_W)) {
			/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
			madvise((void *)begin,
				info->dlpi_addr + part->p_vaddr + part->p_memsz - begin,
				MADV_DONTNEED);
		}
	}
	return 1;
}

void self_drop_pages(void)
{
	dl_iterate_phdr(drop_pages, NULL);
}
