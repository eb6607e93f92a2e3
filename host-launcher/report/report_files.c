/* SPDX-License-Identifier: MIT */
#include "host-launcher/report/report_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/message.h"
#include "host-launcher/report/report_html.h"
#include "host-launcher/report/report_junit.h"
#include "host-launcher/report/report_trace.h"

enum {
	/* Of a longer log the page has the end: browsers have to bear it. */
	LOG_MAX = 4 << 20,
};

bool report_files_wanted(const struct options *options)
{
	return options->report || options->junit || options->html || options->trace;
}

static int check(const char *path, struct failure *failure)
{
	if (!path) {
		return 0;
	}
	const char *slash = strrchr(path, '/');
	autofree char *folder =
		slash ? alloc_copy_range(path, (size_t)(slash - path) + 1) : alloc_copy(".");
	if (faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) < 0) {
		return failure_set(failure, EXIT_WRITE, "cannot write a report to %s: %s", path,
			strerror(errno));
	}
	return 0;
}

int report_files_check(const struct options *options, struct failure *failure)
{
	const char *paths[] = { options->report, options->junit, options->html, options->trace };
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (check(paths[i], failure) < 0) {
			return -1;
		}
	}
	return 0;
}

static int write_file(const char *path, const char *text, const struct results *results)
{
	autofree char *fresh = alloc_printf("%s.new", path);
	(void)unlink(fresh);
	int rc = file_create_at(AT_FDCWD, fresh, text, strlen(text));
	if (rc == 0 && (lchown(fresh, results->uid, results->gid) < 0 || rename(fresh, path) < 0)) {
		rc = -errno;
		(void)unlink(fresh);
	}
	if (rc < 0) {
		message_warn("cannot write the report %s: %s", path, strerror(-rc));
	}
	return rc < 0 ? -1 : 0;
}

/* The last bytes of the log from the beginning of a line, "" where there is none. */
static char *read_log(const struct report_data *data, uint64_t *ret_offset)
{
	*ret_offset = 0;
	if (!data->report || !data->report->where) {
		return alloc_copy("");
	}
	autofree char *path = alloc_printf("%s/" RESULTS_LOG, data->report->where);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	off_t start = size > LOG_MAX ? size - LOG_MAX : 0;
	char *text = alloc_zero((size_t)(size - start) + 1, 1);
	ssize_t got = fd < 0 ? 0 : pread(fd, text, (size_t)(size - start), start);
	text[got > 0 ? got : 0] = '\0';
	/* A NUL in a log would end it here. */
	for (ssize_t i = 0; i < got; i++) {
		if (!text[i]) {
			text[i] = '?';
		}
	}
	*ret_offset = (uint64_t)start;
	return text;
}

static int write_html(const char *path, const json_t *report, const struct report_data *data,
	const struct results *results)
{
	uint64_t offset;
	autofree char *log = read_log(data, &offset);
	autofree char *page = report_html_make(report, log, offset);
	return write_file(path, page, results);
}

int report_files_write(const struct options *options, const struct report_data *data,
	const struct results *results)
{
	if (!report_files_wanted(options)) {
		return 0;
	}
	json_auto_t *report = report_data_make(data);
	int rc = 0;
	if (options->report) {
		autofree char *text = json_dumps(report, JSON_INDENT(2));
		autofree char *lines = alloc_printf("%s\n", text ? text : "{}");
		rc |= write_file(options->report, lines, results);
	}
	if (options->junit) {
		autofree char *text = report_junit_make(report);
		rc |= write_file(options->junit, text, results);
	}
	if (options->trace) {
		autofree char *text = report_trace_make(report);
		rc |= write_file(options->trace, text, results);
	}
	if (options->html) {
		rc |= write_html(options->html, report, data, results);
	}
	return rc;
}
