/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/account.h"

#include <time.h>

#include "host-launcher/base/clock.h"

void account_begin(struct account *account)
{
	account->started_s = time(NULL);
	account->started_ms = clock_now_ms();
}

/* The monotonic clock at a time of the other one. Whoever has set that since is not believed:
 * nothing was later than now. */
static int64_t to_monotonic_ms(int64_t time_s)
{
	int64_t ago_s = time(NULL) - time_s;
	return clock_now_ms() - (ago_s > 0 ? ago_s * 1000 : 0);
}

void account_resume(struct account *account, int64_t started_s)
{
	account->started_s = started_s;
	account->started_ms = to_monotonic_ms(started_s);
	account->build_start_ms = account->started_ms;
	account->phases.replayed = true;
	account->phases.begin_ms = account->started_ms;
	account->phases.epoch_ms = clock_now_ms() - (int64_t)time(NULL) * 1000;
}

void account_end_build(struct account *account, int64_t ended_s)
{
	int64_t ended_ms = to_monotonic_ms(ended_s);
	const struct phase *last = phases_current(&account->phases);
	if (ended_ms >= account->started_ms && (!last || ended_ms >= last->start_ms)) {
		account->build_end_ms = ended_ms;
		phases_end(&account->phases, ended_ms);
	}
}

void account_end(struct account *account)
{
	account->ended_ms = clock_now_ms();
}

void account_finish(struct account *account)
{
	phases_finish(&account->phases);
	samples_finish(&account->samples);
}
