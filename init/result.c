/* SPDX-License-Identifier: MIT */
#include "init/result.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conf/json.h"
#include "conf/value.h"
#include "init/clock.h"
#include "init/unit.h"

#define DEFAULT_PATH "/run/berth/result.json"

/* --- JSON ------------------------------------------------------------------------------------ */

static void print_text(FILE *out, const char *key, const char *text)
{
	fprintf(out, "\"%s\": ", key);
	conf_json_string(out, text);
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

/* --- what it says ---------------------------------------------------------------------------- */

static const char *cause_word(enum stop_cause cause)
{
	switch (cause) {
	case STOP_MAIN:
		return "main";
	case STOP_SIGNAL:
		return "signal";
	case STOP_ACTION:
		return "action";
	case STOP_IDLE:
		return "idle";
	case STOP_NONE:
		break;
	}
	return "none";
}

static long long milliseconds(struct timeval time)
{
	return (long long)time.tv_sec * 1000 + time.tv_usec / 1000;
}

/* How the last main process ended; null where there was none or it lives on. */
static void print_end(FILE *out, const struct service *service)
{
	int status = service->main_status;
	bool ended = service->main_ran && !service->main_alive;

	if (ended && WIFEXITED(status)) {
		fprintf(out, "\"exit_code\": %d, ", WEXITSTATUS(status));
	} else {
		fputs("\"exit_code\": null, ", out);
	}
	print_text(out, "signal",
		ended && WIFSIGNALED(status) ? conf_signal_name(WTERMSIG(status)) : NULL);
	fprintf(out, ", \"core_dumped\": %s",
		truth(ended && WIFSIGNALED(status) && WCOREDUMP(status)));
}

struct line_list {
	FILE *out;
	bool any;
};

static void print_line(const char *line, size_t length, void *data)
{
	struct line_list *list = data;

	fputs(list->any ? ", " : "", list->out);
	conf_json_bytes(list->out, line, length);
	list->any = true;
}

static void print_service(FILE *out, const struct unit *unit, bool decided)
{
	const struct service *service = unit_service(unit);
	struct line_list lines = { .out = out };

	fputs("{ ", out);
	print_text(out, "name", service->config->name);
	fputs(", ", out);
	print_text(out, "state", service_state_name(service->state));
	fputs(", ", out);
	print_text(out, "result", service_result_name(service->result));
	fprintf(out, ", \"restarts\": %u, ", service->restarts);
	print_end(out, service);
	fprintf(out, ", \"user_ms\": %lld, \"system_ms\": %lld, \"max_rss_kib\": %ld",
		milliseconds(unit->used.user), milliseconds(unit->used.system),
		unit->used.max_rss_kib);
	fputs(", \"last_lines\": [", out);
	if (decided || service->result != RESULT_SUCCESS) {
		recent_for_each(
			unit->manager->log.channels[unit->index].recent, print_line, &lines);
	}
	fputs("] }", out);
}

/* The clock of the wall may have been set meanwhile: the start is counted back from now. */
static void print_times(FILE *out, const struct manager *m)
{
	struct timespec now;
	long long elapsed_ms = clock_now_ms() - m->started_ms;

	clock_gettime(CLOCK_REALTIME, &now);
	long long now_ms = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	fprintf(out, "  \"started_ms\": %lld,\n  \"ended_ms\": %lld,\n  \"elapsed_ms\": %lld,\n",
		now_ms - elapsed_ms, now_ms, elapsed_ms);
}

void result_print(FILE *out, const struct manager *m, const struct result *result)
{
	const struct supervisor *s = &m->supervisor;
	const struct service *decided =
		result->decided_by >= 0 ? &s->services[result->decided_by] : NULL;

	fprintf(out, "{\n  \"version\": \"%s\",\n  \"exit_code\": %d,\n  ", BERTH_VERSION,
		result->exit_code);
	print_text(out, "cause", cause_word(s->cause));
	fputs(",\n  ", out);
	print_text(out, "signal", s->stop_signal ? conf_signal_name(s->stop_signal) : NULL);
	fputs(",\n  ", out);
	print_text(out, "service", decided ? decided->config->name : NULL);
	fputs(",\n  ", out);
	print_text(out, "result", decided ? service_result_name(decided->result) : NULL);
	fprintf(out, ",\n  \"oom_kill\": %s,\n", truth(result->out_of_memory));
	print_times(out, m);
	fprintf(out, "  \"orphans\": %llu,\n  \"left_over\": %u,\n  \"services\": [",
		(unsigned long long)m->orphans, result->left_over);
	for (size_t i = 0; i < s->set->count; i++) {
		fputs(i ? ",\n    " : "\n    ", out);
		print_service(out, m->units[i], (ssize_t)i == result->decided_by);
	}
	fputs("\n  ]\n}\n", out);
}

/* --- memory ---------------------------------------------------------------------------------- */

/* The number behind "oom_kill " in a file of the memory controller, in either version of cgroups:
 * a container sees its own cgroup as the root. */
static long count_kills(int directory, const char *path)
{
	char text[1024];
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *at;

	if (fd >= 0) {
		close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
	at = strstr(text, "oom_kill ");
	return at ? strtol(at + strlen("oom_kill "), NULL, 10) : 0;
}

bool result_out_of_memory(const struct manager *m)
{
	return (m->cgroups.own_fd >= 0 && count_kills(m->cgroups.own_fd, "memory.events") > 0) ||
	       count_kills(AT_FDCWD, "/sys/fs/cgroup/memory.events") > 0 ||
	       count_kills(AT_FDCWD, "/sys/fs/cgroup/memory/memory.oom_control") > 0;
}

/* --- the file -------------------------------------------------------------------------------- */

static int write_file(const char *path, const struct manager *m, const struct result *result)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out) {
		int error = errno;

		if (fd >= 0) {
			close(fd);
		}
		return -error;
	}
	errno = 0;
	result_print(out, m, result);
	int error = fflush(out) < 0 || ferror(out) ? errno : 0;
	return fclose(out) < 0 || error ? -(error ? error : EIO) : 0;
}

void result_save(struct manager *m, const struct result *result)
{
	const char *set = m->supervisor.set->init.result;
	const char *path = set ? set : DEFAULT_PATH;
	char temporary[PATH_MAX];
	int r;

	if (!set) {
		mkdir("/run", 0755);
		mkdir("/run/berth", 0755);
	}
	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= PATH_MAX) {
		r = -ENAMETOOLONG;
	} else {
		r = write_file(temporary, m, result);
		if (r == 0 && rename(temporary, path) < 0) {
			r = -errno;
		}
		if (r < 0) {
			unlink(temporary);
		}
	}
	if (r < 0) {
		log_print(&m->log, "cannot write %s: %s; Result= may name another file", path,
			strerrordesc_np(-r));
	}
}
