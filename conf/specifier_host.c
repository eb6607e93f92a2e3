/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "conf/os_release.h"
#include "conf/specifiers.h"
#include "conf/value.h"

enum {
	TEXT_MAX = CONF_OS_RELEASE_MAX,
};

static int put(FILE *out, const char *text)
{
	return fputs(text, out) == EOF ? -EIO : 1;
}

static int read_text(const char *path, char text[TEXT_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t length = fd < 0 ? -1 : read(fd, text, TEXT_MAX - 1);
	int r = length < 0 ? -errno : 0;

	if (fd >= 0) {
		close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
	return r;
}

/* --- files of assignments (os-release(5), machine-info(5)) ----------------------------------- */

/* The value of `name` in place, without its quotes; NULL if it is not there. */
static char *find_value(char *text, const char *name)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		size_t length = strlen(name);

		if (strncmp(line, name, length) != 0 || line[length] != '=') {
			continue;
		}
		char *value = line + length + 1;
		size_t end = strlen(value);
		if (end >= 2 && strchr("\"'", value[0]) && value[end - 1] == value[0]) {
			value[end - 1] = '\0';
			value++;
		}
		return value;
	}
	return NULL;
}

int conf_os_release(const char *name, char text[CONF_OS_RELEASE_MAX], const char **ret_value)
{
	int r = read_text("/etc/os-release", text);

	if (r < 0) {
		r = read_text("/usr/lib/os-release", text);
	}
	if (r == 0) {
		*ret_value = find_value(text, name);
	}
	return r;
}

/* What is not set is empty. */
static int put_os_release(const char *name, FILE *out)
{
	char text[CONF_OS_RELEASE_MAX];
	const char *value = NULL;
	int r = conf_os_release(name, text, &value);

	return r < 0 ? r : put(out, value ? value : "");
}

/* --- the host -------------------------------------------------------------------------------- */

/* 128 bits in hexadecimal, with or without dashes. */
static int put_id(const char *path, FILE *out)
{
	char text[TEXT_MAX];
	size_t digits = 0;
	int r = read_text(path, text);

	for (const char *at = text; r == 0 && *at && *at != '\n'; at++) {
		if (isxdigit((unsigned char)*at)) {
			fputc(*at, out);
			digits++;
		} else if (*at != '-') {
			r = -EBADMSG;
		}
	}
	return r < 0 ? r : digits == 32 ? 1 : -ENOMEDIUM;
}

static int put_host_name(char letter, FILE *out)
{
	char text[TEXT_MAX];
	struct utsname host;

	if (uname(&host) < 0) {
		return -errno;
	}
	if (letter == 'v') {
		return put(out, host.release);
	}
	if (letter == 'a') {
		return put(out, conf_architecture(host.machine));
	}
	const char *pretty = letter == 'q' && read_text("/etc/machine-info", text) == 0
				     ? find_value(text, "PRETTY_HOSTNAME")
				     : NULL;
	if (pretty && *pretty) {
		return put(out, pretty);
	}
	host.nodename[letter == 'H' ? strlen(host.nodename) : strcspn(host.nodename, ".")] = '\0';
	return put(out, host.nodename);
}

static int put_temporary(const char *fallback, FILE *out)
{
	static const char *const names[] = { "TMPDIR", "TEMP", "TMP" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *path = getenv(names[i]);

		if (path && *path == '/') {
			return put(out, path);
		}
	}
	return put(out, fallback);
}

/* --- whoever runs berth-init ----------------------------------------------------------------- */

static int put_number(unsigned number, FILE *out)
{
	return fprintf(out, "%u", number) < 0 ? -EIO : 1;
}

static int put_passwd(const struct passwd *entry, char letter, FILE *out)
{
	switch (letter) {
	case 'h':
		return put(out, entry->pw_dir);
	case 's':
		return put(out, entry->pw_shell[0] ? entry->pw_shell : "/bin/sh");
	default:
		return put(out, entry->pw_name);
	}
}

/* Without an entry root is root, and anybody else a number. */
static int put_user(char letter, FILE *out)
{
	static char name[] = "root", home[] = "/root", shell[] = "/bin/sh";
	const struct passwd fallback = { .pw_name = name, .pw_dir = home, .pw_shell = shell };
	FILE *in = fopen("/etc/passwd", "re");
	uid_t uid = getuid();
	int r = 0;

	for (const struct passwd *p; in && r == 0 && (p = fgetpwent(in));) {
		r = p->pw_uid == uid ? put_passwd(p, letter, out) : 0;
	}
	if (in) {
		fclose(in);
	}
	if (r == 0 && uid == 0) {
		return put_passwd(&fallback, letter, out);
	}
	return r ? r : letter == 'u' ? put_number(uid, out) : -ENOENT;
}

static int put_group(FILE *out)
{
	FILE *in = fopen("/etc/group", "re");
	gid_t gid = getgid();
	int r = 0;

	for (const struct group *g; in && r == 0 && (g = fgetgrent(in));) {
		r = g->gr_gid == gid ? put(out, g->gr_name) : 0;
	}
	if (in) {
		fclose(in);
	}
	return r ? r : gid == 0 ? put(out, "root") : put_number(gid, out);
}

int specifier_put_host(char letter, FILE *out)
{
	switch (letter) {
	case 'A':
		return put_os_release("IMAGE_VERSION", out);
	case 'B':
		return put_os_release("BUILD_ID", out);
	case 'M':
		return put_os_release("IMAGE_ID", out);
	case 'o':
		return put_os_release("ID", out);
	case 'w':
		return put_os_release("VERSION_ID", out);
	case 'W':
		return put_os_release("VARIANT_ID", out);
	case 'b':
		return put_id("/proc/sys/kernel/random/boot_id", out);
	case 'm':
		return put_id("/etc/machine-id", out);
	case 'a':
	case 'H':
	case 'l':
	case 'q':
	case 'v':
		return put_host_name(letter, out);
	case 'T':
		return put_temporary("/tmp", out);
	case 'V':
		return put_temporary("/var/tmp", out);
	case 'u':
	case 'h':
	case 's':
		return put_user(letter, out);
	case 'g':
		return put_group(out);
	case 'U':
		return put_number(getuid(), out);
	case 'G':
		return put_number(getgid(), out);
	default:
		return 0;
	}
}
