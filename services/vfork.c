/* SPDX-License-Identifier: MIT */
#include "services/vfork.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <sys/syscall.h>

/* Sanitizers keep books about memory and stacks that such a child would spoil. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED

pid_t vfork_run(int cgroup_fd, bool share_files, int (*run)(void *argument), void *argument)
{
	(void)cgroup_fd;
	(void)share_files;
	(void)run;
	(void)argument;
	return -ENOSYS;
}

#else

/* Pages that no child has used take no memory. */
static alignas(16) char stack[128 * 1024];

#ifdef __x86_64__

/* clone3(2) knows cgroups, but has no wrapper that changes to the other stack. The child comes back
 * with 0 on top of `stack` and calls from there. */
static pid_t clone_into(int cgroup_fd, int flags, int (*run)(void *argument), void *argument)
{
	struct clone_args arguments = {
		.flags = (uint64_t)flags | CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)stack,
		.stack_size = sizeof(stack),
		.cgroup = (uint64_t)cgroup_fd,
	};
	register long result __asm__("rax") = SYS_clone3;
	register const struct clone_args *first __asm__("rdi") = &arguments;
	register size_t second __asm__("rsi") = sizeof(arguments);
	register int (*callee)(void *) __asm__("r8") = run;
	register void *passed __asm__("r9") = argument;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r9, %%rdi\n\t"
			 "call *%%r8\n"
			 "1:"
			 : "+r"(result)
			 : "r"(first), "r"(second), "r"(callee), "r"(passed)
			 : "rcx", "r11", "cc", "memory");
	return (pid_t)result;
}

#else

static pid_t clone_into(int cgroup_fd, int flags, int (*run)(void *argument), void *argument)
{
	(void)cgroup_fd;
	(void)flags;
	(void)run;
	(void)argument;
	return -ENOSYS;
}

#endif

pid_t vfork_run(int cgroup_fd, bool share_files, int (*run)(void *argument), void *argument)
{
	int flags = CLONE_VM | CLONE_VFORK | (share_files ? CLONE_FILES : 0);

	if (cgroup_fd >= 0) {
		return clone_into(cgroup_fd, flags, run, argument);
	}
	pid_t pid = clone(run, stack + sizeof(stack), flags | SIGCHLD, argument);

	return pid < 0 ? -errno : pid;
}

#endif
