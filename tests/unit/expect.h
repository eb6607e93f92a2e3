/* SPDX-License-Identifier: MIT */
#pragma once

/* Criterion's eq(str) wants plain char pointers on both sides. */

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>

#define expect_text(actual, expected)                                                              \
	cr_expect(eq(str, (char *)(uintptr_t)(actual), (char *)(uintptr_t)(expected)))
