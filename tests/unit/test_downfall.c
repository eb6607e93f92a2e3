/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/downfall.h"

#include <criterion/criterion.h>
#include <string.h>

static bool signalled(const char *events)
{
	return downfall_was_signalled(events, strlen(events));
}

Test(downfall, a_signal_among_the_events)
{
	cr_assert(signalled("{\"Action\":\"start\"}\n{\"Action\":\"kill\"}\n"));
	cr_assert(signalled("{\"Action\":\"kill\"}"));
}

Test(downfall, nothing_and_nonsense_tell_of_none)
{
	cr_assert_not(signalled(""));
	cr_assert_not(signalled("\n\n"));
	cr_assert_not(signalled("{\"Action\":\"die\"}\n"));
	cr_assert_not(signalled("kill\n{\"Action\":7}\n[\"kill\"]\n{\"Action\":"));
}
