/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/memory.h"

enum {
	LARGE = 16 * 1024 * 1024, /* more than the heap has left at its end */
};

static bool is_filled(const char *block, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (block[i] != 'x') {
			return false;
		}
	}
	return true;
}

/* The sanitizers' allocator ends the process where it gets nothing. */
#ifdef __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

#if !SANITIZED

/* Grows a block where the system has nothing left. Returns 0 if all went well. */
static int grow_without_memory(void)
{
	struct rlimit none = { 0, 0 };
	void *volatile more; /* a compiler may think that it succeeds */

	if (memory_reserve(3UL * LARGE) < 0) {
		return 1;
	}
	char *block = memory_resize(NULL, 100);
	memset(block, 'x', 100);
	if (setrlimit(RLIMIT_AS, &none) < 0) {
		return 2;
	}
	/* What the heap still has. */
	do {
		more = malloc(LARGE);
	} while (more);
	block = memory_resize(block, LARGE);
	if (!is_filled(block, 100)) {
		return 3;
	}
	memset(block, 'x', LARGE);
	block = memory_resize(block, LARGE + 100);
	if (!is_filled(block, LARGE)) {
		return 4;
	}
	memory_resize(block, 0);
	return 0;
}

Test(memory, grows_into_the_reserve)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(100);
		_exit(grow_without_memory());
	}
	cr_assert(waitpid(pid, &status, 0) == pid);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%#x", (unsigned)status);
}

#endif

Test(memory, is_like_realloc)
{
	char *block = memory_resize(NULL, 10);

	memset(block, 'x', 10);
	block = memory_resize(block, 100000);
	cr_expect(is_filled(block, 10));
	block = memory_resize(block, 5);
	cr_expect(is_filled(block, 5));
	cr_expect_null(memory_resize(block, 0));
	cr_expect_null(memory_resize(NULL, 0));
}
