/* SPDX-License-Identifier: MIT */
#include "services/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ttydefaults.h>
#include <sys/wait.h>
#include <unistd.h>

void terminal_init(struct terminal *terminal)
{
	*terminal = (struct terminal) { 0 };
	if (!isatty(STDIN_FILENO)) {
		return;
	}
	if (getpid() == 1 && tcgetpgrp(STDIN_FILENO) < 0) {
		setsid();
		ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	}
	/* As a shell's background job we leave it to whom it was given. */
	terminal->present = tcgetpgrp(STDIN_FILENO) == getpgrp() &&
			    tcgetattr(STDIN_FILENO, &terminal->modes) == 0;
}

int terminal_lead(void)
{
	if (setpgid(0, 0) < 0 || tcsetpgrp(STDIN_FILENO, getpgrp()) < 0) {
		return -errno;
	}
	return 0;
}

void terminal_take_back(const struct terminal *terminal)
{
	if (terminal->present) {
		tcsetpgrp(STDIN_FILENO, getpgrp());
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal->modes);
	}
}

bool terminal_has_stopped(pid_t job)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)job, &info, WSTOPPED | WNOHANG) < 0 || info.si_pid != job) {
		return false;
	}
	return info.si_status == SIGTSTP || info.si_status == SIGTTIN || info.si_status == SIGTTOU;
}

void terminal_resume(pid_t job)
{
	tcsetpgrp(STDIN_FILENO, job);
	kill(-job, SIGCONT);
}

const char *terminal_path(const struct exec_context *exec)
{
	return exec->tty_path ? exec->tty_path : "/dev/console";
}

void terminal_reset(int fd)
{
	static const cc_t defaults[NCCS] = {
		[VINTR] = CINTR,
		[VQUIT] = CQUIT,
		[VERASE] = CERASE,
		[VKILL] = CKILL,
		[VEOF] = CEOF,
		[VTIME] = CTIME,
		[VMIN] = CMIN,
		[VSTART] = CSTART,
		[VSTOP] = CSTOP,
		[VSUSP] = CSUSP,
		[VREPRINT] = CREPRINT,
		[VDISCARD] = CDISCARD,
		[VWERASE] = CWERASE,
		[VLNEXT] = CLNEXT,
	};
	struct termios modes;

	if (tcgetattr(fd, &modes) < 0) {
		return;
	}
	modes.c_iflag = ICRNL | IXON | IMAXBEL | IUTF8;
	modes.c_oflag = OPOST | ONLCR;
	modes.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
	modes.c_cflag |= CREAD;
	memcpy(modes.c_cc, defaults, sizeof(defaults));
	tcsetattr(fd, TCSANOW, &modes);
}

void terminal_set_size(const struct exec_context *exec, int fd)
{
	const struct exec_extras *extras = exec->extras;
	struct winsize size;

	if (!extras || (extras->tty_rows == EXEC_UNSET && extras->tty_columns == EXEC_UNSET) ||
		ioctl(fd, TIOCGWINSZ, &size) < 0) {
		return;
	}
	if (extras->tty_rows != EXEC_UNSET) {
		size.ws_row = (unsigned short)extras->tty_rows;
	}
	if (extras->tty_columns != EXEC_UNSET) {
		size.ws_col = (unsigned short)extras->tty_columns;
	}
	ioctl(fd, TIOCSWINSZ, &size);
}

static int open_terminal(const char *path)
{
	/* Without carrier a serial line would block. */
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		return -errno;
	}
	int r = !isatty(fd) || fcntl(fd, F_SETFL, O_RDWR) < 0 ? -errno : 0;
	if (r < 0) {
		close(fd);
	}
	return r < 0 ? r : fd;
}

/* Whoever has it open loses it. */
static int hang_up(const char *path)
{
	int fd = open_terminal(path);

	if (fd < 0) {
		return fd;
	}
	int r = ioctl(fd, TIOCVHANGUP) < 0 ? -errno : 0;
	close(fd);
	return r;
}

int terminal_open(const struct exec_context *exec, bool force)
{
	const char *path = terminal_path(exec);
	int r = exec->tty_vhangup ? hang_up(path) : 0;
	int fd = r < 0 ? r : open_terminal(path);

	if (fd >= 0 && ioctl(fd, TIOCSCTTY, force) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	if (fd >= 0 && exec->tty_reset) {
		terminal_reset(fd);
	}
	if (fd >= 0) {
		terminal_set_size(exec, fd);
	}
	return fd;
}
