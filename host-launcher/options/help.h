/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Help, made from the tables of commands and options.
 */

#include <stdio.h>

#include "host-launcher/options/command.h"

/* What berth is and its commands. */
void help_print_all(FILE *out, const struct command *commands);

/* One command and its options. */
void help_print_command(FILE *out, const struct command *command);
