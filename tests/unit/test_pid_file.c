/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "services/pid_file.h"
#include "tests/unit/expect.h"

static int parse(const char *text, pid_t *pid)
{
	*pid = -1;
	return pid_file_parse(text, strlen(text), pid);
}

Test(pid_file, a_number_may_have_blanks_and_lines_behind_it)
{
	static const char *const texts[] = { "42", "42\n", " 42 \r\n", "42\nmore\n", "0042" };
	pid_t pid;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cr_expect(eq(int, parse(texts[i], &pid), 0), "%s", texts[i]);
		cr_expect(eq(int, pid, 42));
	}
}

Test(pid_file, all_else_is_refused)
{
	static const char *const texts[] = { "-1", "+1", "0", "0x10", "1 2", "12a", "pid",
		"2147483648", "99999999999999999999999999999999999999999999999999999999999999999" };
	pid_t pid;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cr_expect(eq(int, parse(texts[i], &pid), -EINVAL), "%s", texts[i]);
		cr_expect(eq(int, pid, -1));
	}
	cr_expect(eq(int, parse("", &pid), -ENODATA));
	cr_expect(eq(int, parse("\n42\n", &pid), -ENODATA));
	cr_expect(eq(int, pid_file_parse("42\0", 3, &pid), -EINVAL));
}

Test(pid_file, what_is_no_plain_file_is_refused)
{
	pid_t pid;
	bool trusted;

	cr_expect(eq(int, pid_file_read("/no/such/file", &pid, &trusted), -ENOENT));
	cr_expect(eq(int, pid_file_read("/dev/zero", &pid, &trusted), -EBADF));
	cr_expect(eq(int, pid_file_read("/proc/self/exe", &pid, &trusted), -ELOOP));
}
