/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool raw;

bool terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

void terminal_restore(void)
{
	if (raw) {
		raw = false;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	}
}

int terminal_make_raw(void)
{
	if (tcgetattr(STDIN_FILENO, &before) < 0) {
		return -errno;
	}
	struct termios mode = before;
	cfmakeraw(&mode);
	static bool registered;
	if (!registered) {
		registered = atexit(terminal_restore) == 0;
	}
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &mode) < 0) {
		return -errno;
	}
	raw = true;
	return 0;
}

int terminal_open_output(void)
{
	int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
}

unsigned terminal_columns(int fd)
{
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

void terminal_size(unsigned *ret_rows, unsigned *ret_columns)
{
	struct winsize size;
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col;
	*ret_rows = known ? size.ws_row : 24;
	*ret_columns = known ? size.ws_col : 80;
}
