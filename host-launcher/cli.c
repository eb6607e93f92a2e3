/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "host-launcher/commands/attach.h"
#include "host-launcher/commands/build.h"
#include "host-launcher/commands/config_command.h"
#include "host-launcher/commands/doctor_command.h"
#include "host-launcher/commands/gitinfo_command.h"
#include "host-launcher/commands/runs_command.h"
#include "host-launcher/commands/runs_show.h"
#include "host-launcher/image/image.h"
#include "host-launcher/image/image_build.h"
#include "host-launcher/options/command.h"
#include "host-launcher/options/completion.h"
#include "host-launcher/options/help.h"
#include "host-launcher/options/options.h"
#include "host-launcher/run/shell.h"

static int version_command(const struct options *options, struct failure *failure)
{
	(void)failure;
	printf(options->json ? "{\"version\": \"%s\"}\n" : "berth %s\n", BERTH_VERSION);
	return 0;
}

static int help_command(const struct options *options, struct failure *failure)
{
	(void)options;
	(void)failure;
	help_print_all(stdout, command_table);
	return 0;
}

/* clang-format off */
const struct command command_table[] = {
	{ "build", COMMAND_BUILD, 0, 1, true, "[SRC] [-- ARG...]",
		"build a live system from a source tree", build_command },
	{ "gitinfo", COMMAND_GITINFO, 0, 1, false, "[SRC]",
		"print what git says of a source tree", gitinfo_command },
	{ "config", COMMAND_CONFIG, 0, 1, false, "[SRC]",
		"print what the options are set to", config_command },
	{ "image build", COMMAND_IMAGE_BUILD, 0, 1, false, "[SRC]",
		"make the image from Debian's packages and pin it", image_build_command },
	{ "image load", COMMAND_IMAGE_LOAD, 1, 1, false, "FILE",
		"load an image's archive into the engine", image_load_command },
	{ "image pin", COMMAND_IMAGE_PIN, 1, 2, false, "REFERENCE [SRC]",
		"pin an image that the engine has", image_pin_command },
	{ "image status", COMMAND_IMAGE_STATUS, 0, 1, false, "[SRC]",
		"tell whether the engine has the pinned image", image_status_command },
	{ "ps", COMMAND_PS, 0, 0, false, "",
		"list the runs", ps_command },
	{ "logs", COMMAND_LOGS, 0, 1, false, "[RUN]",
		"print the log of a run", logs_command },
	{ "attach", COMMAND_ATTACH, 0, 1, false, "[RUN]",
		"go on with a run that another berth left", attach_command },
	{ "stop", COMMAND_STOP, 0, 1, false, "[RUN]",
		"stop a run", stop_command },
	{ "rm", COMMAND_RM, 1, 64, false, "RUN...",
		"remove what is left of runs", rm_command },
	{ "gc", COMMAND_GC, 0, 0, false, "",
		"remove what killed berths left", gc_command },
	{ "shell", COMMAND_SHELL, 0, 1, true, "[RUN] [-- COMMAND...]",
		"a shell where a build is, or was", shell_command },
	{ "doctor", COMMAND_DOCTOR, 0, 1, false, "[SRC]",
		"tell what keeps this machine from building", doctor_command },
	{ "completion", COMMAND_COMPLETION, 1, 1, true, "bash|zsh|fish",
		"print a script that completes berth's words in a shell", completion_command },
	{ "version", COMMAND_VERSION, 0, 0, false, "",
		"print berth's version", version_command },
	{ "help", COMMAND_HELP, 0, 0, false, "",
		"print this overview", help_command },
	{ NULL },
};
/* clang-format on */
