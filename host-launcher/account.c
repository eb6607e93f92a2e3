/* SPDX-License-Identifier: MIT */
#include "host-launcher/account.h"

#include <time.h>

#include "host-launcher/clock.h"

void account_begin(struct account *account)
{
	account->started_s = time(NULL);
	account->started_ms = clock_now_ms();
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
