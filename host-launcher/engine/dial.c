/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/process.h"
#include "host-launcher/base/words.h"

enum {
	/* What is kept of complaints. The file cannot grow beyond it. */
	COMPLAINT_MAX = 8192,
	/* An ssh whose connection was closed ends by itself, or is ended. */
	PATIENCE_MS = 1000,
	BACKLOG = 16,
};

struct dial {
	struct string_list argv;
	int errors_fd;
	int listener;
	int place; /* of the socket in the file system, though it has no name there any more */
	char path[32];
	pid_t *children; /* that were not waited for yet */
	size_t child_count;
};

/* The command over there is read by a shell. */
static char *remote_command(const struct endpoint *endpoint)
{
	struct buffer command = { 0 };
	buffer_append_text(&command, "docker ");
	if (endpoint->path) {
		autofree char *host = alloc_printf("--host=unix://%s", endpoint->path);
		quote_word(&command, host);
		buffer_append_text(&command, " ");
	}
	buffer_append_text(&command, "system dial-stdio");
	return buffer_steal(&command);
}

static void make_command(struct dial *dial, const struct endpoint *endpoint)
{
	static const char *const fixed[] = { "ssh", "-T", "-o", "BatchMode=yes", "-o",
		"ConnectTimeout=30", "-o", "ServerAliveInterval=30" };
	struct string_list *argv = &dial->argv;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		string_list_add(argv, fixed[i]);
	}
	if (endpoint->user) {
		string_list_add(argv, "-l");
		string_list_add(argv, endpoint->user);
	}
	if (endpoint->port) {
		string_list_add(argv, "-p");
		string_list_take(argv, alloc_printf("%d", endpoint->port));
	}
	string_list_add(argv, "--");
	string_list_add(argv, endpoint->host);
	string_list_take(argv, remote_command(endpoint));
}

/* A file in memory of fixed size: whoever writes more gets an error, and no one an ever fuller
 * memory. */
static int open_errors(void)
{
	int fd = memfd_create("ssh-errors", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd >= 0 && (ftruncate(fd, COMPLAINT_MAX) < 0 ||
			       fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* A socket with a name in a folder that is gone at once: it is reached through the descriptor. */
static int bind_socket(struct dial *dial)
{
	char folder[] = "/tmp/berth-dial-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (!mkdtemp(folder)) {
		return -errno;
	}
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", folder);
	int rc =
		bind(dial->listener, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	if (rc == 0) {
		dial->place = open(address.sun_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		rc = dial->place < 0 ? -errno : 0;
		unlink(address.sun_path);
	}
	rmdir(folder);
	return rc;
}

static int open_listener(struct dial *dial)
{
	dial->place = -1;
	dial->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (dial->listener < 0) {
		return -errno;
	}
	int rc = bind_socket(dial);
	if (rc == 0 && listen(dial->listener, BACKLOG) < 0) {
		rc = -errno;
	}
	snprintf(dial->path, sizeof(dial->path), "/proc/self/fd/%d", dial->place);
	return rc;
}

struct dial *dial_create(const struct endpoint *endpoint)
{
	struct dial *dial = alloc_zero(1, sizeof(*dial));
	dial->errors_fd = open_errors();
	make_command(dial, endpoint);
	if (open_listener(dial) < 0 || dial->errors_fd < 0) {
		dial_destroy(dial);
		return NULL;
	}
	return dial;
}

const char *dial_path(const struct dial *dial)
{
	return dial->path;
}

static bool is_our_own(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid == getpid();
}

/* Forgets the children that have ended. */
static void reap_ended(struct dial *dial)
{
	size_t left = 0;
	for (size_t i = 0; i < dial->child_count; i++) {
		if (waitpid(dial->children[i], NULL, WNOHANG) == 0) {
			dial->children[left++] = dial->children[i];
		}
	}
	dial->child_count = left;
}

static void start_ssh(struct dial *dial, int fd)
{
	struct process_spec spec = {
		.argv = (const char *const *)dial->argv.items,
		.output = PROCESS_TO_FD,
		.output_fd = fd,
		.errors = PROCESS_TO_FD,
		.errors_fd = dial->errors_fd,
		.input_fd = fd,
		.own_session = true,
	};
	pid_t pid;
	int rc = process_start(&spec, &pid);
	if (rc < 0) {
		dprintf(dial->errors_fd, "cannot run ssh: %s\n", strerror(-rc));
		return;
	}
	dial->children =
		alloc_resize(dial->children, dial->child_count + 1, sizeof(*dial->children));
	dial->children[dial->child_count++] = pid;
}

void dial_serve(struct dial *dial)
{
	int fd;
	while ((fd = accept4(dial->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		reap_ended(dial);
		if (is_our_own(fd)) {
			start_ssh(dial, fd);
		}
		close(fd);
	}
}

/* Its connection is closed, so it is about to end; what hangs nevertheless is killed. */
static void reap(pid_t pid)
{
	int pidfd = pidfd_open(pid, 0);
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };
	kill(pid, SIGTERM);
	if (pidfd < 0 || poll(&ended, 1, PATIENCE_MS) != 1) {
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
	if (pidfd >= 0) {
		close(pidfd);
	}
}

void dial_destroy(struct dial *dial)
{
	reap_ended(dial);
	for (size_t i = 0; i < dial->child_count; i++) {
		reap(dial->children[i]);
	}
	free(dial->children);
	string_list_finish(&dial->argv);
	if (dial->listener >= 0) {
		close(dial->listener);
	}
	if (dial->place >= 0) {
		close(dial->place);
	}
	if (dial->errors_fd >= 0) {
		close(dial->errors_fd);
	}
	free(dial);
}

char *dial_complaint(const struct dial *dial)
{
	char text[COMPLAINT_MAX + 1] = "";
	if (pread(dial->errors_fd, text, COMPLAINT_MAX, 0) <= 0) {
		return NULL;
	}
	size_t length = strlen(text);
	while (length && strchr("\r\n", text[length - 1])) {
		text[--length] = '\0';
	}
	const char *line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return *line ? alloc_copy(line) : NULL;
}
