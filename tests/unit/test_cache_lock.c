/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/cache_lock.h"

#include <criterion/criterion.h>

static void expect(const char *others, enum cache_lock_verdict verdict, const char *holder)
{
	char text[1024];
	snprintf(text, sizeof(text), "[{\"Id\":\"m\",\"State\":\"created\",\"Created\":1000}%s]",
		others);
	json_t *list = json_loads(text, 0, NULL);
	cr_assert_not_null(list, "%s", text);
	const char *found = NULL;
	cr_assert_eq(cache_lock_judge(list, "m", &found), verdict, "%s", others);
	if (holder) {
		cr_assert_str_eq(found, holder);
	}
	json_decref(list);
}

Test(cache_lock, alone_it_is_ours)
{
	expect("", CACHE_LOCK_OURS, NULL);
	expect(",{\"Id\":\"x\",\"State\":\"exited\",\"Created\":999}", CACHE_LOCK_OURS, NULL);
	expect(",{\"Id\":\"x\",\"State\":\"dead\",\"Created\":999}", CACHE_LOCK_OURS, NULL);
}

Test(cache_lock, a_running_container_has_it)
{
	expect(",{\"Id\":\"x\",\"State\":\"running\",\"Created\":1}", CACHE_LOCK_TAKEN, "x");
	expect(",{\"Id\":\"x\",\"State\":\"running\",\"Created\":2000}", CACHE_LOCK_TAKEN, "x");
	expect(",{\"Id\":\"a\",\"State\":\"paused\",\"Created\":1}", CACHE_LOCK_TAKEN, "a");
	/* As podman says during a stop's grace. */
	expect(",{\"Id\":\"a\",\"State\":\"stopping\",\"Created\":1}", CACHE_LOCK_TAKEN, "a");
}

/* Whatever their dates are: the one gives up for which the other waits. */
Test(cache_lock, of_two_that_see_each_other_one_gives_up)
{
	expect(",{\"Id\":\"x\",\"State\":\"created\",\"Created\":999}", CACHE_LOCK_WAIT, "x");
	expect(",{\"Id\":\"x\",\"State\":\"created\",\"Created\":1001}", CACHE_LOCK_WAIT, "x");
	expect(",{\"Id\":\"a\",\"State\":\"created\",\"Created\":999}", CACHE_LOCK_TAKEN, "a");
	expect(",{\"Id\":\"a\",\"State\":\"created\",\"Created\":1001}", CACHE_LOCK_TAKEN, "a");
}

Test(cache_lock, a_running_one_goes_before_one_to_wait_for)
{
	expect(",{\"Id\":\"x\",\"State\":\"created\",\"Created\":999},"
	       "{\"Id\":\"y\",\"State\":\"running\",\"Created\":999},"
	       "{\"Id\":\"z\",\"State\":\"created\",\"Created\":999}",
		CACHE_LOCK_TAKEN, "y");
}

Test(cache_lock, one_that_is_being_removed_is_waited_for)
{
	expect(",{\"Id\":\"a\",\"State\":\"removing\",\"Created\":1}", CACHE_LOCK_WAIT, "a");
}

Test(cache_lock, one_given_up_long_ago_does_not_count)
{
	expect(",{\"Id\":\"a\",\"State\":\"created\",\"Created\":100}", CACHE_LOCK_OURS, NULL);
}

Test(cache_lock, nonsense_is_no_holder)
{
	expect(",7,{},{\"Id\":5,\"State\":[]}", CACHE_LOCK_OURS, NULL);
}
