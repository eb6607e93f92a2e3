/* SPDX-License-Identifier: MIT */
#pragma once

/* The file LICENSE, made into license.c by license.sed at build time. */

extern const char license_text[];
