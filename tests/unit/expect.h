/* SPDX-License-Identifier: MIT */
#pragma once

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* Criterion's eq(str) wants plain char pointers on both sides; this one takes const ones too. */
#define expect_text(actual, expected) cr_expect_str_eq(actual, expected)
