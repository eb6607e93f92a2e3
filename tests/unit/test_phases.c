/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/phases.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char log_text[] =
	"build      | [2026-01-31 12:00:00] lb bootstrap \n"
	"P: Begin\n"
	"[2026-01-31 12:00:01] \033[36mlb chroot\033[39m --x \n"
	"[2026-01-31 12:00:01] lb chroot_hooks\n"
	"berth: phase of its own \n"
	"[2026-01-31 12:00:01] ls chroot\n[2026-01-31 1200:01] lb x\n[2026-01-31 12:00:01] lb \n";

static void expect_all(const struct phases *phases)
{
	static const char *const names[] = { "bootstrap", "chroot --x", "chroot_hooks",
		"of its own" };
	cr_assert_eq(phases->count, 4, "%zu", phases->count);
	for (size_t i = 0; i < 4; i++) {
		cr_assert_str_eq(phases->items[i].name, names[i]);
		cr_assert_eq(strncmp(strchr(log_text + phases->items[i].log_offset, '\n') - 1,
				     i == 2 ? "s\n" : " \n", 2),
			0);
	}
	cr_assert_str_eq(phases->items[2].stage, "bootstrap");
}

Test(phases, split_at_every_byte)
{
	struct phases phases = { 0 };
	for (const char *at = log_text; *at; at++) {
		phases_feed(&phases, at, 1, 5);
	}
	expect_all(&phases);
	phases_finish(&phases);
}

Test(phases, in_one_piece)
{
	struct phases phases = { 0 };
	phases_feed(&phases, log_text, strlen(log_text), 5);
	expect_all(&phases);
	cr_assert_str_eq(phases_current(&phases)->name, "of its own");
	phases_finish(&phases);
	cr_assert_null(phases_current(&phases));
}

Test(phases, last_from_one_to_the_next)
{
	struct phases phases = { 0 };
	phases_feed(&phases, "berth: phase a\n", 15, 10);
	phases_feed(&phases, "berth: phase b\n", 15, 30);
	phases_end(&phases, 70);
	cr_assert_eq(phases.items[0].start_ms, 10);
	cr_assert_eq(phases.items[0].end_ms, 30);
	cr_assert_eq(phases.items[1].end_ms, 70);
	cr_assert_eq(phases.items[1].log_offset, 15);
	phases_finish(&phases);
}

Test(phases, a_log_read_later_has_its_own_times)
{
	/* 2026-01-31 12:00:00 was at 50,000 of the clock. */
	struct phases phases = {
		.replayed = true, .epoch_ms = 50000 - INT64_C(1769860800) * 1000, .begin_ms = 49000
	};
	static const char text[] = "berth: phase before\n"
				   "[2026-01-31 12:00:00] lb a\n"
				   "berth: phase b\n"
				   "[2026-01-31 12:00:07] lb c\n"
				   "[2026-01-31 11:00:00] lb backward\n"
				   "[2026-01-31 12:00:08] lb d\n"
				   "[2099-01-31 12:00:00] lb future\n";
	static const int64_t starts[] = { 49000, 50000, 50000, 57000, 57000, 58000, 60000 };
	phases_feed(&phases, text, strlen(text), 60000);
	cr_assert_eq(phases.count, 7);
	for (size_t i = 0; i < 7; i++) {
		cr_expect_eq(phases.items[i].start_ms, starts[i], "%zu", i);
	}
	cr_expect_eq(phases.items[2].end_ms, 57000);
	phases_finish(&phases);
}

Test(phases, endless_lines_and_endless_phases_are_borne)
{
	struct phases phases = { 0 };
	char chunk[4096];
	memset(chunk, '[', sizeof(chunk));
	for (int i = 0; i < 100; i++) {
		phases_feed(&phases, chunk, sizeof(chunk), 0);
	}
	phases_feed(&phases, "\n", 1, 0);
	for (int i = 0; i < PHASES_MAX + 10; i++) {
		phases_feed(&phases, "berth: phase x\n", 15, i);
	}
	cr_assert_eq(phases.count, PHASES_MAX);
	phases_finish(&phases);
}

Test(phases, names_cannot_steer_a_terminal)
{
	struct phases phases = { 0 };
	static const char line[] = "berth: phase a\033]b\x07\n";
	phases_feed(&phases, line, strlen(line), 0);
	cr_assert_str_eq(phases.items[0].name, "a?]b?");
	phases_finish(&phases);
}
