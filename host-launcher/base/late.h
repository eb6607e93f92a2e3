/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * libcurl, libarchive and libcrypto are loaded when they are first used, and not at every start:
 * with the forty libraries that they bring along, that is two thirds of the time that berth needs
 * to complete a word, to show a help text or to begin with its questions to git. late.c has each of
 * their functions that berth calls, under its own name and with the type of its own header, so code
 * that uses them, and its includes, are as ever. It is a link error to call one that is not there.
 */

#include "host-launcher/base/failure.h"

/* Loads all three, for those who want to know in time whether they are there: otherwise the first
 * use ends the program with a message and EXIT_INTERNAL. Blocks for some 20 ms. Failure:
 * EXIT_INTERNAL. */
int late_load(struct failure *failure);
