/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/message.h"
#include "host-launcher/options/command.h"
#include "host-launcher/options/help.h"
#include "host-launcher/options/options.h"

/* Were one of 0-2 closed, the next file opened would take its place and get our output. */
static void open_standard_descriptors(void)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0) {
		close(fd);
	}
}

static int run(const struct options *options, struct failure *failure)
{
	if (options->directory && chdir(options->directory) < 0) {
		return failure_set(failure, EXIT_USAGE, "cannot change to %s: %s",
			options->directory, strerror(errno));
	}
	if (options->help) {
		if (options->command) {
			help_print_command(stdout, options->command);
		} else {
			help_print_all(stdout, command_table);
		}
		return 0;
	}
	if (options->version) {
		printf("berth %s\n", BERTH_VERSION);
		return 0;
	}
	if (!options->command) {
		return failure_set(
			failure, EXIT_USAGE, "no command given: berth --help lists them");
	}
	return options->command->run(options, failure);
}

/* What was printed must have got out. A reader that left early wants no more: that is no error. */
static int finish_output(int code)
{
	errno = 0;
	bool lost = fflush(stdout) != 0 || ferror(stdout);
	if (lost && errno != EPIPE && code == 0) {
		struct failure failure;
		failure_fill(&failure, EXIT_WRITE, "cannot write to standard output: %s",
			strerror(errno));
		message_failure(&failure);
		return failure.code;
	}
	return code;
}

int main(int argc, char **argv)
{
	struct options options;
	struct failure failure;
	open_standard_descriptors();
	/* Readers that left and limits of file size (setrlimit(2)) are errors of write(). */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* For names of files in archives; nothing else depends on it. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (options_parse(command_table, argc - 1, (const char *const *)argv + 1, &options,
		    &failure) < 0) {
		message_failure(&failure);
		return failure.code;
	}
	message_init(options.quiet     ? MESSAGE_QUIET
		     : options.verbose ? MESSAGE_VERBOSE
				       : MESSAGE_NORMAL,
		options.color);
	int code = run(&options, &failure);
	if (code < 0) {
		message_failure(&failure);
		code = failure.code;
	}
	options_finish(&options);
	return finish_output(code);
}
